"""One fix of one bus, from what was believed before it to what is believed after it, in one compiled piece.

Every array that is handed to compiled code costs time at the door: so a fix goes through that door once.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.assignment.birth import hear_claim, see_anew
from fleet.assignment.ground import Days, Ground
from fleet.assignment.kernel import make_scratch, take_fix
from fleet.assignment.model import BEGINS, FIRST_NONE, NONE, RESET
from fleet.assignment.readout import read_out
from fleet.assignment.rows import COLUMNS, LOGW, MODE, ROOM, put, thin_out
from fleet.kernels import compiled

Floats = NDArray[np.float64]
CLAIM_BASE = -1.0
CLAIM_AGAIN = -5.0


@compiled
def _prior_of_new(belief: Floats) -> float:
    """Return the log prior of a run that nobody thought of: a bus that runs nothing begins a trip sooner or later."""
    for i in range(len(belief)):
        if belief[i, MODE] == NONE:
            return max(RESET, float(belief[i, LOGW]) + BEGINS)
    return RESET


@numba.njit(cache=True)
def weigh(g: Ground, d: Days, belief: Floats, see: Floats, looks: bool, near: Floats, cost: Floats, trip: int,
          zero: float, block: int, news: bool, old_trip: int, old_zero: float, taken: Floats,
          own: Floats) -> tuple[Floats, int, float]:  # fmt: skip
    """Return the hypotheses after a fix, which of them speaks for the likeliest run, and that run's probability.

    Parameters
    ----------
    g, d : Ground, Days
        The timetable.
    belief : array, shape (hypotheses, COLUMNS)
        What was believed; empty for a bus of which nothing is known.
    see : array
        What the fix shows, as `take_fix` takes it.
    looks, near : bool and array
        Whether new hypotheses are sought, and the passes of shapes near the bus, as `PatternIndex.near` tells them.
    cost : array, shape (patterns,)
        Log prior of each pattern for this bus.
    trip, zero, block : int, float, int
        The trip, its service day and the block that the source names, −1 where it names none.
    news : bool
        Whether it named another trip before.
    old_trip, old_zero : int and float
        The run that was believed in before, −1 if none was.
    taken, own : array
        What the other buses have (fleet/assignment/crowd.py).

    Returns
    -------
    tuple of array, int and float
        Hypotheses, most likely first; a place in them; a probability.
    """
    rows, s = np.empty((ROOM, COLUMNS)), make_scratch()
    first = len(belief) == 0
    if first:
        n = put(rows, 0, -1.0, 0.0, NONE, 0.0, FIRST_NONE, see[2], 0.0, 0.0, 0.0)
    else:
        n = take_fix(g, d, belief, see, s, rows)
    if looks:
        n = see_anew(g, d, rows, n, see, 0.0 if first else _prior_of_new(belief), near, cost)
    if trip >= 0 and (news or looks):
        n = hear_claim(g, rows, n, see, trip, zero, CLAIM_BASE if news else CLAIM_AGAIN, news, s.found)
    kept = thin_out(rows, n)
    best, probability = read_out(g, kept, trip, zero, block, old_trip, old_zero, taken, own)
    return kept, best, probability
