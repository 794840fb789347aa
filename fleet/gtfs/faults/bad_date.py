"""A date cannot be read, or a span ends before it begins."""

import polars as pl

from fleet.gtfs.faults.days import read_date
from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text

DATES = {
    "calendar.txt": ("start_date", "end_date"),
    "calendar_dates.txt": ("date",),
    "feed_info.txt": ("feed_start_date", "feed_end_date"),
}


def find(feed: RawFeed) -> list[Fault]:
    """Find dates that are not YYYYMMDD, and spans that end first."""
    out: list[Fault] = []
    for name, column, table in feed.columns_of(DATES):
        need = name != "feed_info.txt"
        wrong = [(need or text is not None) and read_date(text) is None for text in table[column]]
        what = Text(vi=f"{name}: {column} không phải ngày.", en=f"{name}: {column} is no date.")
        mend = Text(vi="Viết ngày dạng YYYYMMDD.", en="Write dates as YYYYMMDD.")
        out += faults_of("bad_date", Severity.ERROR, name, table.filter(pl.Series(wrong, dtype=pl.Boolean)), what,
                         mend, example=column)  # fmt: skip
    spans = feed.table("calendar.txt", "service_id", "start_date", "end_date")
    back = [
        (a := read_date(first)) is not None and (b := read_date(last)) is not None and a > b
        for first, last in zip(spans["start_date"], spans["end_date"], strict=True)
    ]
    what = Text(vi="calendar.txt: ngày cuối trước ngày đầu.", en="calendar.txt: a service ends before it begins.")
    mend = Text(vi="Đổi chỗ hai ngày.", en="Swap the two dates.")
    bad = spans.filter(pl.Series(back, dtype=pl.Boolean))
    return out + faults_of("bad_date", Severity.ERROR, "calendar.txt", bad, what, mend, example="service_id")
