"""A bus would have to drive faster than any bus does."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text

FASTEST_KMH = 120.0
SLACK_S = 60.0


def is_too_fast() -> pl.Expr:
    """Return an expression over hops: faster than 120 km/h, a minute of rounding granted."""
    speed_kmh = pl.col("metres") / (pl.col("took_s") + SLACK_S) * 3.6
    return (pl.col("took_s") >= 0) & (speed_kmh > FASTEST_KMH)


def find(feed: RawFeed) -> list[Fault]:
    """Find hops faster than 120 km/h, a minute of rounding granted."""
    bad = feed.hops.filter(is_too_fast())
    what = Text(
        vi="stop_times.txt: xe phải chạy nhanh hơn 120 km/h.",
        en="stop_times.txt: a bus would have to drive faster than 120 km/h.",
    )
    mend = Text(vi="Sửa giờ hoặc toạ độ điểm dừng.", en="Mend the times, or where the stops lie.")
    return faults_of("impossible_hop", Severity.WARNING, "stop_times.txt", bad, what, mend, example="trip_id")
