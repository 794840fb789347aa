"""A timetable as one file of arrays that processes map into memory together, without reading the feed again.

The file: eight bytes of `MAGIC`, eight of the header's length (little-endian), the header in JSON, then the arrays,
each at a multiple of 64 bytes. The header names the feed by its SHA-256 and holds the CRC-32 of all arrays.
"""

import mmap
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from fleet.gtfs.calendar import Service, ServiceCalendar
from fleet.gtfs.frame import LocalFrame
from fleet.gtfs.patterns import Pattern
from fleet.gtfs.timetable import Timetable

MAGIC = b"HANOITT3"
ALIGN = 64
ARRAYS = (
    "stop_lon", "stop_lat", "stop_x", "stop_y", "stop_place", "trip_pattern", "trip_headway_s", "trip_start",
    "time_stop", "time_sequence", "timepoint", "arrival_s", "departure_s",
)  # fmt: skip
LISTS = (
    "stop_ids", "stop_names", "route_ids", "route_short_names", "route_long_names", "route_colors",
    "route_operators", "trip_ids",
    "trip_service", "trip_headsign", "trip_direction", "trip_block", "trip_route", "doubts",
)  # fmt: skip
OF_STOPS = ("stop_index", "stop_distance_m")
OF_LINE = ("x", "y", "along_m")

Arrays = dict[str, NDArray[Any]]


class PlacedArray(msgspec.Struct, frozen=True):
    """Where one array lies."""

    dtype: str
    count: int
    at: int


class PatternHead(msgspec.Struct, frozen=True):
    """What of a pattern is no array."""

    route_index: int
    direction_id: int | None
    drawn: bool


class Header(msgspec.Struct, frozen=True):
    """Everything that is no array."""

    source_sha256: str
    crc32: int
    name: str
    timezone: str
    origin: tuple[float, float]
    services: dict[str, tuple[tuple[bool, ...], date, date]]
    added: dict[date, list[str]]
    removed: dict[date, list[str]]
    lists: dict[str, list[str | int | None]]
    patterns: list[PatternHead]
    arrays: dict[str, PlacedArray]


def write_compiled(timetable: Timetable, source_sha256: str, file: IO[bytes]) -> None:
    """Write a timetable.

    Parameters
    ----------
    timetable : Timetable
        Any.
    source_sha256 : str
        Of the feed it was made from.
    file : IO of bytes
        Opened for writing, empty.
    """
    placed, body = {}, bytearray()
    for name, array in _arrays_of(timetable).items():
        placed[name] = PlacedArray(array.dtype.str, len(array), len(body))
        body += array.tobytes() + bytes(-array.nbytes % ALIGN)
    calendar = timetable.calendar
    header = msgspec.json.encode(
        Header(
            source_sha256=source_sha256,
            crc32=zlib.crc32(body),
            name=timetable.name,
            timezone=timetable.timezone,
            origin=(timetable.frame.lon, timetable.frame.lat),
            services={name: (s.weekdays, s.first, s.last) for name, s in calendar.services.items()},
            added={day: sorted(names) for day, names in calendar.added.items()},
            removed={day: sorted(names) for day, names in calendar.removed.items()},
            lists={name: list(getattr(timetable, name)) for name in LISTS},
            patterns=[PatternHead(p.route_index, p.direction_id, p.drawn) for p in timetable.patterns],
            arrays=placed,
        )
    )
    file.write(MAGIC + len(header).to_bytes(8, "little") + header)
    file.write(bytes(_start_of(len(header)) - len(MAGIC) - 8 - len(header)) + body)


def find_compiled(path: Path, source_sha256: str, *, repeat_calendar: bool = False) -> Timetable | None:
    """Map a compiled timetable into memory.

    Parameters
    ----------
    path : Path
        The file.
    source_sha256 : str
        Of the feed as it is now.
    repeat_calendar : bool
        As for `build_timetable`.

    Returns
    -------
    Timetable or None
        ``None`` where the file is absent, of another feed, of another version of this program, or damaged. Its arrays
        may be changed; the file never is.
    """
    try:
        with path.open("rb") as file:
            start = file.read(16)
            if start[:8] != MAGIC:
                return None
            length = int.from_bytes(start[8:], "little")
            header = msgspec.json.decode(file.read(length), type=Header)
            if header.source_sha256 != source_sha256:
                return None
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        if zlib.crc32(memoryview(data)[_start_of(length) :]) != header.crc32:
            return None
        return _timetable(header, _Mapped(data, _start_of(length), header.arrays), repeat_calendar=repeat_calendar)
    except (OSError, ValueError, KeyError, msgspec.MsgspecError):
        return None


class _Mapped:
    """The arrays of a mapped file by name."""

    def __init__(self, data: mmap.mmap, start: int, placed: Mapping[str, PlacedArray]) -> None:
        self._data, self._start, self._placed = data, start, placed

    def __getitem__(self, name: str) -> NDArray[Any]:
        place = self._placed[name]
        return np.frombuffer(self._data, np.dtype(place.dtype), place.count, self._start + place.at)

    def cut(self, name: str, by: str) -> Iterator[NDArray[Any]]:
        """Yield the pieces of a concatenated array; ``by`` names the array of their ends."""
        array = self[name]
        return (array[start:end] for start, end in pairwise([0, *self[by].tolist()]))


def _start_of(header_length: int) -> int:
    return -(-(len(MAGIC) + 8 + header_length) // ALIGN) * ALIGN


def _arrays_of(timetable: Timetable) -> Arrays:
    patterns = timetable.patterns
    arrays: Arrays = {name: getattr(timetable, name) for name in ARRAYS}
    arrays["pattern_stops_end"] = np.cumsum([len(p.stop_index) for p in patterns])
    arrays["pattern_line_end"] = np.cumsum([len(p.x) for p in patterns])
    arrays |= {f"pattern_{name}": np.concatenate([getattr(p, name) for p in patterns]) for name in OF_STOPS + OF_LINE}
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _timetable(header: Header, arrays: _Mapped, *, repeat_calendar: bool) -> Timetable:
    pieces = zip(
        header.patterns,
        *(arrays.cut(f"pattern_{name}", "pattern_stops_end") for name in OF_STOPS),
        *(arrays.cut(f"pattern_{name}", "pattern_line_end") for name in OF_LINE),
        strict=True,
    )
    fields: dict[str, Any] = {name: arrays[name] for name in ARRAYS} | {name: header.lists[name] for name in LISTS}
    return Timetable(
        name=header.name,
        timezone=header.timezone,
        frame=LocalFrame(*header.origin),
        calendar=ServiceCalendar(
            {name: Service(*line) for name, line in header.services.items()},
            {day: set(names) for day, names in header.added.items()},
            {day: set(names) for day, names in header.removed.items()},
        ),
        patterns=[
            Pattern(number, head.route_index, head.direction_id, stops, at, x, y, along, head.drawn)
            for number, (head, stops, at, x, y, along) in enumerate(pieces)
        ],
        repeat_calendar=repeat_calendar,
        **fields,
    )
