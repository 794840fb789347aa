"""Two stops that lie apart have the same time."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text

APART_M = 200.0


def takes_no_time() -> pl.Expr:
    """Return an expression over hops: over 200 m in no time."""
    return (pl.col("took_s") == 0) & (pl.col("metres") > APART_M)


def find(feed: RawFeed) -> list[Fault]:
    """Find hops of over 200 m in no time."""
    bad = feed.hops.filter(takes_no_time())
    what = Text(
        vi="stop_times.txt: hai điểm dừng cách nhau có cùng giờ.",
        en="stop_times.txt: stops over 200 m apart have the same time.",
    )
    mend = Text(
        vi="Ghi giờ thật, hoặc bỏ trống giờ ở giữa để được nội suy.",
        en="Give real times, or leave times between timepoints empty: they are interpolated.",
    )
    return faults_of("zero_second_hop", Severity.WARNING, "stop_times.txt", bad, what, mend, example="trip_id")
