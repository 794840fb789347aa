"""New hypotheses: trips whose shapes come near a bus, and the trip its source names."""

import math

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.ground import Days, Ground
from fleet.assignment.kernel import passes_between
from fleet.assignment.model import (
    CLAIM_LATE,
    CLAIM_NEAR_M,
    DETOUR,
    EARLIEST_S,
    EMPTY,
    LATEST_S,
    LEFT_M,
    LOST_M,
    OFF_SD_M,
    RUN,
    SHORT_TURN,
    WAIT,
    WAITS_S,
    heading_score,
    late_score,
    off_score,
    still_waits,
)
from fleet.assignment.rows import AT, LOGW, MODE, TRIP, ZERO, put
from fleet.kernels import compiled

Floats = NDArray[np.float64]
KNOWN_PLACE_M = 200.0
KNOWN_LOGW = -6.0
WAITS_AT_MOST_S = 2400.0


@compiled
def _place_among(g: Ground, p: int, at: float) -> tuple[int, float]:
    """Return the first stop of a pattern beyond a place along it, and which part of the way to it lies behind."""
    s0, s1 = g.stop_start[p], g.stop_start[p + 1]
    i = min(max(int(np.searchsorted(g.stop_m[s0:s1], at, side="right")), 1), s1 - s0 - 1)
    gap = g.stop_m[s0 + i] - g.stop_m[s0 + i - 1]
    part = 0.0 if gap <= 0.0 else min(1.0, max(0.0, (at - g.stop_m[s0 + i - 1]) / gap))
    return i, part


@compiled
def _due_at(g: Ground, trip: int, place: tuple[int, float]) -> float:
    """Return when a trip should be at a place among its stops, seconds of its service day."""
    i, part = place
    row = g.trip[trip, 1] + i
    return float(g.due[row - 1, 1] + part * (g.due[row, 0] - g.due[row - 1, 1]))


@compiled
def _is_known(g: Ground, rows: Floats, n: int, p: int, at: float) -> bool:
    for i in range(n):
        if rows[i, TRIP] < 0 or rows[i, LOGW] < KNOWN_LOGW or g.trip[int(rows[i, TRIP]), 0] != p:
            continue
        if rows[i, MODE] == DETOUR or abs(rows[i, AT] - at) < KNOWN_PLACE_M:
            return True
    return False


@compiled
def _prior(d: Days, rows: Floats, n: int, trip: int, day: int, base: float) -> float:
    """Return the log prior of a new hypothesis: less unlikely where the bus has that trip before it."""
    logw, zero = base, d.zero_s[day]
    for i in range(n):
        old = int(rows[i, TRIP])
        if old < 0 or rows[i, ZERO] != zero:
            continue
        if old == trip or d.after[day, old] == trip:
            logw = max(logw, rows[i, LOGW] + (SHORT_TURN if old != trip else SHORT_TURN / 2))
    return logw


@compiled
def see_anew(g: Ground, d: Days, rows: Floats, n: int, see: Floats, base: float, near: Floats,
             cost: Floats) -> int:  # fmt: skip
    """Add the runs of shapes near a bus that no hypothesis follows, ``cost`` being that of each pattern."""
    now, direction = see[2], see[5]
    along, off, angle = near[1], near[2], near[3]
    known = n
    for k in range(near.shape[1]):
        p = int(near[0, k])
        if _is_known(g, rows, known, p, along[k]):
            continue
        s0 = g.stop_start[p]
        starts = along[k] <= g.stop_m[s0] + LEFT_M
        seen = (
            off_score(off[k] / g.loose[p], OFF_SD_M) + (0.0 if starts else heading_score(angle[k], direction)) + cost[p]
        )
        place = _place_among(g, p, along[k])
        for day in range(3):
            begin, end = d.bounds[day, p], d.bounds[day, p + 1]
            begin += np.searchsorted(d.start_s[begin:end], now - LATEST_S - d.longest_s)
            for m in range(begin, end):
                if now < d.start_s[m] - WAITS_AT_MOST_S:
                    break
                if now > d.end_s[m] + LATEST_S:
                    continue
                trip, zero = d.trip[m], d.zero_s[day]
                if starts:
                    wait = d.start_s[m] - now
                    prior = _prior(d, rows, known, trip, day, base)
                    when = -max(wait, 0.0) / WAITS_S + math.log(max(still_waits(now, d.start_s[m]), 1e-9))
                    n = put(rows, n, trip, zero, WAIT, g.stop_m[s0], prior + seen + when, now, 0.0, off[k], angle[k])
                    continue
                late = now - zero - _due_at(g, trip, place)
                if EARLIEST_S < late < LATEST_S:
                    prior = _prior(d, rows, known, trip, day, base)
                    when = late_score(late, now - late - d.start_s[m])
                    n = put(rows, n, trip, zero, RUN, along[k], prior + seen + when, now, 0.0, off[k], angle[k])
    return n


@compiled
def hear_claim(g: Ground, rows: Floats, n: int, see: Floats, trip: int, zero: float, base: float,
               news: bool, found: Floats) -> int:  # fmt: skip
    """Add the trip that the source names, or lift what has it to the weight of ``base``; return how many there are."""
    known = -np.inf
    for i in range(n):
        if rows[i, TRIP] == trip and rows[i, ZERO] == zero:
            known = max(known, rows[i, LOGW])
    if known > -np.inf:
        for i in range(n):
            if rows[i, TRIP] == trip and rows[i, ZERO] == zero:
                rows[i, LOGW] += max(0.0, base - known) if news else 0.0
        return n
    x, y, now = see[0], see[1], see[2]
    p = g.trip[trip, 0]
    first = g.stop_m[g.stop_start[p]]
    count = passes_between(g, p, x, y, 0.0, g.point[g.point_start[p + 1] - 1, 2], found)
    due = zero + g.due[g.trip[trip, 1], 1]
    far = math.hypot(x - g.begins[p, 0], y - g.begins[p, 1])
    for k in range(count):
        at, off = found[0, k], found[1, k]
        if off > CLAIM_NEAR_M:
            continue
        if at > first + LEFT_M:
            late = now - zero - _due_at(g, trip, _place_among(g, p, at))
            when = late_score(late, now - late - due)
            when = max(when, CLAIM_LATE) if late > 0.0 else when
            seen = off_score(off, OFF_SD_M) + heading_score(found[2, k], see[5])
            n = put(rows, n, trip, zero, RUN, at, base + when + seen, now, 0.0, off, found[2, k])
    waits = base + math.log(max(still_waits(now, due), 1e-9))
    if far <= CLAIM_NEAR_M:
        return put(rows, n, trip, zero, WAIT, first, waits, now, 0.0, far, found[2, 0])
    lost = (see[6] if news else 1.0) * off_score(LOST_M, OFF_SD_M)
    return put(rows, n, trip, zero, EMPTY, first, waits + lost, now, 0.0, far, 0.0)
