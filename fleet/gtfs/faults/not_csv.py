"""A file cannot be read as a table."""

from fleet.gtfs.faults.fault import Fault, Severity
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find files that are no CSV, and say why; one that is empty counts too."""
    return [
        Fault(
            code="not_csv",
            severity=Severity.ERROR,
            file=name,
            count=1,
            what=Text(
                vi=f"{name} không đọc được dạng bảng CSV: {why.vi}.", en=f"{name} cannot be read as CSV: {why.en}."
            ),
            mend=mend,
        )
        for name, (why, mend) in feed.broken.items()
    ]
