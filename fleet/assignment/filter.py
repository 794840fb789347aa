"""The filter of one timetable: a bus's belief before a fix and the fix, to the belief after it."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.belief import TripBelief
from fleet.assignment.crowd import LEAST, MOST_TOLD, Crowd, is_telling
from fleet.assignment.ground import Days, lay_days, lay_ground, number_blocks
from fleet.assignment.index import PatternIndex
from fleet.assignment.model import FRESH_LEAST, FRESH_M, LOOK_EVERY_S, SEE_M, WALKS_M
from fleet.assignment.readout import list_units
from fleet.assignment.weigh import weigh
from fleet.gtfs.timetable import DayPlan, Timetable

Floats = NDArray[np.float64]
LOOK_MOVED_M = 100.0
STANDING_MPS = 0.8
NOTHING_NEAR = np.empty((4, 0))


class Sight(NamedTuple):
    """What one fix shows: where and when, the bus's heading (NaN: unknown) and speed, and what its source claims.

    ``rests`` tells that the bus says it stands, now as at the fix before.
    """

    x: float
    y: float
    time_s: float
    direction_rad: float
    speed_mps: float | None
    trip: int = -1
    zero_s: float = 0.0
    block: int = -1
    rests: bool = False


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
        self.index = PatternIndex(timetable)
        self._ground = lay_ground(timetable, self.blocks)
        self._days: tuple[tuple[DayPlan, ...], Days] | None = None
        self._see = np.zeros(8)

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
        looks = len(belief.rows) == 0 or _is_time_to_look(belief, sight)
        near = self.index.near(sight.x, sight.y, SEE_M) if looks else NOTHING_NEAR
        news = belief.heard != (sight.trip, sight.zero_s)
        old_trip, old_zero = belief.chosen or (-1, 0.0)
        belief.rows, best, belief.probability = weigh(
            self._ground, self.days_at(sight.time_s), belief.rows, _look(belief, sight, self._see), looks, near, cost,
            sight.trip, sight.zero_s, sight.block, news, old_trip, old_zero, crowd.taken, crowd.own,
        )  # fmt: skip
        if is_telling(belief.seen[2], sight.time_s):
            self._tell(belief, sight, len(crowd.taken))
        belief.seen = (sight.x, sight.y, sight.time_s)
        if looks:
            belief.looked = belief.seen
        if sight.trip >= 0 and (news or looks):
            belief.heard = (sight.trip, sight.zero_s)
        trip, zero, mode, belief.at_m, _, _, _, belief.off_m, _ = belief.rows[best].tolist()
        belief.mode, belief.chosen = int(mode), None if trip < 0 else (int(trip), zero)

    def _tell(self, belief: TripBelief, sight: Sight, units: int) -> None:
        """Note what the bus is believed to run, for others."""
        believed = list_units(self._ground, belief.rows, sight.trip, sight.zero_s, sight.block, units, LEAST)
        told = (sight.time_s, tuple((int(unit), zero, share) for unit, zero, share in believed.tolist()))
        belief.told = (*belief.told[1 - MOST_TOLD :], told)

    def days_at(self, time_s: float) -> Days:
        """Return the runs of the days around a moment; worked out once a day."""
        plans = self._timetable.days_around(int(time_s * 1000))
        if self._days is None or self._days[0] is not plans:
            same = self._days is not None and all(a is b for a, b in zip(self._days[0], plans, strict=True))
            # Plans come anew each quarter of an hour, of the same days.
            days = self._days[1] if self._days is not None and same else lay_days(self._timetable, plans, self.blocks)
            self._days = (plans, days)
        return self._days[1]


def _is_time_to_look(belief: TripBelief, sight: Sight) -> bool:
    x, y, at = belief.looked
    if sight.time_s - at < LOOK_EVERY_S:
        return False
    return math.hypot(sight.x - x, sight.y - y) > LOOK_MOVED_M


def _look(belief: TripBelief, sight: Sight, see: Floats) -> Floats:
    """Write what a fix shows into ``see``, as `take_fix` takes it."""
    x, y, at = belief.seen
    dt = straight = 0.0
    if len(belief.rows):
        dt, straight = max(0.0, sight.time_s - at), math.hypot(sight.x - x, sight.y - y)
    speed = straight / dt if sight.speed_mps is None and dt > 0.0 else sight.speed_mps or 0.0
    see[0], see[1], see[2], see[3], see[4], see[5] = sight.x, sight.y, sight.time_s, dt, straight, sight.direction_rad
    stands = speed < STANDING_MPS
    # The place of one that stood and stands moves with the error of its receiver, which walks.
    way = max(0.0, straight - WALKS_M) if sight.rests else straight
    see[6] = min(1.0, max(FRESH_LEAST, way / FRESH_M))
    see[7] = 1.0 if stands else 0.0
    return see
