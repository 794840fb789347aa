"""The time zone does not exist, or agencies differ in it, so that no time can be told."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find zones that do not exist and agencies of different zones."""
    table = feed.table("agency.txt", "agency_timezone")
    if "agency_timezone" not in feed.header("agency.txt"):
        return []
    bad = table.filter(pl.Series([not _exists(zone) for zone in table["agency_timezone"]], dtype=pl.Boolean))
    what = Text(vi="agency.txt: múi giờ không tồn tại.", en="agency.txt: there is no such time zone.")
    mend = Text(vi="Viết tên như Asia/Ho_Chi_Minh.", en="Write a name such as Asia/Ho_Chi_Minh.")
    out = faults_of("bad_timezone", Severity.ERROR, "agency.txt", bad, what, mend, example="agency_timezone")
    differ = table.unique("agency_timezone", keep="first", maintain_order=True)
    if bad.is_empty() and differ.height > 1:
        what = Text(vi="Các đơn vị dùng múi giờ khác nhau.", en="Agencies of one feed have different time zones.")
        mend = Text(vi="Cả bộ dữ liệu phải dùng một múi giờ.", en="All of a feed must be of one time zone.")
        out += faults_of("bad_timezone", Severity.ERROR, "agency.txt", differ, what, mend, example="agency_timezone")
    return out


def _exists(zone: str | None) -> bool:
    try:
        ZoneInfo(zone or "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
