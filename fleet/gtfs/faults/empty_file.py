"""A needed file has a header and nothing below it."""

from fleet.gtfs.faults.fault import Fault, Severity
from fleet.gtfs.faults.raw import RawFeed
from fleet.gtfs.tables import NEEDED
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find needed files without rows."""
    return [
        Fault(
            code="empty_file",
            severity=Severity.ERROR,
            file=name,
            count=1,
            what=Text(vi=f"{name} không có dòng dữ liệu nào.", en=f"{name} has no rows."),
            mend=Text(vi="Xin đơn vị phát hành bản đầy đủ.", en="Ask the publisher for the whole feed."),
        )
        for name in NEEDED
        if feed.has(name) and feed.table(name, *feed.header(name)[:1]).is_empty()
    ]
