"""A service never runs, nothing runs at all, or all has ended."""

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find services without a day, and feeds that have ended or not begun."""
    running = feed.running
    if not running:
        return []
    file = "calendar.txt" if feed.has("calendar.txt") else "calendar_dates.txt"
    used = set(feed.table("trips.txt", "service_id")["service_id"].drop_nulls())
    days = [day for name, found in running.items() if name in used for day in found]
    mend = Text(vi="Xin bản mới của đơn vị phát hành.", en="Ask the publisher for a newer feed.")
    if not days:
        what = Text(vi="Không chuyến nào chạy ngày nào.", en="No trip runs on any day.")
        return faults_of("empty_calendar", Severity.ERROR, file, pl.DataFrame({"n": [0]}), what, mend)
    out: list[Fault] = []
    span = pl.DataFrame({"span": [f"{min(days):%Y%m%d}–{max(days):%Y%m%d}"]})
    if max(days) < feed.today:
        what = Text(vi="Lịch chạy đã hết hạn.", en="The calendar has ended.")
        out += faults_of("empty_calendar", Severity.WARNING, file, span, what, mend, example="span")
    if min(days) > feed.today:
        what = Text(vi="Lịch chạy chưa bắt đầu.", en="The calendar has not begun.")
        out += faults_of("empty_calendar", Severity.WARNING, file, span, what, mend, example="span")
    never = pl.DataFrame({"service_id": sorted(used & {n for n, found in running.items() if not found})})
    what = Text(vi="Lịch phục vụ không có ngày chạy.", en="Services that run on no day.")
    mend = Text(vi="Đánh dấu ngày chạy hoặc bỏ các chuyến ấy.", en="Mark their days, or leave their trips out.")
    return out + faults_of("empty_calendar", Severity.WARNING, file, never, what, mend, example="service_id")
