"""Read a table of gauges: CSV or a JSON list of objects with the same names.

``gauge_id,lon,lat,time,mm`` and perhaps ``minutes``: the millimetres that fell in that many minutes (10 where nothing
is said) before ``time``, which is ISO 8601 with its offset or milliseconds since 1970.
"""

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from routing.rain.gauges import MINUTE_MS, RainReading
from schemas.text import Text

COLUMNS = ("gauge_id", "lon", "lat", "time", "mm")
DEFAULT_MINUTES = 10.0
MOST_MINUTES = 24 * 60.0
AHEAD_MS = 5 * MINUTE_MS
# Ten minutes of 300 mm/h are 50 mm; Hanoi's hardest hours had 90 to 130 mm.
MOST_MM_H = 300.0
Bounds = tuple[float, float, float, float]
EARTH: Bounds = (-180.0, -90.0, 180.0, 90.0)


class RainTableError(Exception):
    """A table or a row of it that cannot be used; ``text`` says why and how to mend it."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(vi=vi, en=en)


@dataclass(frozen=True)
class RainTable:
    """What could be read, and a sentence for each row that could not."""

    readings: tuple[RainReading, ...]
    refused: tuple[Text, ...]


def parse_gauges(data: bytes, now_ms: int, bounds: Bounds = EARTH) -> RainTable:
    """Read a table; a row that cannot be true is refused by name, the others are taken.

    Parameters
    ----------
    data : bytes
        UTF-8, CSV with a header or a JSON list.
    now_ms : int
        What lies more than five minutes ahead is refused.
    bounds : tuple of float
        West, south, east, north in degrees; a gauge outside is refused.

    Returns
    -------
    RainTable
        In the order of the rows.

    Raises
    ------
    RainTableError
        If it is neither, or a column is absent.
    """
    readings, refused = [], []
    for number, row in enumerate(_rows(data), start=1):
        try:
            readings.append(_reading(row, now_ms, bounds))
        except RainTableError as error:
            name = str(row.get("gauge_id") or "?")[:60]
            vi, en = error.text.vi, error.text.en
            refused.append(Text(vi=f"dòng {number}, trạm {name}: {vi}", en=f"row {number}, gauge {name}: {en}"))
    return RainTable(tuple(readings), tuple(refused))


def _rows(data: bytes) -> list[Mapping[str, Any]]:
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise RainTableError(
            "bảng không phải UTF-8; hãy lưu lại bằng UTF-8",
            f"the table is not UTF-8 (byte {error.start}); save it as UTF-8",
        ) from None
    if text.startswith("["):
        try:
            rows: list[Mapping[str, Any]] = msgspec.json.decode(text, type=list[dict[str, Any]])
        except msgspec.DecodeError as error:
            raise RainTableError(
                f"không phải danh sách JSON: {error}", f"this is no JSON list of objects: {error}"
            ) from None
        return rows
    table = csv.DictReader(io.StringIO(text))
    absent = [name for name in COLUMNS if name not in (table.fieldnames or ())]
    if absent:
        names, every = ", ".join(absent), ", ".join(COLUMNS)
        raise RainTableError(
            f"thiếu cột {names}; dòng đầu phải có {every}", f"no column {names}; the first line must name {every}"
        )
    return list(table)


def _reading(row: Mapping[str, Any], now_ms: int, bounds: Bounds) -> RainReading:
    name = str(row.get("gauge_id") or "").strip()
    if not 0 < len(name) <= 100:
        raise RainTableError("gauge_id trống hoặc quá 100 ký tự", "gauge_id is empty or longer than 100 characters")
    lon, lat, mm = (_number(row, key) for key in ("lon", "lat", "mm"))
    minutes = DEFAULT_MINUTES if row.get("minutes") in (None, "") else _number(row, "minutes")
    _check_place(lon, lat, bounds)
    _check_rain(mm, minutes)
    time_ms = _time(row.get("time"))
    if time_ms - now_ms > AHEAD_MS:
        ahead = f"{(time_ms - now_ms) / MINUTE_MS:.0f}"
        raise RainTableError(
            f"giờ đo ở tương lai {ahead} phút; đồng hồ hoặc múi giờ sai",
            f"time lies {ahead} minutes ahead; its clock or its zone is wrong",
        )
    return RainReading(name, lon, lat, time_ms, mm, minutes)


def _number(row: Mapping[str, Any], key: str) -> float:
    try:
        value = float(row.get(key, ""))
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        said = str(row.get(key))[:40]
        raise RainTableError(f"{key} là {said!r}, không phải số", f"{key} is {said!r}, not a number")
    return value


def _check_place(lon: float, lat: float, bounds: Bounds) -> None:
    west, south, east, north = bounds
    if west <= lon <= east and south <= lat <= north:
        return
    if west <= lat <= east and south <= lon <= north:
        raise RainTableError("lon và lat bị đổi chỗ", f"lon {lon:g} and lat {lat:g} are the wrong way round")
    raise RainTableError(f"({lon:g}, {lat:g}) ở ngoài thành phố", f"lon {lon:g}, lat {lat:g} lies outside the city")


def _check_rain(mm: float, minutes: float) -> None:
    if not 1.0 <= minutes <= MOST_MINUTES:
        raise RainTableError(f"minutes là {minutes:g}, phải từ 1 đến 1440", f"minutes is {minutes:g}; say 1 to 1440")
    if mm < 0.0:
        raise RainTableError(
            f"mm là {mm:g}: lượng mưa không thể âm; mã lỗi của trạm không phải số đo",
            f"mm is {mm:g}: rain cannot be negative; a gauge's code for a fault is no reading",
        )
    if mm * 60.0 / minutes > MOST_MM_H:
        raise RainTableError(
            f"{mm:g} mm trong {minutes:g} phút là quá nhiều; có phải phần mười milimét hay tổng cả ngày?",
            f"{mm:g} mm in {minutes:g} minutes is too much; are these tenths of a millimetre, or the sum of a day?",
        )


def _time(value: Any) -> int:
    text = str("" if value is None else value).strip()
    if text.isascii() and text.isdecimal():
        if not 12 <= len(text) <= 13:
            raise RainTableError(
                f"time {text[:40]} không phải mili giây từ 1970", f"time {text[:40]} is not in milliseconds since 1970"
            )
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RainTableError(f"time {text[:40]!r} không phải ISO 8601", f"time {text[:40]!r} is not ISO 8601") from None
    if moment.tzinfo is None:
        raise RainTableError(
            f"time {text[:40]!r} thiếu múi giờ; thêm +07:00", f"time {text[:40]!r} has no offset; write +07:00 after it"
        )
    return round(moment.timestamp() * 1000)
