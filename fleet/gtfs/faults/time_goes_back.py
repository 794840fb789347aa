"""A bus leaves a stop before it arrives there, or reaches the next one before it left."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find times that go back along a trip."""
    here = feed.calls.filter(pl.col("leave_s") < pl.col("arrive_s")).select("line", "trip_id")
    between = feed.hops.filter(pl.col("took_s") < 0).select("line", "trip_id")
    bad = pl.concat([here, between]).sort("line")
    what = Text(vi="stop_times.txt: giờ chạy lùi trong một chuyến.", en="stop_times.txt: times go back along a trip.")
    mend = Text(
        vi="Sửa giờ; sau nửa đêm viết 24:00:00 trở đi.", en="Mend the times; after midnight write 24:00:00 and later."
    )
    return faults_of("time_goes_back", Severity.ERROR, "stop_times.txt", bad, what, mend, example="trip_id")
