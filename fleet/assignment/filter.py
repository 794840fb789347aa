"""The filter of one timetable: a bus's belief before a fix and the fix, to the belief after it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.belief import TripBelief
from fleet.assignment.birth import hear_claim, see_anew
from fleet.assignment.ground import Days, lay_days, lay_ground, number_blocks
from fleet.assignment.index import PatternIndex
from fleet.assignment.kernel import take_fix
from fleet.assignment.model import FIRST_NONE, FRESH_LEAST, FRESH_M, LOOK_EVERY_S, NONE, RESET, SEE_M
from fleet.assignment.readout import read_out
from fleet.assignment.rows import AT, COLUMNS, MODE, OFF, ROOM, TRIP, ZERO, put, thin_out
from fleet.gtfs.timetable import DayPlan, Timetable

Floats = NDArray[np.float64]
CLAIM_BASE = -1.0
CLAIM_AGAIN = -5.0
LOOK_MOVED_M = 100.0
STANDING_MPS = 0.8


@dataclass(frozen=True, slots=True)
class Sight:
    """What one fix shows: where and when, the bus's heading (NaN: unknown) and speed, and what its source claims."""

    x: float
    y: float
    time_s: float
    direction_rad: float
    speed_mps: float | None
    trip: int = -1
    zero_s: float = 0.0
    block: int = -1


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
        self._every = np.ones(len(timetable.patterns), dtype=np.bool_)

    def take(self, belief: TripBelief, sight: Sight, cost: Floats) -> None:
        """Weigh one more fix.

        Parameters
        ----------
        belief : TripBelief
            Changed.
        sight : Sight
            The fix.
        cost : array, shape (patterns,)
            Log prior of each pattern for this bus.
        """
        days, ground = self.days_at(sight.time_s), self._ground
        see = _look(belief, sight)
        first = len(belief.rows) == 0
        if first:
            rows = np.empty((ROOM, COLUMNS))
            count = put(rows, 0, -1.0, 0.0, NONE, 0.0, FIRST_NONE, sight.time_s, 0.0, 0.0, 0.0)
        else:
            taken = take_fix(ground, days, belief.rows, see)
            rows = np.empty((ROOM, COLUMNS))
            count = len(taken)
            rows[:count] = taken
        looks = first or self._is_time_to_look(belief, sight)
        if looks:
            near = self.index.near(sight.x, sight.y, SEE_M, self._every)
            count = see_anew(ground, days, rows, count, see, 0.0 if first else RESET, near, cost)
            belief.looked = (sight.x, sight.y, sight.time_s)
        news = belief.heard != (sight.trip, sight.zero_s)
        if sight.trip >= 0 and (news or looks):
            base = CLAIM_BASE if news else CLAIM_AGAIN
            count = hear_claim(ground, rows, count, see, sight.trip, sight.zero_s, base, news)
            belief.heard = (sight.trip, sight.zero_s)
        belief.rows = thin_out(rows, count)
        belief.seen = (sight.x, sight.y, sight.time_s)
        self._answer(belief, sight)

    def _answer(self, belief: TripBelief, sight: Sight) -> None:
        old = belief.chosen or (-1, 0.0)
        claim = (sight.trip, sight.zero_s, sight.block)
        best, belief.probability = read_out(self._ground, belief.rows, *claim, *old)
        row = belief.rows[best]
        trip = int(row[TRIP])
        belief.mode, belief.at_m, belief.off_m = int(row[MODE]), float(row[AT]), float(row[OFF])
        belief.chosen = None if trip < 0 else (trip, float(row[ZERO]))

    def days_at(self, time_s: float) -> Days:
        """Return the runs of the days around a moment; worked out once a day."""
        plans = self._timetable.days_around(int(time_s * 1000))
        if self._days is None or any(a is not b for a, b in zip(self._days[0], plans, strict=True)):
            self._days = (plans, lay_days(self._timetable, plans, self.blocks))
        return self._days[1]

    def _is_time_to_look(self, belief: TripBelief, sight: Sight) -> bool:
        x, y, at = belief.looked
        if sight.time_s - at < LOOK_EVERY_S:
            return False
        return math.hypot(sight.x - x, sight.y - y) > LOOK_MOVED_M


def _look(belief: TripBelief, sight: Sight) -> Floats:
    x, y, at = belief.seen
    dt = max(0.0, sight.time_s - at) if len(belief.rows) else 0.0
    straight = math.hypot(sight.x - x, sight.y - y) if len(belief.rows) else 0.0
    weight = min(1.0, max(FRESH_LEAST, straight / FRESH_M))
    speed = straight / dt if sight.speed_mps is None and dt > 0.0 else sight.speed_mps or 0.0
    standing = 1.0 if speed < STANDING_MPS else 0.0
    return np.array([sight.x, sight.y, sight.time_s, dt, straight, sight.direction_rad, weight, standing])
