"""A row names something that the feed does not have."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from fleet.gtfs.tables import CALENDARS
from schemas.text import Text

REFERENCES = (
    ("trips.txt", "route_id", "routes.txt", "route_id"),
    ("trips.txt", "shape_id", "shapes.txt", "shape_id"),
    ("stop_times.txt", "trip_id", "trips.txt", "trip_id"),
    ("stop_times.txt", "stop_id", "stops.txt", "stop_id"),
    ("stops.txt", "parent_station", "stops.txt", "stop_id"),
    ("frequencies.txt", "trip_id", "trips.txt", "trip_id"),
    ("routes.txt", "agency_id", "agency.txt", "agency_id"),
)
# What is needed and is absent, empty or no table is told already.
MAY_BE_EMPTY = ("shapes.txt",)


def find(feed: RawFeed) -> list[Fault]:
    """Find names of routes, shapes, trips, stops, services and agencies that are nowhere defined."""
    out: list[Fault] = []
    for name, column, other, key in REFERENCES:
        known = feed.table(other, key)[key]
        if column in feed.header(name) and (len(known) or other in MAY_BE_EMPTY):
            out += _missing(feed, name, column, other, known)
    services = [feed.table(n, "service_id")["service_id"] for n in ("calendar.txt", "calendar_dates.txt")]
    if "service_id" in feed.header("trips.txt") and any(map(feed.has, CALENDARS)):
        out += _missing(feed, "trips.txt", "service_id", "calendar.txt", pl.concat(services))
    return out


def _missing(feed: RawFeed, name: str, column: str, other: str, known: pl.Series) -> list[Fault]:
    table = feed.table(name, column)
    bad = table.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(known.unique().implode()))
    what = Text(vi=f"{name}: {column} không có trong {other}.", en=f"{name}: {column} is not in {other}.")
    mend = Text(vi=f"Thêm dòng ấy vào {other}, hoặc sửa lại mã.", en=f"Add it to {other}, or mend the id.")
    return faults_of("unknown_reference", Severity.ERROR, name, bad, what, mend, example=column)
