"""A number cannot be read, or is none of those that are allowed."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text

WHOLE = r"^\d+$"
ALLOWED = {
    ("stop_times.txt", "stop_sequence"): WHOLE,
    ("trips.txt", "direction_id"): r"^[01]$",
    ("routes.txt", "route_type"): WHOLE,
    ("calendar_dates.txt", "exception_type"): r"^[12]$",
    ("frequencies.txt", "headway_secs"): r"^0*[1-9]\d*$",
    ("frequencies.txt", "exact_times"): r"^[01]$",
    ("stops.txt", "location_type"): r"^[0-4]$",
    ("shapes.txt", "shape_pt_sequence"): WHOLE,
}
EMPTY_IS_WRONG = {"stop_sequence", "route_type", "exception_type", "headway_secs", "shape_pt_sequence"}


def find(feed: RawFeed) -> list[Fault]:
    """Find numbers that are not what the standard allows."""
    out: list[Fault] = []
    for (name, column), form in ALLOWED.items():
        if column not in feed.header(name):
            continue
        wrong = ~pl.col(column).str.contains(form)
        bad = feed.table(name, column).filter(wrong.fill_null(value=column in EMPTY_IS_WRONG))
        what = Text(vi=f"{name}: {column} không hợp lệ.", en=f"{name}: {column} is none of the allowed numbers.")
        mend = Text(vi="Xem bảng giá trị của chuẩn GTFS.", en="See the values that the GTFS reference lists.")
        out += faults_of("bad_number", Severity.ERROR, name, bad, what, mend, example=column)
    return out
