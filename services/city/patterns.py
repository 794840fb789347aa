"""Orders of stops that trips share: what needs a shape, once, however many trips run it."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.city.tables import Tables, column

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pattern:
    """One order of stops that trips share; ``lonlat`` has shape (n, 2)."""

    key: str
    route_id: str
    direction_id: str
    stop_ids: tuple[str, ...]
    lonlat: Floats
    trips: int


def list_patterns(tables: Tables) -> tuple[list[Pattern], pl.DataFrame]:
    """List the orders of stops of the trips that have no usable shape.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The feed.

    Returns
    -------
    patterns : list of Pattern
        One entry an order of stops of a route and direction.
    of_trip : DataFrame
        ``trip_id`` and the ``key`` of its pattern.
    """
    trips = tables["trips"]
    known = tables["shapes"].select("shape_id").unique() if _has_shapes(tables) else pl.DataFrame({"shape_id": []})
    bare = trips.with_columns(column(trips, "shape_id").alias("shape_id")).join(
        known.cast(pl.String), on="shape_id", how="anti"
    )
    stops = {
        i: (float(x), float(y)) for i, x, y in tables["stops"].select("stop_id", "stop_lon", "stop_lat").iter_rows()
    }
    order = (
        tables["stop_times"]
        .join(bare.select("trip_id"), on="trip_id", how="semi")
        .with_columns(pl.col("stop_sequence").cast(pl.Int64))
        .sort("trip_id", "stop_sequence")
        .group_by("trip_id", maintain_order=True)
        .agg(pl.col("stop_id"))
    )
    order = order.join(
        bare.select("trip_id", "route_id", column(bare, "direction_id").alias("way")),
        on="trip_id",
        maintain_order="left",
    ).with_columns(
        pl.concat_str("route_id", "way", pl.col("stop_id").list.join("\x1f"), separator="\x1e").alias("long")
    )
    kinds = order.group_by("route_id", "way", "long").agg(pl.col("stop_id").first(), pl.len().alias("trips"))
    kinds = kinds.sort("route_id", "way", "trips", "long", descending=[False, False, True, False]).with_columns(
        pl.int_range(1, pl.len() + 1).over("route_id", "way").alias("number")
    )
    patterns, key_of = [], {}
    for route_id, way, long, stop_ids, count, number in kinds.iter_rows():
        key = f"{route_id}:{way or '0'}:{number}"
        key_of[long] = key
        lonlat = np.array([stops[stop_id] for stop_id in stop_ids])
        patterns.append(Pattern(key, route_id, way, tuple(stop_ids), lonlat, count))
    of_trip = order.select(
        "trip_id", pl.col("long").replace_strict(key_of, default="", return_dtype=pl.String).alias("key")
    )
    return patterns, of_trip


def _has_shapes(tables: Tables) -> bool:
    return "shapes" in tables and "shape_id" in tables["shapes"].columns and tables["shapes"].height > 0
