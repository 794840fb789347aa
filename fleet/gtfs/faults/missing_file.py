"""A file without which nothing can be followed is absent."""

from fleet.gtfs.faults.fault import Fault, Severity
from fleet.gtfs.faults.raw import RawFeed
from fleet.gtfs.tables import CALENDARS, NEEDED
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find files that are needed and absent."""
    absent = [name for name in NEEDED if not feed.tables.has(name)]
    if not any(map(feed.tables.has, CALENDARS)):
        absent.append("calendar.txt")
    return [
        Fault(
            code="missing_file",
            severity=Severity.ERROR,
            file=name,
            count=1,
            what=Text(vi=f"Thiếu tệp {name}.", en=f"The file {name} is absent."),
            mend=Text(
                vi="Xin đơn vị phát hành bản đầy đủ" + _or(name, "; hoặc calendar_dates.txt."),
                en="Ask the publisher for the whole feed" + _or(name, "; calendar_dates.txt would do as well."),
            ),
            examples=tuple(other for other in feed.tables.files.all_names() if other.lower() == name),
        )
        for name in absent
    ]


def _or(name: str, more: str) -> str:
    return more if name == "calendar.txt" else "."
