"""One fix of the filter: every hypothesis goes on as the model says and is weighed by what was seen."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.ground import Days, Ground
from fleet.assignment.model import (
    AHEAD_M,
    AT_LAST_STOP_S,
    AWAY_M,
    BACK_M,
    COMES_BACK,
    COMES_BACK_M,
    DETOUR,
    DONE_STAYS,
    EMPTY,
    END_M,
    ENDS_SHORT_M,
    ENDS_SHORT_S,
    FAR_START_M,
    FASTEST_MPS,
    GOES_OFF,
    JUMP_M,
    LEAVES_SHAPE,
    LEFT_M,
    LOST_M,
    NEAR_START_M,
    NEXT_OF_BLOCK,
    NEXT_OF_LINE,
    NO_SHOW_AFTER_S,
    NO_SHOW_S,
    NONE,
    OFF_SD_M,
    ROLLS_M,
    RUN,
    SAME_STREET_M,
    SEE_M,
    SHORTEST_REST_S,
    STILL_S,
    WAIT,
    WEAR_S,
    WEAR_STANDING_S,
    heading_score,
    keeps_street,
    off_score,
    still_waits,
    wait_score,
    way_score,
)
from fleet.assignment.rows import ANGLE, AT, COLUMNS, LOGW, MODE, MOST, OFF, READY, ROOM, SINCE, TRIP, ZERO, put
from fleet.kernels import compiled

Floats = NDArray[np.float64]
PASSES = 4
SEE = 10
RISE_M = 30.0
REJOIN_M = 50.0
DETOUR_ENDS_S, DETOUR_STANDS_S = 1500.0, 240.0
ON_SHAPE_M = 60.0
NEAR_END_M = 800.0
MOST_NEXT = 64
# Columns of `Scratch.looked`: pattern, metres along before, passes found; then of each pass metres along, beside,
# direction and how well it fits.
LOOKED = 3 + 4 * PASSES


class Scratch(NamedTuple):
    """Room to work in, made once: compiled code that makes no arrays need not count who still uses them.

    ``see`` is what the fix shows, ``rows`` the hypotheses before they are thinned out. ``found`` are passes of a shape
    (along, beside, direction), ``nexts`` trips that may come next (trip, service day, weight), ``follows`` the weight
    of all runs after and before a fix, ``weight`` that of each run, ``order`` the places of the likeliest. ``looked``
    is what `_look_along` found, ``look_count`` how often, ``kept`` the hypotheses that are kept.
    """

    see: Floats
    rows: Floats
    found: Floats
    nexts: Floats
    follows: Floats
    weight: Floats
    looked: Floats
    kept: Floats
    order: NDArray[np.int64]
    look_count: NDArray[np.int64]


SHAPES = ((SEE,), (ROOM, COLUMNS), (3, PASSES), (3, MOST_NEXT), (2,), (MOST,), (MOST, LOOKED), (MOST, COLUMNS))
CUTS = np.cumsum([0, *(math.prod(shape) for shape in SHAPES)])
# Where ``kept`` begins; ``see`` is what comes first.
KEPT, ROOM_FLOATS, ROOM_INTS = int(CUTS[-2]), int(CUTS[-1]), MOST + 1


@compiled
def open_scratch(f: Floats, i: NDArray[np.int64]) -> Scratch:
    """Return ``ROOM_FLOATS`` and ``ROOM_INTS`` numbers as the room to work in."""
    return Scratch(
        f[CUTS[0] : CUTS[1]],
        f[CUTS[1] : CUTS[2]].reshape(ROOM, COLUMNS),
        f[CUTS[2] : CUTS[3]].reshape(3, PASSES),
        f[CUTS[3] : CUTS[4]].reshape(3, MOST_NEXT),
        f[CUTS[4] : CUTS[5]],
        f[CUTS[5] : CUTS[6]],
        f[CUTS[6] : CUTS[7]].reshape(MOST, LOOKED),
        f[CUTS[7] : CUTS[8]].reshape(MOST, COLUMNS),
        i[:MOST],
        i[MOST:],
    )


@compiled
def passes_between(g: Ground, p: int, x: float, y: float, low: float, high: float, found: Floats) -> int:
    """Write where a stretch of a shape comes near a point (along, beside, direction); the nearest place at least."""
    begin, end = g.point_start[p], g.point_start[p + 1]
    left = begin + np.searchsorted(g.point[begin:end, 2], low, side="right")
    n, rising, before, loose = 0, True, np.inf, g.loose[p]
    # Directions last: most places that are seen on the way are not the nearest in the end.
    nearest, found[0, 0], found[1, 0], found[2, 0] = np.inf, low, np.inf, -1.0
    for j in range(max(begin, left - 1), end - 1):
        ax, ay, a = g.point[j, 0], g.point[j, 1], g.point[j, 2]
        if a > high:
            break
        dx, dy, length = g.point[j + 1, 0] - ax, g.point[j + 1, 1] - ay, g.point[j + 1, 2] - a
        if length <= 0.0:
            continue
        part = ((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-9)
        part = min(max(part, 0.0, (low - a) / length), 1.0, (high - a) / length)
        ex, ey = x - ax - part * dx, y - ay - part * dy
        off = math.sqrt(ex * ex + ey * ey) / loose  # the library's hypot guards against what metres never are
        if n == 0 and off < nearest:
            nearest = off
            found[0, 0], found[1, 0], found[2, 0] = a + part * length, off, j
        if off <= SEE_M:
            fresh = rising and off <= before
            if fresh and n < PASSES:
                n += 1
            if fresh or off < found[1, n - 1]:
                rising = False
                found[0, n - 1], found[1, n - 1], found[2, n - 1] = a + part * length, off, j
        if n > 0 and off > found[1, n - 1] + RISE_M:
            rising = True
        before = off
    for k in range(max(n, 1)):
        j = int(found[2, k])
        found[2, k] = 0.0 if j < 0 else math.atan2(g.point[j + 1, 1] - g.point[j, 1], g.point[j + 1, 0] - g.point[j, 0])
    return max(n, 1)


@compiled
def day_of(d: Days, zero: float) -> int:
    """Return which of the three days a service day is, the middle one if none."""
    for k in range(3):
        if d.zero_s[k] == zero:
            return k
    return 1


@compiled
def _stand_before(g: Ground, trip: int, zero: float, logw: float, x: float, y: float, now: float,
                  rows: Floats, n: int) -> int:  # fmt: skip
    p = g.trip[trip, 0]
    far = math.hypot(x - g.begins[p, 0], y - g.begins[p, 1])
    mode = WAIT if far <= FAR_START_M else EMPTY
    return put(rows, n, trip, zero, mode, g.stop_m[g.stop_start[p]], logw, now, now + SHORTEST_REST_S, far, 0.0)


@compiled
def go_on(g: Ground, d: Days, trip: int, zero: float, logw: float, x: float, y: float, now: float,
          rows: Floats, n: int, nexts: Floats) -> int:  # fmt: skip
    """Add what a bus may do after a trip: the next of its block, another of its line, nothing."""
    after = d.after[day_of(d, zero), trip]
    of_line = NEXT_OF_LINE if after >= 0 else (0.3 if after == -2 else 1.0 - 0.05 - DONE_STAYS)
    if after >= 0:
        n = _stand_before(g, after, zero, logw + math.log(NEXT_OF_BLOCK), x, y, now, rows, n)
    p = g.trip[trip, 0]
    count, total = 0, 0.0
    for f in range(g.follow_start[p], g.follow_start[p + 1]):
        q = g.follows[f]
        for k in range(3):
            begin, end = d.bounds[k, q], d.bounds[k, q + 1]
            m = begin + np.searchsorted(d.start_s[begin:end], now - 900.0)
            while m < end and d.start_s[m] < now + 3600.0 and count < MOST_NEXT:
                wait = d.start_s[m] - now - SHORTEST_REST_S
                nexts[0, count], nexts[1, count] = d.trip[m], d.zero_s[k]
                nexts[2, count] = math.exp(-wait / 900.0) if wait >= 0.0 else math.exp(wait / 300.0)
                total += nexts[2, count]
                count += 1
                m += 1
    for i in range(count):
        share = of_line * nexts[2, i] / total
        n = _stand_before(g, int(nexts[0, i]), nexts[1, i], logw + math.log(share), x, y, now, rows, n)
    rest = GOES_OFF if after >= 0 else (0.69 if after == -2 else (0.05 if count else 0.9))
    return put(rows, n, -1.0, 0.0, NONE, 0.0, logw + math.log(rest), now, 0.0, 0.0, 0.0)


@compiled
def _look_along(g: Ground, p: int, at: float, see: Floats, s: Scratch) -> int:
    """Return the row of ``s.looked`` that tells where a bus which was at a place along a shape may be now.

    Trips of one direction that a bus may equally run are at the same place: it is looked at once for all of them.
    """
    looked, count = s.looked, s.look_count[0]
    for k in range(count):
        if looked[k, 0] == p and looked[k, 1] == at:
            return k
    x, y, _, dt, straight, direction, w, _ = see[:8]
    found, row = s.found, looked[count]
    passes = passes_between(g, p, x, y, max(0.0, at - BACK_M), at + AHEAD_M + FASTEST_MPS * dt, found)
    row[0], row[1], row[2] = p, at, passes
    for k in range(passes):
        to, off, angle = found[0, k], found[1, k], found[2, k]
        seen = w * (off_score(off, OFF_SD_M) + heading_score(angle, direction))
        seen += max(w, 0.3) * way_score(to - at, straight, dt)
        row[3 + 4 * k], row[4 + 4 * k], row[5 + 4 * k], row[6 + 4 * k] = to, off, angle, seen
    s.look_count[0] = count + 1
    return int(count)


@compiled
def _run_on(g: Ground, d: Days, row: Floats, see: Floats, s: Scratch, rows: Floats, n: int) -> int:
    x, y, now, dt, straight, _, w, standing = see[:8]
    trip, zero, at, logw = int(row[TRIP]), row[ZERO], row[AT], row[LOGW]
    p = g.trip[trip, 0]
    last = g.stop_m[g.stop_start[p + 1] - 1]
    lost, wears = see[8], see[9]
    if at >= last - END_M:
        stays = max(DONE_STAYS, math.exp(-dt / AT_LAST_STOP_S))
        n = go_on(g, d, trip, zero, logw + math.log(1.001 - stays), x, y, now, rows, n, s.nexts)
        logw += math.log(stays)
    elif at >= last - ENDS_SHORT_M and standing > 0.0 and dt > 0.0:
        ends = min(0.9, dt / ENDS_SHORT_S)
        n = go_on(g, d, trip, zero, logw + math.log(ends), x, y, now, rows, n, s.nexts)
        logw += math.log(1.0 - ends)
    n = put(rows, n, -1.0, 0.0, NONE, 0.0, logw + wears + lost, now, 0.0, 0.0, 0.0)
    if standing > 0.0:
        logw -= dt / STILL_S
        first = g.stop_m[g.stop_start[p]]
        if at <= first + COMES_BACK_M:
            far = math.hypot(x - g.begins[p, 0], y - g.begins[p, 1])
            waits = logw + math.log(COMES_BACK) + w * wait_score(far)
            n = put(rows, n, trip, zero, WAIT, first, waits, now, row[READY], far, 0.0)
    looked = s.looked[_look_along(g, p, at, see, s)]
    nearest = np.inf
    for k in range(3, 3 + 4 * int(looked[2]), 4):
        to, off, angle, seen = looked[k], looked[k + 1], looked[k + 2], looked[k + 3]
        nearest = min(nearest, off)
        if row[OFF] < ON_SHAPE_M:
            s.follows[0] += math.exp(row[LOGW] + seen)
            s.follows[1] += math.exp(row[LOGW])
        n = put(rows, n, trip, zero, RUN, to, logw + seen, row[SINCE], row[READY], off, angle)
    if straight > FASTEST_MPS * dt + JUMP_M:
        n = put(rows, n, trip, zero, RUN, at, logw + lost, row[SINCE], row[READY], row[OFF], row[ANGLE])
    if nearest > ON_SHAPE_M and at < last - END_M:
        away = logw + math.log(LEAVES_SHAPE) + lost
        n = put(rows, n, trip, zero, DETOUR, at, away, now, 0.0, nearest, row[ANGLE])
        if at > last - NEAR_END_M:
            n = go_on(g, d, trip, zero, away, x, y, now, rows, n, s.nexts)
    return n


@compiled
def _round_about(g: Ground, row: Floats, see: Floats, found: Floats, rows: Floats, n: int) -> int:
    x, y, now, dt, _, direction, w, standing = see[:8]
    trip, at = int(row[TRIP]), row[AT]
    p = g.trip[trip, 0]
    ahead = AHEAD_M + FASTEST_MPS * (now - row[SINCE])
    count = passes_between(g, p, x, y, max(0.0, at - BACK_M), at + ahead, found)
    nearest = np.inf
    for k in range(count):
        nearest = min(nearest, found[1, k])
        if found[1, k] < REJOIN_M:
            seen = w * (off_score(found[1, k], OFF_SD_M) + heading_score(found[2, k], direction)) - 0.7
            n = put(rows, n, trip, row[ZERO], RUN, found[0, k], row[LOGW] + seen, now, 0.0, found[1, k], found[2, k])
    lost = w * off_score(LOST_M, OFF_SD_M)
    ends = min(0.5, dt / (DETOUR_STANDS_S if standing > 0.0 else DETOUR_ENDS_S))
    n = put(rows, n, -1.0, 0.0, NONE, 0.0, row[LOGW] + lost + math.log(ends + 1e-6), now, 0.0, 0.0, 0.0)
    stays = row[LOGW] + lost + math.log(1.0 - ends)
    return put(rows, n, trip, row[ZERO], DETOUR, at, stays, row[SINCE], 0.0, nearest, row[ANGLE])


@compiled
def _wait_on(g: Ground, row: Floats, see: Floats, lost: float, found: Floats, rows: Floats, n: int) -> int:
    x, y, now, dt, straight, direction, w, standing = see[:8]
    trip, zero, logw = int(row[TRIP]), row[ZERO], row[LOGW]
    p = g.trip[trip, 0]
    first = g.stop_m[g.stop_start[p]]
    due = max(zero + g.due[g.trip[trip, 1], 1], row[READY])
    before = max(still_waits(now - dt, due), 1e-12)
    waits = max(still_waits(now, due), 1e-12)
    stays = logw + math.log(waits / before)
    far = math.hypot(x - g.begins[p, 0], y - g.begins[p, 1])
    if row[MODE] == EMPTY and far > NEAR_START_M:
        if now > due + NO_SHOW_AFTER_S:
            stays -= dt / NO_SHOW_S
        stays -= max(0.0, far - row[OFF]) / AWAY_M
        return put(rows, n, trip, zero, EMPTY, first, stays + lost, row[SINCE], row[READY], far, 0.0)
    if row[MODE] == WAIT and (standing == 0.0 or straight > JUMP_M):
        count = passes_between(g, p, x, y, first, first + AHEAD_M + FASTEST_MPS * dt, found)
        for k in range(count):
            if found[0, k] > first + LEFT_M and found[1, k] < SEE_M:
                goes = logw + math.log(max(1.0 - waits / before, 1e-7))
                goes += w * (off_score(found[1, k], OFF_SD_M) + heading_score(found[2, k], direction))
                goes += way_score(found[0, k] - first, max(straight, far), dt)
                n = put(rows, n, trip, zero, RUN, found[0, k], goes, now, row[READY], found[1, k], found[2, k])
    if row[MODE] == WAIT and far > NEAR_START_M:
        n = put(rows, n, trip, zero, EMPTY, first, stays + lost - 1.6, now, row[READY], far, 0.0)
    stays += w * wait_score(far) - (straight / ROLLS_M if standing == 0.0 and row[MODE] == WAIT else 0.0)
    return put(rows, n, trip, zero, WAIT, first, stays, row[SINCE], row[READY], far, 0.0)


@compiled
def take_fix(g: Ground, d: Days, belief: Floats, see: Floats, s: Scratch, rows: Floats) -> int:
    """Write every hypothesis after a fix, not thinned out; return how many there are.

    Parameters
    ----------
    g, d : Ground, Days
        The timetable.
    belief : array, shape (hypotheses, COLUMNS)
        What was believed.
    see : array
        x, y, time (s), seconds and metres since the fix before, direction (rad, NaN: unknown), the weight of the fix,
        and 1 if the bus stands; written: log likelihoods of being on no shape, and that a trip was given up.
    s : Scratch
        Used.
    rows : array, shape (ROOM, COLUMNS)
        Where to.

    Returns
    -------
    int
        How many rows hold a hypothesis.
    """
    s.follows[:] = 0.0
    s.look_count[0] = n = 0
    # The same for all hypotheses.
    lost = see[8] = see[6] * off_score(LOST_M, OFF_SD_M)
    see[9] = math.log(min(0.5, see[3] / (WEAR_STANDING_S if see[7] > 0.0 else WEAR_S)) + 1e-6)
    for i in range(len(belief)):
        row = belief[i]
        if row[MODE] == RUN:
            n = _run_on(g, d, row, see, s, rows, n)
        elif row[MODE] == DETOUR:
            n = _round_about(g, row, see, s.found, rows, n)
    # An empty bus is anywhere, or still follows the street of a line by chance.
    street = math.log(s.follows[0] / s.follows[1]) if s.follows[0] > 0.0 else -np.inf
    for i in range(len(belief)):
        row = belief[i]
        if row[MODE] == NONE:
            keeps = street + keeps_street(row[AT], see[4], see[6])
            at = row[AT] + see[4] if keeps > lost else 0.0
            n = put(rows, n, -1.0, 0.0, NONE, at, row[LOGW] + max(lost, keeps), row[SINCE], 0.0, 0.0, 0.0)
        elif row[MODE] in (WAIT, EMPTY):
            keeps = max(lost, street - see[4] / SAME_STREET_M)
            n = _wait_on(g, row, see, keeps, s.found, rows, n)
    return n
