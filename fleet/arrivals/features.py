"""What is known of a bus beside the links ahead, and how it moves and widens its arrivals: the model in numbers.

A stop that the links put ``h`` seconds ahead is expected at ``h + Σ βᵢ·xᵢ(h)`` with a spread (mean absolute error) of
``Σ wᵢ·gᵢ(h)``. The β and w are learnt for each kind of situation; here stand what they are before anything was seen.
"""

import math

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOVING, WAITING, NEXT_TRIP = 0, 1, 2
KINDS = 3
# A bus's circumstances, in this order: pace (its running times over those of others − 1), seconds late, seconds early,
# seconds it stands, seconds of the call at its last stop that lie behind, seconds it is overdue at its terminal, and
# the deviation in seconds of the moment it starts.
PACE, LATE, EARLY, STANDS, CALLED, OVERDUE, START_SD = range(7)
CIRCUMSTANCES = 7
TERMS = 6
PACE_LASTS_S = 600.0
DELAY_LASTS_S = 900.0
# Rows: moving, waiting, next trip.
BETA_BEFORE = np.array(
    [[0.2, -0.05, 0.2, 0.2, 0.7, 0.0], [0.0, -0.05, 0.0, 0.0, 0.0, 0.0], [0.0, -0.05, 0.0, 0.0, 0.0, 0.0]]
)
WEIGHT_BEFORE = np.array([[0.6, 0.7, 0.3, 0.5, 0.3, 0.7]] * KINDS)
LEAST_SPREAD_S = 4.0
# Sums of one kind: the upper triangle and the right side of the normal equations of β, then of w.
TRIANGLE = TERMS * (TERMS + 1) // 2
SUMS = 2 * (TRIANGLE + TERMS)
FINENESS = 1000.0


@numba.njit(cache=True)
def terms(h: float, c: Floats, x: Floats) -> None:
    """Write into ``x`` what each circumstance ``c`` adds at ``h`` seconds ahead for a β of one."""
    pace_s = PACE_LASTS_S * (1.0 - math.exp(-h / PACE_LASTS_S))
    delay_share = 1.0 - math.exp(-h / DELAY_LASTS_S)
    x[0] = c[PACE] * pace_s
    x[1] = c[LATE] * delay_share
    x[2] = c[EARLY] * delay_share
    x[3] = c[STANDS]
    x[4] = -c[CALLED]
    x[5] = c[OVERDUE]


@numba.njit(cache=True)
def widths(h: float, root_s: float, c: Floats, g: Floats) -> None:
    """Write into ``g`` what widens an arrival ``h`` seconds ahead; ``root_s`` is the deviation of the links' times."""
    g[0] = 10.0
    g[1] = root_s
    g[2] = 0.1 * h
    g[3] = 0.3 * c[STANDS]
    g[4] = 0.1 * (c[LATE] + c[EARLY]) * (1.0 - math.exp(-h / DELAY_LASTS_S))
    g[5] = c[START_SD]


@numba.njit(cache=True)
def dot(a: Floats, b: Floats) -> float:
    """Return the sum of products of two rows of ``TERMS`` numbers."""
    total = 0.0
    for i in range(TERMS):
        total += a[i] * b[i]
    return total
