"""A file cannot be read as a table."""

from fleet.gtfs.errors import GtfsError
from fleet.gtfs.faults.fault import Fault, Severity
from fleet.gtfs.faults.raw import RawFeed
from fleet.gtfs.tables import NEEDED
from schemas.text import Text

READ = (*NEEDED, "calendar.txt", "calendar_dates.txt", "shapes.txt", "frequencies.txt")


def find(feed: RawFeed) -> list[Fault]:
    """Find files that are no CSV; one that is empty counts too."""
    faults = []
    for name in READ:
        try:
            if feed.has(name):
                feed.tables.read(name, ())
        except GtfsError as error:
            faults.append(
                Fault(
                    code="not_csv",
                    severity=Severity.ERROR,
                    file=name,
                    count=1,
                    what=Text(vi=f"{name} không đọc được dạng bảng CSV.", en=f"{name} cannot be read as CSV."),
                    mend=Text(vi="Xuất lại tệp từ nguồn.", en="Export the file again."),
                    examples=(error.problem,),
                )
            )
    return faults
