"""A trip calls at fewer than two stops, so that there is nothing to follow."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find trips with no or one stop time."""
    if feed.table("stop_times.txt").is_empty():  # told already
        return []
    counts = feed.table("stop_times.txt", "trip_id").group_by("trip_id").len()
    trips = feed.table("trips.txt", "trip_id").join(counts, on="trip_id", how="left", maintain_order="left")
    bad = trips.filter(pl.col("len").fill_null(0) < 2)
    what = Text(vi="trips.txt: chuyến có ít hơn hai điểm dừng.", en="trips.txt: trips with fewer than two stop times.")
    mend = Text(vi="Thêm stop_times hoặc bỏ chuyến.", en="Give them stop times, or leave them out.")
    return faults_of("short_trip", Severity.WARNING, "trips.txt", bad, what, mend, example="trip_id")
