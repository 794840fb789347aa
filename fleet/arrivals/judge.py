"""How right an arrival was foreseen: each situation of the bus before it is foreseen again with what was known then."""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.errors import CENTRES_S, EDGES_S
from fleet.arrivals.features import (
    AHEAD,
    FINENESS,
    KIND,
    KINDS,
    MADE_MS,
    MOVING,
    NEXT_TRIP,
    PART,
    READY,
    START_S,
    SUMS,
    TERMS,
    TRIANGLE,
    TRIP,
    dot,
    next_start_of,
    spread_of,
    start_of,
    terms,
    widths,
)
from fleet.arrivals.holding import held_s
from fleet.arrivals.kernel import told_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EPOCH_MS = 60_000


@numba.njit(cache=True)
def judge(
    facts: Floats, trip: int, stop: int, start_ms: int, arrival_ms: int, farthest_s: float, trip_start: Ints,
    next_of: Ints, terminal_of: NDArray[np.int32], of_row: NDArray[np.int32], planned: Floats, due_s: Floats,
    depart_s: Floats, epochs: Ints, ratio: Floats, noise: Floats, hold: Floats, moved: Floats, headway: Floats,
    left_s: Floats, beta: Floats, weight: Floats, quantile: Floats,
) -> tuple[Ints, Floats, Floats, Ints, Ints]:  # fmt: skip
    """Return how wrong the arrival would have been foreseen from each situation.

    Parameters
    ----------
    facts : array, shape (situations, FACTS)
        Of this trip or of the one before it.
    trip, stop : int
        Where the bus arrived.
    start_ms, arrival_ms : int
        When the trip was due to begin, and when the bus arrived.
    farthest_s : float
        Foreseen further ahead does not count.
    trip_start, next_of, terminal_of, of_row, planned, due_s, depart_s : array
        Of the links of the timetable.
    epochs, ratio, noise, hold, moved, headway, left_s, beta, weight, quantile : array
        What was known in each of the last minutes; the row of a minute is its number modulo their count.

    Returns
    -------
    tuple
        Kinds, expected seconds and errors in spreads of the situations that count; sums of the normal equations
        (kinds × sums), whole numbers so that they add up the same in any order; and how many fell, by kind and horizon,
        in all and below each quantile of then.
    """
    kinds, ahead, error = np.empty(len(facts), np.int64), np.empty(len(facts)), np.empty(len(facts))
    sums = np.zeros((KINDS, SUMS), dtype=np.int64)
    below = np.zeros((KINDS, len(CENTRES_S), 4), dtype=np.int64)
    x, g, start = np.empty(TERMS), np.empty(TERMS), np.empty(4)
    count = 0
    for i in range(len(facts)):
        fact = facts[i]
        made_ms, of = int(fact[MADE_MS]), int(fact[TRIP])
        known = (made_ms // EPOCH_MS) % len(epochs)
        if made_ms >= arrival_ms or epochs[known] != made_ms // EPOCH_MS or (of != trip and next_of[of] != trip):
            continue
        kind, from_, part = int(fact[KIND]), int(fact[AHEAD]), fact[PART]
        day_s = (start_ms - made_ms) / 1000.0 - depart_s[trip]
        start_of(fact, start)
        if of != trip:
            end = trip_start[of + 1] - trip_start[of] - 1
            last, _, variance = _run(trip_start[of], from_, end, part, start[START_S], of_row, planned, due_s, day_s,
                                     ratio[known], noise[known], hold[known], moved[known])  # fmt: skip
            if from_ > end:
                last = fact[READY]
            next_start_of(
                last, math.sqrt(variance), (start_ms - made_ms) / 1000.0, left_s[known, terminal_of[trip]], start
            )
            kind, from_, part = NEXT_TRIP, 1, 0.0
        if stop < from_:
            continue
        h, as_planned, variance = _run(trip_start[trip], from_, stop, part, start[START_S], of_row, planned, due_s,
                                       day_s, ratio[known], noise[known], hold[known], moved[known])  # fmt: skip
        if h > farthest_s:
            continue
        behind = headway[known, of_row[trip_start[trip] + from_]]
        terms(h, as_planned, kind == MOVING, behind, fact, start, x)
        widths(h, math.sqrt(variance), kind == MOVING, behind, fact, start, g)
        mean = max(h + dot(beta[known, kind], x), 0.0)
        spread = spread_of(weight[known, kind], g, mean)
        took = (arrival_ms - made_ms) / 1000.0
        kinds[count], ahead[count], error[count] = kind, mean, (took - mean) / spread
        count += 1
        bin_ = max(0, min(len(CENTRES_S) - 1, int(np.searchsorted(EDGES_S, mean, side="right")) - 1))
        below[kind, bin_, 0] += 1
        for q in range(3):
            below[kind, bin_, 1 + q] += (took - mean) / spread < quantile[known, kind, q, bin_]
        _add(sums[kind], 0, x, min(4.0, max(-4.0, (took - h) / spread)), spread)
        _add(sums[kind], TRIANGLE + TERMS, g, min(5.0, abs(took - mean) / spread), spread)
    return kinds[:count], ahead[:count], error[:count], sums, below


@numba.njit(cache=True)
def _run(
    first_row: int, from_: int, stop: int, part: float, start_s: float, of_row: NDArray[np.int32], planned: Floats,
    due_s: Floats, day_s: float, ratio: Floats, noise: Floats, hold: Floats, moved: Floats,
) -> tuple[float, float, float]:  # fmt: skip
    """Return seconds to a stop of a trip, what they are if all is driven as planned, and their variance."""
    at, as_planned, variance = start_s, start_s, 0.0
    for row in range(first_row + from_, first_row + stop + 1):
        plan = planned[row] * (1.0 - part) if row == first_row + from_ else planned[row]
        told, gone = told_of(moved[of_row[row]] if len(moved) else 0.0, at)
        take = plan * (ratio[of_row[row]] - gone)
        if row > first_row + from_:
            at += held_s(hold[of_row[row]], day_s + due_s[row - 1], at)
        at += take
        as_planned += plan * (1.0 + told)
        variance += noise[of_row[row]] * take
    return at, as_planned, variance


@numba.njit(cache=True)
def _add(row: Ints, at: int, x: Floats, target: float, spread: float) -> None:
    for i in range(TERMS):
        for j in range(i, TERMS):
            row[at] += round(FINENESS * (x[i] / spread) * (x[j] / spread))
            at += 1
    for i in range(TERMS):
        row[at + i] += round(FINENESS * (x[i] / spread) * target)
