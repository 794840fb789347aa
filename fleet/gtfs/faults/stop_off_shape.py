"""A stop lies beside the line that its trips drive."""

import numpy as np
import polars as pl
from shapely import LineString, points
from shapely.geometry.base import BaseGeometry

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.earth import METRES_PER_DEGREE
from schemas.text import Text

OFF_M = 100.0


def find(feed: RawFeed) -> list[Fault]:
    """Find stops over 100 m from the shape of a trip that calls there."""
    if "shape_id" not in feed.header("trips.txt") or not feed.has("shapes.txt") or feed.places.is_empty():
        return []
    trips = feed.table("trips.txt", "trip_id", "shape_id").drop_nulls("shape_id")
    served = feed.calls.select("trip_id", "stop_id").join(trips.select("trip_id", "shape_id"), on="trip_id")
    pairs = served.select("shape_id", "stop_id").unique().sort("shape_id", "stop_id")
    squeeze = float(np.cos(np.radians(float(feed.places["lat"].median()))))  # type: ignore[arg-type]
    lines = _lines(feed, squeeze)
    pairs = pairs.filter(pl.col("shape_id").is_in(list(lines))).join(feed.places, on="stop_id")
    spots = points(pairs["lon"].to_numpy() * squeeze, pairs["lat"].to_numpy())
    off = [
        lines[shape].distance(spot) * METRES_PER_DEGREE for shape, spot in zip(pairs["shape_id"], spots, strict=True)
    ]
    bad = pairs.with_columns(off=pl.Series(off, dtype=pl.Float64)).filter(pl.col("off") > OFF_M)
    bad = bad.with_columns(
        pl.format("{} ({} m from {})", "stop_id", pl.col("off").round(0).cast(pl.Int64), "shape_id").alias("where")
    )
    what = Text(vi="Điểm dừng cách tuyến hơn 100 m.", en="A stop lies over 100 m from the shape of its trips.")
    mend = Text(vi="Sửa toạ độ điểm dừng hoặc shapes.txt.", en="Mend the stop's place or the shape.")
    return faults_of("stop_off_shape", Severity.WARNING, "stops.txt", bad.sort("line"), what, mend, example="where")


def _lines(feed: RawFeed, squeeze: float) -> dict[str, BaseGeometry]:
    columns = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")
    table = feed.table("shapes.txt", *columns).select(
        "shape_id", *(pl.col(c).cast(pl.Float64, strict=False).alias(c[9:]) for c in columns[1:])
    )
    table = table.drop_nulls().filter(pl.col("lat").is_finite() & pl.col("lon").is_finite())
    lines = {}
    for (shape_id,), part in table.sort("shape_id", "sequence").group_by("shape_id", maintain_order=True):
        if part.height >= 2:
            lines[str(shape_id)] = LineString(
                np.column_stack([part["lon"].to_numpy() * squeeze, part["lat"].to_numpy()])
            )
    return lines
