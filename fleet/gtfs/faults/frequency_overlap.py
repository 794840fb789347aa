"""Two headways of one trip hold at the same time."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from fleet.gtfs.tables import seconds_of
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find frequencies of a trip that overlap, and such that end before they begin."""
    table = feed.table("frequencies.txt", "trip_id", "start_time", "end_time").select(
        "line", "trip_id", seconds_of("start_time").alias("start_s"), seconds_of("end_time").alias("end_s")
    )
    ordered = table.drop_nulls().sort("trip_id", "start_s")
    over = pl.col("start_s") < pl.col("end_s").shift(1).over("trip_id")
    bad = ordered.filter(over.fill_null(value=False) | (pl.col("end_s") <= pl.col("start_s"))).sort("line")
    what = Text(
        vi="frequencies.txt: khoảng giờ của một chuyến trùng nhau hoặc ngược.",
        en="frequencies.txt: spans of a trip overlap, or end before they begin.",
    )
    mend = Text(vi="Sửa giờ bắt đầu và kết thúc.", en="Mend start_time and end_time.")
    return faults_of("frequency_overlap", Severity.ERROR, "frequencies.txt", bad, what, mend, example="trip_id")
