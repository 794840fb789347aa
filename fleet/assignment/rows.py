"""Hypotheses as rows of numbers: what each column is, and how they are put together, weighed and thinned out."""

import math

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.model import DETOUR, PRUNE, RUN
from fleet.kernels import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Trip, start of its service day (s since 1970), what the bus is doing, metres along, log weight, since when it does
# that (s), from when on it may leave the terminal (s), metres beside the shape, direction of the shape there. Of a bus
# that runs nothing, metres along are those it has followed the street of a line.
TRIP, ZERO, MODE, AT, LOGW, SINCE, READY, OFF, ANGLE = range(9)
COLUMNS = 9
MOST = 40
ROOM = 400
SAME_PLACE_M = 50.0


@compiled
def put(rows: Floats, n: int, trip: float, zero: float, mode: int, at: float, logw: float, since: float,
        ready: float, off: float, angle: float) -> int:  # fmt: skip
    """Add a hypothesis to ``n`` others, or its weight to one that says the same; return how many there are."""
    for i in range(n):
        if rows[i, TRIP] != trip or rows[i, MODE] != mode or rows[i, ZERO] != zero:
            continue
        if mode in (RUN, DETOUR) and abs(rows[i, AT] - at) > SAME_PLACE_M:
            continue
        was = rows[i, LOGW]
        high, low = max(was, logw), min(was, logw)
        if logw > was:
            rows[i, AT], rows[i, SINCE], rows[i, READY], rows[i, OFF], rows[i, ANGLE] = at, since, ready, off, angle
        rows[i, LOGW] = high + math.log1p(math.exp(low - high))
        return n
    if n >= ROOM:
        return n
    rows[n, TRIP], rows[n, ZERO], rows[n, MODE], rows[n, AT], rows[n, LOGW] = trip, zero, mode, at, logw
    rows[n, SINCE], rows[n, READY], rows[n, OFF], rows[n, ANGLE] = since, ready, off, angle
    return n + 1


@compiled
def thin_out(rows: Floats, n: int, order: Ints, kept: Floats) -> int:
    """Write the hypotheses worth keeping, most likely first, their weights adding up to one; return how many there are.

    Parameters
    ----------
    rows : array, shape (ROOM, COLUMNS)
        Hypotheses.
    n : int
        How many.
    order : array, shape (MOST,)
        Room to work in.
    kept : array, shape (MOST, COLUMNS)
        Where to.

    Returns
    -------
    int
        At most ``MOST``.
    """
    some = 0
    for i in range(n):
        at = min(some, MOST - 1)
        if some == MOST and rows[order[at], LOGW] >= rows[i, LOGW]:
            continue
        while at > 0 and rows[order[at - 1], LOGW] < rows[i, LOGW]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = i
        some = min(some + 1, MOST)
    top, keep, total = rows[order[0], LOGW], 0, 0.0
    while keep < some and rows[order[keep], LOGW] > top + PRUNE:
        total += math.exp(rows[order[keep], LOGW] - top)
        keep += 1
    for i in range(keep):
        for column in range(COLUMNS):
            kept[i, column] = rows[order[i], column]
        kept[i, LOGW] -= top + math.log(total)
    return keep
