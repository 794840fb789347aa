"""What the other buses of a city are believed to run, as evidence about one: a trip has one bus, nearly always.

Buses are matched to blocks (to trips where the feed names no block), softly: each keeps its own belief, and another one
that has a block makes it less likely, never impossible (sum-product messages of a one-to-one matching, Huang and
Jebara 2009). Looked at is what was believed a quarter of an hour and more before: no late report changes that any more,
so that whatever the order in which reports come, the same follows.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.ground import Blocks
from fleet.assignment.model import SHARES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# When, and what was believed then: the number of a block, the start of its service day (s since 1970), how likely.
Told = tuple[float, tuple[tuple[int, float, float], ...]]

EVERY_S = 180.0
# Reports may come a quarter of an hour late, from clocks a minute ahead, and are taken in their place within another.
BEHIND_S = 1_020.0
GONE_S = 1_200.0  # a bus unheard of for so long has perhaps gone
KEPT_S = 3_600.0  # a late report asks for what was believed long before it
MOST_TOLD = int(KEPT_S / EVERY_S)
LEAST = 0.02
TURNS = 15
SURELY = 1e-4


class Crowd(NamedTuple):
    """What all buses but one have: ``taken[unit]`` how much of a unit and of which service day, ``own`` of it its own.

    A unit is a block; beyond the blocks it is a trip, by its number. ``taken`` are odds, added up over the buses;
    ``own`` has rows of unit and odds.
    """

    taken: Floats
    own: Floats


NOBODY = np.empty((0, 2))


class CrowdCounts:
    """What the buses of one timetable were believed to run at moments three minutes apart.

    Parameters
    ----------
    blocks : Blocks
        Of the timetable.
    """

    def __init__(self, blocks: Blocks) -> None:
        self._units = len(blocks.number) + len(blocks.of_trip)
        self._nobody = Crowd(np.zeros((self._units, 2)), NOBODY)
        self._counts: dict[float, tuple[Floats, dict[str, Floats]]] = {}

    def is_due(self, newest_s: float) -> bool:
        """Return whether `count` has something to do before a report of that time is taken."""
        return moment_of(newest_s) not in self._counts

    def count(self, newest_s: float, buses: Iterable[tuple[str, tuple[Told, ...]]]) -> None:
        """Count what buses were believed to run, also at earlier moments for which late reports may ask.

        Parameters
        ----------
        newest_s : float
            The time of the newest report of all, seconds since 1970.
        buses : iterable of tuple
            Each bus, and what was believed of it.
        """
        newest, known = moment_of(newest_s), list(buses)
        for back in range(MOST_TOLD):
            moment = newest - back * EVERY_S
            if moment not in self._counts:
                self._counts[moment] = _share_out(self._units, list(_believed_at(moment, known)))
        for moment in [m for m in self._counts if abs(m - newest) > KEPT_S]:
            del self._counts[moment]

    def around(self, vehicle_id: str, time_s: float) -> Crowd:
        """Return what the buses but one have, as of long enough before a moment."""
        found = self._counts.get(moment_of(time_s))
        return self._nobody if found is None else Crowd(found[0], found[1].get(vehicle_id, NOBODY))


def is_telling(before_s: float, now_s: float) -> bool:
    """Return whether a bus that was seen at two moments one after the other tells anew at the second."""
    return before_s // EVERY_S != now_s // EVERY_S


def moment_of(time_s: float) -> float:
    """Return as of when what others have is looked at, for a report of a time."""
    return (time_s - BEHIND_S) // EVERY_S * EVERY_S


def _believed_at(
    moment_s: float, buses: list[tuple[str, tuple[Told, ...]]]
) -> Iterator[tuple[str, tuple[tuple[int, float, float], ...]]]:
    for vehicle_id, told in buses:
        for time_s, units in reversed(told):
            if time_s <= moment_s:
                if moment_s - time_s <= GONE_S:
                    yield vehicle_id, units
                break


def _share_out(
    units: int, believed: list[tuple[str, tuple[tuple[int, float, float], ...]]]
) -> tuple[Floats, dict[str, Floats]]:
    """Return how much of each unit is taken, of which day, and what each bus has of it."""
    taken = np.zeros((units, 2))
    rows = [(bus, *unit) for bus, (_, some) in enumerate(believed) for unit in some]
    if not rows:
        return taken, {}
    table = np.array(rows)
    bus, unit, weight = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 3]
    odds = _match(bus, unit, weight, len(believed), units)
    taken[:, 0] = np.bincount(unit, odds, minlength=units)
    taken[unit, 1] = table[:, 2]
    ends = np.searchsorted(bus, np.arange(len(believed) + 1))
    own = np.column_stack([table[:, 1], odds])
    return taken, {name: own[ends[k] : ends[k + 1]] for k, (name, _) in enumerate(believed)}


def _match(bus: Ints, unit: Ints, weight: Floats, buses: int, units: int) -> Floats:
    """Return the odds by which each bus has each unit, all others considered."""
    free = np.ones(len(weight))
    runs_none = 1.0 - np.bincount(bus, weight, minlength=buses)
    odds = free
    for _ in range(TURNS):
        score = weight * free
        rest = (runs_none + np.bincount(bus, score, minlength=buses))[bus] - score
        odds = score / np.maximum(rest, SURELY)
        others = np.bincount(unit, odds, minlength=units)[unit] - odds
        free = SHARES + (1.0 - SHARES) / (1.0 + np.maximum(others, 0.0))
    return odds
