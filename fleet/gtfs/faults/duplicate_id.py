"""An id that must be given once is given twice, or not at all."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text

KEYS = {
    "stops.txt": ("stop_id",),
    "routes.txt": ("route_id",),
    "trips.txt": ("trip_id",),
    "calendar.txt": ("service_id",),
    "calendar_dates.txt": ("service_id", "date"),
    "stop_times.txt": ("trip_id", "stop_sequence"),
}


def find(feed: RawFeed) -> list[Fault]:
    """Find rows whose key is empty or was used before."""
    out: list[Fault] = []
    for name, key in KEYS.items():
        if not set(key) <= set(feed.header(name)):
            continue
        table = feed.table(name, *key)
        bad = table.filter(pl.any_horizontal(pl.col(c).is_null() for c in key) | pl.struct(key).is_duplicated())
        words = " + ".join(key)
        what = Text(
            vi=f"{name}: {words} bị trùng hoặc bỏ trống.", en=f"{name}: {words} is empty or used more than once."
        )
        mend = Text(vi="Mỗi giá trị chỉ dùng một lần.", en="Use each value once.")
        out += faults_of("duplicate_id", Severity.ERROR, name, bad, what, mend, example=key[0])
    return out
