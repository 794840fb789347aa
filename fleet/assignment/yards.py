"""Yards: no feed says where depots are, but a place where one bus spent hours is a yard for all.

As with what buses run (fleet/assignment/crowd.py), looked at is what was known a quarter of an hour and more before.
"""

import math
from collections.abc import Iterable

from fleet.assignment.crowd import EVERY_S, KEPT_S, MOST_TOLD, moment_of

# A place where a bus spent hours: x, y, and from when on it had.
Base = tuple[float, float, float]

BASE_MS = 7_200_000  # where a bus spends so long is its base
BASE_M = 250.0  # with all of its yard
MOST_BASES = 4


def note_base(bases: tuple[Base, ...], x: float, y: float, time_s: float) -> tuple[Base, ...]:
    """Return the bases of a bus that has spent hours at a place; those it has not come to for longest are forgotten."""
    if is_at(bases, x, y):
        return bases
    return (*bases[1 - MOST_BASES :], (x, y, time_s))


def is_at(bases: Iterable[Base], x: float, y: float) -> bool:
    """Return whether a place lies in one of the yards."""
    return any(math.hypot(x - base[0], y - base[1]) < BASE_M for base in bases)


class Yards:
    """The yards of one timetable's buses as they were known at moments three minutes apart."""

    def __init__(self) -> None:
        self._known: dict[float, list[Base]] = {}

    def count(self, newest_s: float, buses: Iterable[tuple[Base, ...]]) -> None:
        """Gather the bases of all buses, also as of earlier moments for which late reports may ask.

        Parameters
        ----------
        newest_s : float
            The time of the newest report of all, seconds since 1970.
        buses : iterable of tuple
            The bases of each bus.
        """
        newest = moment_of(newest_s)
        places = sorted({base for bases in buses for base in bases}, key=lambda base: (base[2], *base))
        for back in range(MOST_TOLD):
            moment = newest - back * EVERY_S
            if moment not in self._known:
                self._known[moment] = _apart([base for base in places if base[2] <= moment])
        for moment in [m for m in self._known if abs(m - newest) > KEPT_S]:
            del self._known[moment]

    def has(self, x: float, y: float, time_s: float) -> bool:
        """Return whether a place was known as a yard, as of long enough before a moment."""
        return is_at(self._known.get(moment_of(time_s), ()), x, y)


def _apart(places: list[Base]) -> list[Base]:
    """Return the places that are not in the middle of an earlier one's yard."""
    kept: list[Base] = []
    for base in places:
        if all(math.hypot(base[0] - one[0], base[1] - one[1]) > BASE_M / 4 for one in kept):
            kept.append(base)
    return kept
