"""The lines that buses are drawn along, in small integers: 1e-5 degrees and metres, as steps from point to point."""

import hashlib
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray
from shapely import LineString

from fleet.gtfs.patterns import Pattern
from services.api.responses import Kept
from services.api.timetable import CityTimetable

# Nearer to the drawn line than this a point makes no difference that can be seen.
TOLERANCE_M = 3.0
DEGREES = 100_000


class Shapes:
    """Every different line of a timetable's patterns, numbered; made when first asked for.

    Parameters
    ----------
    timetable : CityTimetable
        The city's timetable; without one there are no shapes.
    """

    def __init__(self, timetable: CityTimetable) -> None:
        self._timetable = timetable

    @cached_property
    def version(self) -> str:
        """Changes with the shapes; what frames tell by number belongs to this version."""
        return hashlib.blake2b(msgspec.json.encode(self._bodies), digest_size=6).hexdigest()

    @cached_property
    def kept(self) -> Kept:
        """The JSON of all shapes."""
        return Kept(msgspec.json.encode({"version": self.version, "shapes": self._bodies}))

    def find_number(self, trip_id: str | None) -> int | None:
        """Return the number of the line a trip is drawn along, ``None`` where it is unknown."""
        table = self._timetable.table
        trip = None if table is None or trip_id is None else table.trip_number.get(trip_id)
        if table is None or trip is None:
            return None
        return self._number_of_pattern[int(table.trip_pattern[trip])]

    @cached_property
    def _number_of_pattern(self) -> list[int]:
        numbers: dict[tuple[bytes, bytes], int] = {}
        patterns = () if self._timetable.table is None else self._timetable.table.patterns
        return [numbers.setdefault((p.x.tobytes(), p.y.tobytes()), len(numbers)) for p in patterns]

    @cached_property
    def _bodies(self) -> list[dict[str, list[int]]]:
        table = self._timetable.table
        if table is None:
            return []
        first: dict[int, Pattern] = {}
        for number, pattern in zip(self._number_of_pattern, table.patterns, strict=True):
            first.setdefault(number, pattern)
        bodies = []
        for pattern in first.values():
            x, y, along = simplify(pattern)
            lon, lat = table.frame.to_degrees(x, y)
            bodies.append({"x": _steps(lon * DEGREES), "y": _steps(lat * DEGREES), "d": _steps(along)})
        return bodies


def simplify(pattern: Pattern) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return x, y and the way along of the points that matter, metres in the timetable's frame.

    The way along travels as the third coordinate, so that it stays that of the full shape.
    """
    line = LineString(np.column_stack([pattern.x, pattern.y, pattern.along_m]))
    x, y, along = np.array(line.simplify(TOLERANCE_M, preserve_topology=False).coords).T
    return x, y, along


def _steps(values: NDArray[np.float64]) -> list[int]:
    return np.diff(np.round(values).astype(np.int64), prepend=0).tolist()  # type: ignore[no-any-return]
