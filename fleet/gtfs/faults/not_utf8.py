"""A file is not written in UTF-8, so that names come out as rubbish."""

from fleet.gtfs.faults.fault import Fault, Severity
from fleet.gtfs.faults.raw import RawFeed
from schemas.text import Text


def find(feed: RawFeed) -> list[Fault]:
    """Find text files with bytes that are no UTF-8."""
    out = []
    for name in feed.tables.files.names():
        if name in feed.broken:
            continue
        data = feed.tables.files.bytes_of(name)
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            out.append(
                Fault(
                    code="not_utf8",
                    severity=Severity.ERROR,
                    file=name,
                    count=1,
                    what=Text(vi=f"{name} không phải UTF-8.", en=f"{name} is not written in UTF-8."),
                    mend=Text(
                        vi="Lưu lại tệp với mã UTF-8; bảng tính thường lưu mã khác.",
                        en="Save it as UTF-8; spreadsheet programs often write another encoding.",
                    ),
                    lines=(data.count(b"\n", 0, error.start) + 1,),
                )
            )
    return out
