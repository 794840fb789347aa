"""What is known of a bus beside the links ahead, and how it moves and widens its arrivals: the model in numbers.

A stop that the links put ``h`` seconds ahead is expected at ``h + Σ βᵢ·xᵢ(h)`` with a spread (mean absolute error) of
``Σ wᵢ·gᵢ(h)``. The β and w are learnt for each kind of situation; here stand what they are before anything was seen.
The timetable is among the xᵢ, by how far what it plans lies from ``h``: its β is how far it is trusted.
"""

import math

import numpy as np
from numpy.typing import NDArray

from fleet.kernels import compiled

Floats = NDArray[np.float64]

MOVING, WAITING, NEXT_TRIP = 0, 1, 2
KINDS = 3
# Facts of a bus at one fix, all from its own fixes: when (ms), number of the trip, kind (moving or waiting), number of
# the next stop, part of the link to it that lies behind, seconds late, seconds it stands, seconds of the call at its
# last stop that lie behind, its last running times over the planned ones − 1; and, where it waits, seconds until it is
# ready and due (at its last stop, until it came there: none or less), and until it can be at the first stop.
MADE_MS, TRIP, KIND, AHEAD, PART, DELAY, STANDS, CALLED, PACE, READY, WAY = range(11)
FACTS = 11
TERMS = 8
PACE_LASTS_S = 600.0
DELAY_LASTS_S = 900.0
MOST_DELAY_S = 900.0
MOST_STANDING_S = 600.0
TURN_S = 90.0
START_SD_S = 60.0
# Rows: moving, waiting, next trip.
BETA_BEFORE = np.array(
    [
        [0.0, -0.05, 0.2, 0.3, 0.6, 0.0, 0.3, 0.25],
        [0.0, -0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25],
        [0.0, -0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25],
    ]
)
WEIGHT_BEFORE = np.array([[0.6, 0.7, 0.4, 1.0, 0.3, 0.7, 0.0, 0.0]] * KINDS)
LEAST_SPREAD_S = 4.0
# The timetable counts as at most so far from what the links say, and so much of it.
APART_S = 60.0
APART = 0.5
# Mean absolute errors anywhere: so much, and so much of the time ahead.
USUAL_ERROR_S = 20.0
USUAL_ERROR = 0.12
# Sums of one kind: the upper triangle and the right side of the normal equations of β, then of w.
TRIANGLE = TERMS * (TERMS + 1) // 2
SUMS = 2 * (TRIANGLE + TERMS)
FINENESS = 1000.0
# What a start is made of: seconds until it, their deviation, how late it is, how long it is overdue.
START_S, START_SD, START_LATE, START_OVERDUE = range(4)


@compiled
def start_of(fact: Floats, start: Floats) -> None:
    """Write into ``start`` when a bus moves on: at once, or when its trip is due."""
    start[:] = 0.0
    if fact[KIND] == WAITING:
        due_s = fact[READY] - fact[DELAY]
        start[START_S] = max(due_s, fact[WAY], 0.0)
        start[START_SD] = START_SD_S
        start[START_LATE] = fact[DELAY]
        start[START_OVERDUE] = min(MOST_STANDING_S, max(0.0, -due_s))


@compiled
def next_start_of(last_s: float, root_s: float, due_s: float, left_s: float, start: Floats) -> None:
    """Write into ``start`` when a bus begins its next trip: when due, or after a short rest where it comes late.

    The mean and the deviation of the later of a fixed moment and one that falls as a bell.
    """
    deviation = math.hypot(root_s, 0.1 * max(0.0, last_s)) + 10.0
    k = (last_s + TURN_S - due_s) / deviation
    bell, share = math.exp(-0.5 * k * k) / math.sqrt(2.0 * math.pi), 0.5 * (1.0 + math.erf(k / math.sqrt(2.0)))
    after = deviation * (bell + k * share)
    square = deviation * deviation * ((1.0 + k * k) * share + k * bell)
    start[START_S] = max(0.0, due_s + after + left_s)
    start[START_SD] = math.hypot(START_SD_S, math.sqrt(max(0.0, square - after * after)))
    start[START_LATE] = min(MOST_DELAY_S, max(0.0, last_s + TURN_S - due_s))
    start[START_OVERDUE] = 0.0


@compiled
def terms(h: float, planned_s: float, moves: bool, headway: float, fact: Floats, start: Floats, x: Floats) -> None:
    """Write into ``x`` what a bus's facts, its start and the timetable add at ``h`` seconds ahead for a β of one.

    ``planned_s`` is when it is there if it drives as planned; ``headway`` the time since the last bus on the link
    ahead over the usual one − 1.
    """
    delay_share = 1.0 - math.exp(-h / DELAY_LASTS_S)
    if moves:
        x[0] = fact[PACE] * PACE_LASTS_S * (1.0 - math.exp(-h / PACE_LASTS_S))
        x[1] = max(0.0, fact[DELAY]) * delay_share
        x[2] = max(0.0, -fact[DELAY]) * delay_share
        x[3] = fact[STANDS]
        x[4] = -fact[CALLED]
        x[5] = 0.0
        x[6] = 0.1 * h * headway
    else:
        x[:] = 0.0
        x[1] = start[START_LATE] * delay_share
        x[5] = start[START_OVERDUE]
    farthest = APART_S + APART * h
    x[7] = min(farthest, max(-farthest, planned_s - h))


@compiled
def widths(h: float, root_s: float, moves: bool, headway: float, fact: Floats, start: Floats, g: Floats) -> None:
    """Write into ``g`` what widens an arrival ``h`` seconds ahead; ``root_s`` is the deviation of the links' times."""
    late = abs(fact[DELAY]) if moves else start[START_LATE]
    g[0] = 10.0
    g[1] = root_s
    g[2] = 0.1 * h
    g[3] = 0.3 * fact[STANDS] if moves else 0.0
    g[4] = 0.1 * late * (1.0 - math.exp(-h / DELAY_LASTS_S))
    g[5] = start[START_SD]
    g[6] = 0.1 * h * abs(headway) if moves else 0.0
    g[7] = 0.0


@compiled
def spread_of(weight: Floats, g: Floats, mean_s: float) -> float:
    """Return the mean absolute error to reckon with, seconds: half way from the usual to what the circumstances say.

    What is said of single buses is less sure than what is true of all: errors follow the root of it.
    """
    return max(math.sqrt(dot(weight, g) * (USUAL_ERROR_S + USUAL_ERROR * mean_s)), LEAST_SPREAD_S)


@compiled
def dot(a: Floats, b: Floats) -> float:
    """Return the sum of products of two rows of ``TERMS`` numbers."""
    total = 0.0
    for i in range(TERMS):
        total += a[i] * b[i]
    return total
