"""A stop or a point of a shape lies nowhere on Earth."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed, is_nowhere
from schemas.text import Text

PLACES = {"stops.txt": ("stop_lat", "stop_lon"), "shapes.txt": ("shape_pt_lat", "shape_pt_lon")}


def find(feed: RawFeed) -> list[Fault]:
    """Find latitudes and longitudes that are no degrees, and points at 0° 0°."""
    out: list[Fault] = []
    for name, (lat, lon) in PLACES.items():
        if not {lat, lon} <= set(feed.header(name)):
            continue
        columns = (lat, lon) if name != "stops.txt" else (lat, lon, "location_type")
        table = feed.table(name, *columns)
        north, east = (pl.col(c).cast(pl.Float64, strict=False) for c in (lat, lon))
        wrong = is_nowhere(north, east)
        if name == "stops.txt":  # boarding areas and nodes inside a station need no place
            wrong &= ~pl.col("location_type").is_in(["3", "4"]).fill_null(value=False)
        what = Text(vi=f"{name}: toạ độ không hợp lệ.", en=f"{name}: a place is nowhere on Earth, or at 0°, 0°.")
        mend = Text(vi="Viết độ thập phân WGS 84, dùng dấu chấm.", en="Write degrees, WGS 84, with a decimal point.")
        out += faults_of("bad_place", Severity.ERROR, name, table.filter(wrong), what, mend, example=lat)
    return out
