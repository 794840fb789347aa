"""A time cannot be read."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from fleet.gtfs.tables import seconds_of
from schemas.text import Text

TIMES = {"stop_times.txt": ("arrival_time", "departure_time"), "frequencies.txt": ("start_time", "end_time")}


def find(feed: RawFeed) -> list[Fault]:
    """Find times that are not H:MM:SS; 24:00:00 and later are allowed."""
    out: list[Fault] = []
    for name, column, table in feed.columns_of(TIMES):
        bad = table.filter(pl.col(column).is_not_null() & seconds_of(column).is_null())
        what = Text(vi=f"{name}: {column} không phải giờ.", en=f"{name}: {column} is no time.")
        mend = Text(
            vi="Viết H:MM:SS; sau nửa đêm viết 24:00:00 trở đi.",
            en="Write H:MM:SS; after midnight 24:00:00 and later.",
        )
        out += faults_of("bad_time", Severity.ERROR, name, bad, what, mend, example=column)
    return out
