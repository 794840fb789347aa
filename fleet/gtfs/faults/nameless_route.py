"""A line has neither number nor name, so that riders cannot ask for it."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find lines without short and long name."""
    table = feed.table("routes.txt", "route_id", "route_short_name", "route_long_name")
    bad = table.filter(pl.col("route_short_name").is_null() & pl.col("route_long_name").is_null())
    what = Text(vi="routes.txt: tuyến không có số lẫn tên.", en="routes.txt: lines without number and name.")
    mend = Text(vi="Ghi route_short_name.", en="Give them a route_short_name.")
    return faults_of("nameless_route", Severity.ERROR, "routes.txt", bad, what, mend, example="route_id")
