"""The header stands again among the rows, or names a column twice."""

from fleet.gtfs.faults.fault import Fault, Severity, faults_of
from fleet.gtfs.faults.raw import RawFeed
from fleet.gtfs.tables import SECOND
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find rows that repeat the header, as of exports put one behind the other, and columns of one name."""
    out: list[Fault] = []
    for name in feed.read_names:
        what = Text(vi=f"{name}: dòng tiêu đề lặp lại.", en=f"{name}: the header stands again among the rows.")
        mend = Text(vi="Bỏ các dòng ấy.", en="Take those lines out.")
        out += faults_of("repeated_header", Severity.ERROR, name, feed.repeated_header(name), what, mend)
        twice = tuple(column.partition(SECOND)[0] for column in feed.header(name) if SECOND in column)
        if twice:
            what = Text(vi=f"{name}: cột trùng tên.", en=f"{name}: a column is named twice, and the first is read.")
            mend = Text(vi="Đổi tên hoặc bỏ cột thừa.", en="Rename the other, or take it out.")
            out.append(Fault(code="repeated_header", severity=Severity.ERROR, file=name, count=len(twice), what=what,
                             mend=mend, lines=(1,), examples=twice))  # fmt: skip
    return out
