"""One fix of one bus, from what was believed before it to what is believed after it, in one compiled piece.

Every array that is handed to compiled code costs time at the door: so a fix goes through that door once.
"""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.assignment.birth import hear_claim, see_anew
from fleet.assignment.flat import Cuts, Ints, open_days, open_grid, open_ground
from fleet.assignment.index import MAX_PASSES, find_near
from fleet.assignment.kernel import KEPT, open_scratch, take_fix
from fleet.assignment.model import (
    BEGINS,
    FIRST_NONE,
    FRESH_LEAST,
    FRESH_M,
    LOOK_EVERY_S,
    LOOK_MOVED_M,
    NONE,
    RESET,
    SEE_M,
    STANDING_MPS,
    WALKS_M,
)
from fleet.assignment.readout import read_out
from fleet.assignment.rows import COLUMNS, LOGW, MODE, put, thin_out
from fleet.kernels import compiled

Floats = NDArray[np.float64]
Place = tuple[float, float, float]
Run = tuple[int, float]
CLAIM_BASE = -1.0
CLAIM_AGAIN = -5.0


@compiled
def _prior_of_new(belief: Floats) -> float:
    """Return the log prior of a run that nobody thought of: a bus that runs nothing begins a trip sooner or later."""
    if len(belief) == 0:
        return 0.0
    for i in range(len(belief)):
        if belief[i, MODE] == NONE:
            return max(RESET, float(belief[i, LOGW]) + BEGINS)
    return RESET


@compiled
def _look(see: Floats, knows: bool, seen: Place, x: float, y: float, time_s: float, direction_rad: float,
          speed_mps: float, rests: bool) -> None:  # fmt: skip
    """Write what a fix shows into ``see``, as `take_fix` takes it."""
    dt = straight = 0.0
    if knows:
        dt, straight = max(0.0, time_s - seen[2]), math.hypot(x - seen[0], y - seen[1])
    speed = 0.0 if math.isnan(speed_mps) else speed_mps
    if math.isnan(speed_mps) and dt > 0.0:
        speed = straight / dt
    see[0], see[1], see[2], see[3], see[4], see[5] = x, y, time_s, dt, straight, direction_rad
    # The place of one that stood and stands moves with the error of its receiver, which walks.
    way = max(0.0, straight - WALKS_M) if rests else straight
    see[6] = min(1.0, max(FRESH_LEAST, way / FRESH_M))
    see[7] = 1.0 if speed < STANDING_MPS else 0.0


@compiled
def _weigh(room: Floats, places: NDArray[np.int64], f: Floats, i: Ints, cuts: Cuts, cost: Floats, taken: Floats,
           own: Floats, belief: Floats, looks: bool, trip: int, zero: float, block: int, news: bool, old: Run,
           passed: NDArray[np.bool_], near: Floats) -> tuple[int, int, float]:  # fmt: skip
    s = open_scratch(room, places)
    g, d, rows, see = open_ground(f, i, cuts), open_days(f, i, cuts), s.rows, s.see
    if len(belief) == 0:
        n = put(rows, 0, -1.0, 0.0, NONE, 0.0, FIRST_NONE, see[2], 0.0, 0.0, 0.0)
    else:
        n = take_fix(g, d, belief, see, s, rows)
    if looks:
        found = find_near(open_grid(f, i, cuts), g, see[0], see[1], SEE_M, passed, near)
        n = see_anew(g, d, rows, n, see, _prior_of_new(belief), near[:, :found], cost)
    if trip >= 0 and (news or looks):
        n = hear_claim(g, rows, n, see, trip, zero, CLAIM_BASE if news else CLAIM_AGAIN, news, s.found)
    n = thin_out(rows, n, s.order, s.kept)
    best, probability = read_out(g, s.kept, n, trip, zero, block, old[0], old[1], taken, own, s.weight)
    return n, best, probability


@numba.njit(cache=True)
def weigh(room: Floats, places: NDArray[np.int64], f: Floats, i: Ints, cuts: Cuts, cost: Floats, taken: Floats,
          own: Floats, belief: Floats, seen: Place, looked: Place, heard: Run, old: Run, x: float, y: float,
          time_s: float, direction_rad: float, speed_mps: float, rests: bool, trip: int, zero: float,
          block: int) -> tuple[Floats, bool, float, int, float, int, float, float]:  # fmt: skip
    """Return the hypotheses after a fix, and what they come to.

    Parameters
    ----------
    room, places : array, shape (ROOM_FLOATS,) and (ROOM_INTS,)
        Room to work in.
    f, i, cuts : array
        The timetable, as `flatten` lays it.
    cost : array, shape (patterns,)
        Log prior of each pattern for this bus.
    taken, own : array
        What the other buses have (fleet/assignment/crowd.py).
    belief : array, shape (hypotheses, COLUMNS)
        What was believed; empty for a bus of which nothing is known.
    seen, looked : tuple
        x, y and time of the fix before, and of the one at which new hypotheses were last sought.
    heard, old : tuple
        Trip and service day that the source named last, and that were believed in; trip −1: none.
    x, y, time_s, direction_rad, speed_mps : float
        What the fix shows; direction and speed NaN where they are not known.
    rests : bool
        Whether the bus says that it stands, now as at the fix before.
    trip, zero, block : int, float, int
        The trip, its service day and the block that the source names, −1 where it names none.

    Returns
    -------
    tuple
        Hypotheses, most likely first; whether new ones were sought; then of the likeliest run its probability, trip,
        service day, what the bus does, metres along and beside its shape.
    """
    knows = len(belief) > 0
    looks = not knows or (
        time_s - looked[2] >= LOOK_EVERY_S and math.hypot(x - looked[0], y - looked[1]) > LOOK_MOVED_M
    )
    _look(room, knows, seen, x, y, time_s, direction_rad, speed_mps, rests)
    news = heard[0] != trip or heard[1] != zero
    passed, near = np.empty(len(cost) if looks else 0, dtype=np.bool_), np.empty((4, MAX_PASSES if looks else 0))
    n, best, probability = _weigh(
        room, places, f, i, cuts, cost, taken, own, belief, looks, trip, zero, block, news, old, passed, near
    )  # fmt: skip
    kept = room[KEPT : KEPT + n * COLUMNS].copy().reshape(n, COLUMNS)
    row = kept[best]
    return kept, looks, probability, int(row[0]), row[1], int(row[2]), row[3], row[7]
