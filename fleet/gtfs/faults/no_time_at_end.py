"""A trip's first or last stop has no time, so that nobody knows when it begins or ends."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find trips without a time at an end."""
    untimed = pl.col("arrive_s").is_null() & pl.col("leave_s").is_null()
    end = (pl.int_range(pl.len()).over("trip_id") == 0) | (pl.int_range(pl.len()).reverse().over("trip_id") == 0)
    bad = feed.calls.filter(end & untimed).sort("line")
    what = Text(
        vi="stop_times.txt: điểm đầu hoặc cuối chuyến không có giờ.",
        en="stop_times.txt: the first or last stop of a trip has no time.",
    )
    mend = Text(vi="Ghi giờ ở hai đầu mỗi chuyến.", en="Give times at both ends of every trip.")
    return faults_of("no_time_at_end", Severity.ERROR, "stop_times.txt", bad, what, mend, example="trip_id")
