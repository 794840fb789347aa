"""Hypotheses as rows of numbers: what each column is, and how they are put together, weighed and thinned out."""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.assignment.model import DETOUR, PRUNE, RUN

Floats = NDArray[np.float64]

# Trip, start of its service day (s since 1970), what the bus is doing, metres along, log weight, since when it does
# that (s), from when on it may leave the terminal (s), metres beside the shape, direction of the shape there. Of a bus
# that runs nothing, metres along are those it has followed the street of a line.
TRIP, ZERO, MODE, AT, LOGW, SINCE, READY, OFF, ANGLE = range(9)
COLUMNS = 9
MOST = 40
ROOM = 400
SAME_PLACE_M = 50.0


@numba.njit(cache=True)
def put(rows: Floats, n: int, trip: float, zero: float, mode: int, at: float, logw: float, since: float,
        ready: float, off: float, angle: float) -> int:  # fmt: skip
    """Add a hypothesis to ``n`` others, or its weight to one that says the same; return how many there are."""
    for i in range(n):
        row = rows[i]
        if row[TRIP] != trip or row[ZERO] != zero or row[MODE] != mode:
            continue
        if mode in (RUN, DETOUR) and abs(row[AT] - at) > SAME_PLACE_M:
            continue
        high, low = max(row[LOGW], logw), min(row[LOGW], logw)
        if logw > row[LOGW]:
            row[AT], row[SINCE], row[READY], row[OFF], row[ANGLE] = at, since, ready, off, angle
        row[LOGW] = high + math.log1p(math.exp(low - high))
        return n
    if n >= ROOM:
        return n
    row = rows[n]
    row[TRIP], row[ZERO], row[MODE], row[AT], row[LOGW] = trip, zero, mode, at, logw
    row[SINCE], row[READY], row[OFF], row[ANGLE] = since, ready, off, angle
    return n + 1


@numba.njit(cache=True)
def thin_out(rows: Floats, n: int) -> Floats:
    """Return the hypotheses worth keeping, most likely first, their weights adding up to one."""
    order = np.argsort(-rows[:n, LOGW], kind="mergesort")
    top = rows[order[0], LOGW]
    keep = 0
    total = 0.0
    while keep < min(n, MOST) and rows[order[keep], LOGW] > top + PRUNE:
        total += math.exp(rows[order[keep], LOGW] - top)
        keep += 1
    kept = rows[order[:keep]]
    kept[:, LOGW] -= top + math.log(total)
    return kept
