"""Files that are no table at all, and why: nothing else is said of them."""

import codecs
from collections.abc import Callable

from schemas.text import Text

Cause = tuple[Callable[[bytes], bool], Text, Text]


def _header(data: bytes) -> bytes:
    return data[:4096].partition(b"\n")[0]


# What the bytes show, in words, and how to mend it; the first that is true.
CAUSES: tuple[Cause, ...] = (
    (
        lambda data: not data.removeprefix(codecs.BOM_UTF8).strip(),
        Text(vi="tệp trống", en="it is empty"),
        Text(vi="Xin đơn vị phát hành bản đầy đủ.", en="Ask the publisher for the whole feed."),
    ),
    (
        lambda data: data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)),
        Text(vi="tệp viết bằng mã UTF-16", en="it is written in UTF-16"),
        Text(vi="Lưu lại với mã UTF-8.", en="Save it as UTF-8."),
    ),
    (
        lambda data: b"\n" not in data and b"\r" in data,
        Text(vi="các dòng kết thúc bằng CR như máy Mac cũ", en="its lines end with CR alone, as on old Macs"),
        Text(vi="Lưu lại với cách xuống dòng LF hoặc CRLF.", en="Save it with LF or CRLF at the ends of lines."),
    ),
    (
        lambda data: b"," not in _header(data) and (b";" in _header(data) or b"\t" in _header(data)),
        Text(
            vi="các cột cách nhau bằng dấu chấm phẩy hoặc tab",
            en="columns are parted by semicolons or tabs, not commas",
        ),
        Text(vi="Xuất lại dạng CSV với dấu phẩy.", en="Export it as CSV with commas."),
    ),
)


def find_cause(data: bytes) -> tuple[Text, Text] | None:
    """Return why bytes are no table and how to mend them, ``None`` where the bytes do not show it."""
    return next(((what, mend) for is_so, what, mend in CAUSES if is_so(data)), None)
