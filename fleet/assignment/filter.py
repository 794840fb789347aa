"""The filter of one timetable: a bus's belief before a fix and the fix, to the belief after it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.belief import TripBelief
from fleet.assignment.crowd import LEAST, MOST_TOLD, Crowd, is_telling
from fleet.assignment.flat import Flat, flatten
from fleet.assignment.ground import lay_days, lay_ground, number_blocks
from fleet.assignment.index import lay_grid
from fleet.assignment.kernel import ROOM_FLOATS, ROOM_INTS
from fleet.assignment.readout import list_units
from fleet.assignment.weigh import weigh
from fleet.gtfs.timetable import DayPlan, Timetable

Floats = NDArray[np.float64]
NO_RUN = (-1, 0.0)
QUARTER_S = 900.0


class Sight(NamedTuple):
    """What one fix shows: where and when, the bus's heading and speed (NaN: unknown), and what its source claims.

    ``rests`` tells that the bus says it stands, now as at the fix before; ``trip`` and ``block`` are −1 where the
    source names none.
    """

    x: float
    y: float
    time_s: float
    direction_rad: float
    speed_mps: float
    rests: bool
    trip: int
    zero_s: float
    block: int


class TripFilter:
    """Follows the hypotheses about any bus of a timetable.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    """

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self.blocks = number_blocks(timetable)
        self._ground, self._grid = lay_ground(timetable, self.blocks), lay_grid(timetable.patterns)
        self._room, self._places = np.empty(ROOM_FLOATS), np.empty(ROOM_INTS, dtype=np.int64)
        self._plans: tuple[DayPlan, ...] = ()
        self._flat: Flat | None = None
        self._quarter = -1.0

    def take(self, belief: TripBelief, sight: Sight, cost: Floats, crowd: Crowd) -> None:
        """Weigh one more fix.

        Parameters
        ----------
        belief : TripBelief
            Changed.
        sight : Sight
            The fix.
        cost : array, shape (patterns,)
            Log prior of each pattern for this bus.
        crowd : Crowd
            What the other buses have.
        """
        belief.rows, looks, belief.probability, trip, zero, belief.mode, belief.at_m, belief.off_m = weigh(
            self._room, self._places, *self._flat_at(sight.time_s), cost, *crowd, belief.rows, belief.seen,
            belief.looked, belief.heard, belief.chosen or NO_RUN, *sight,  # type: ignore[arg-type]
        )  # fmt: skip
        if is_telling(belief.seen[2], sight.time_s):
            self._tell(belief, sight, len(crowd.taken))
        belief.seen = sight[:3]
        if looks:
            belief.looked = belief.seen
        if sight.trip >= 0 and (looks or belief.heard != (sight.trip, sight.zero_s)):
            belief.heard = (sight.trip, sight.zero_s)
        belief.chosen = None if trip < 0 else (trip, zero)

    def _tell(self, belief: TripBelief, sight: Sight, units: int) -> None:
        """Note what the bus is believed to run, for others."""
        believed = list_units(self._ground, belief.rows, sight.trip, sight.zero_s, sight.block, units, LEAST)
        told = (sight.time_s, tuple((int(unit), zero, share) for unit, zero, share in believed.tolist()))
        belief.told = (*belief.told[1 - MOST_TOLD :], told)

    def _flat_at(self, time_s: float) -> Flat:
        """Return the timetable with the runs of the days around a moment; worked out once a day."""
        quarter = time_s // QUARTER_S
        if self._flat is None or quarter != self._quarter:
            plans = self._timetable.days_around(int(time_s * 1000))
            # Plans come anew each quarter of an hour, of the same days.
            if self._flat is None or any(a is not b for a, b in zip(self._plans, plans, strict=True)):
                self._flat = flatten(self._ground, lay_days(self._timetable, plans, self.blocks), self._grid)
            self._plans, self._quarter = plans, quarter
        return self._flat
