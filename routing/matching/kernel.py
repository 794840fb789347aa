"""The compiled matcher: candidates of a report, ways between candidates, and the forward-backward sums over a lag."""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from routing.matching.ground import CELL_M, Ground, reach, way_m

Floats = NDArray[np.float64]
Ints32 = NDArray[np.int32]

# The most candidates of a report. What is e^9 times less likely than the best is none.
MOST = 8
HOPELESS = 9.0
RADIUS_M = CELL_M
STANDING_MPS = 1.5
# Vehicles stand before a junction, in front of its stop line; on the first metres of an edge they seldom do.
BEHIND_JUNCTION_M, STANDS_BEHIND = 15.0, 1.0
SLIP_BACK_M = 25.0
DETOUR_M = 35.0
TURN_BACK = 4.0
FASTEST_MPS = 45.0
FARTHEST_M = 4000.0
UNLIKELY = 60.0
LEAST = 1e-280


@numba.njit(cache=True)
def see(
    x: float, y: float, speed: float, heading: float, noise: Floats, g: Ground, edge: Ints32, along: Floats,
    off: Floats, bend: Floats, like: Floats,
) -> int:  # fmt: skip
    """Fill in the candidates of one report.

    Parameters
    ----------
    x, y : float
        Metres.
    speed, heading : float
        Metres a second, and degrees clockwise from north; NaN where the report lacks them.
    noise : ndarray, shape (3,)
        Standard deviation of places in metres; weight of headings of who drives, and of who stands.
    g : Ground
        The roads.
    edge, along, off, bend, like : ndarray, shape (MOST,)
        Filled: the edge, the metres along it, the metres beside it, 1 − cos of the angle to the heading, and how likely
        the report is from there beside the likeliest.

    Returns
    -------
    int
        How many candidates there are.
    """
    count = 0
    column, row = int((x - g.west_m) // CELL_M), int((y - g.south_m) // CELL_M)
    known, stands = heading == heading, speed < STANDING_MPS
    weight = noise[2] if stands else noise[1]
    hx, hy = math.sin(math.radians(heading)), math.cos(math.radians(heading))
    for r in range(max(0, row - 1), min(g.rows, row + 2)):
        for c in range(max(0, column - 1), min(g.columns, column + 2)):
            for at in range(g.cell_start[r * g.columns + c], g.cell_start[r * g.columns + c + 1]):
                piece = g.pieces[at]
                ux, uy = g.piece_ux[piece], g.piece_uy[piece]
                rx, ry = x - g.piece_x[piece], y - g.piece_y[piece]
                s = min(max(rx * ux + ry * uy, 0.0), g.piece_m[piece])
                square = (rx - s * ux) ** 2 + (ry - s * uy) ** 2
                if square > RADIUS_M * RADIUS_M:
                    continue
                s += g.piece_before_m[piece]
                turned = 1.0 - hx * ux - hy * uy if known else 0.0
                score = -0.5 * square / (noise[0] * noise[0]) - weight * turned
                if stands and s < BEHIND_JUNCTION_M:
                    score -= STANDS_BEHIND
                place = _place(count, g.piece_edge[piece], score, edge, like)
                if place >= 0:
                    count = max(count, place + 1)
                    edge[place], along[place], off[place] = g.piece_edge[piece], s, math.sqrt(square)
                    bend[place], like[place] = turned, score
    return _drop_hopeless(count, edge, along, off, bend, like)


@numba.njit(cache=True)
def _place(count: int, of: int, score: float, edge: Ints32, like: Floats) -> int:
    """Return where a candidate goes, −1 where its edge has a better place or there are better edges enough."""
    worst = 0
    for i in range(count):
        if edge[i] == of:
            return i if score > like[i] else -1
        if like[i] < like[worst]:
            worst = i
    if count < MOST:
        return count
    return worst if score > like[worst] else -1


@numba.njit(cache=True)
def _drop_hopeless(count: int, edge: Ints32, along: Floats, off: Floats, bend: Floats, like: Floats) -> int:
    """Drop the hopeless and turn log likelihoods into likelihoods beside the best."""
    best = like[:count].max() if count else 0.0
    kept = 0
    for i in range(count):
        if like[i] > best - HOPELESS:
            edge[kept], along[kept], off[kept], bend[kept] = edge[i], along[i], off[i], bend[i]
            like[kept] = math.exp(like[i] - best)
            kept += 1
    return kept


@numba.njit(cache=True)
def step(
    n: int, edge_a: Ints32, along_a: Floats, m: int, edge_b: Ints32, along_b: Floats, straight_m: float,
    seconds: float, far: bool, g: Ground, p: Floats,
) -> bool:  # fmt: skip
    """Fill in how likely a vehicle goes from each candidate of a report to each of the next.

    A way is the less likely the more its length differs from the straight way (Newson and Krumm 2009).

    Parameters
    ----------
    n, edge_a, along_a : int, ndarray, ndarray
        Candidates of the report.
    m, edge_b, along_b : int, ndarray, ndarray
        Candidates of the next.
    straight_m, seconds : float
        Between the two.
    far : bool
        Whether to seek ways that are not kept ready.
    g : Ground
        The roads.
    p : ndarray, shape (MOST, MOST)
        Filled.

    Returns
    -------
    bool
        Whether any way is likely.
    """
    most_m = min(FASTEST_MPS * max(seconds, 1.0) + 36.0 + 0.2 * straight_m, FARTHEST_M)
    limit_m = min(1.6 * straight_m + 600.0, most_m)
    any_way = False
    for i in range(n):
        a, found = edge_a[i], 0
        if far:
            found = reach(g.edge_to[a], limit_m, g)
        for j in range(m):
            b, ahead_m = edge_b[j], along_b[j] - along_a[i]
            if a == b and ahead_m >= -SLIP_BACK_M:
                road_m = max(ahead_m, 0.0)
            else:
                between_m = g.dist_m[g.edge_from[b]] if far else way_m(g.edge_to[a], g.edge_from[b], g)
                road_m = max(g.edge_m[a] - along_a[i], 0.0) + between_m + along_b[j]
            score = -abs(road_m - straight_m) / DETOUR_M
            if g.edge_from[b] == g.edge_to[a] and g.edge_to[b] == g.edge_from[a]:
                score -= TURN_BACK
            likely = road_m <= most_m and score > -UNLIKELY
            p[i, j] = math.exp(score) if likely else 0.0
            any_way |= likely
        for k in range(found):
            g.dist_m[g.done[k]] = np.inf
    return any_way


@numba.njit(cache=True)
def forward(n: int, before: Floats, p: Floats, m: int, like: Floats, now: Floats) -> bool:
    """Go on to the next report: ``now`` is how likely each candidate is after it; False if none is."""
    total = 0.0
    for j in range(m):
        now[j] = 0.0
        for i in range(n):
            now[j] += before[i] * p[i, j]
        now[j] *= like[j]
        total += now[j]
    if total <= LEAST:
        return False
    now[:m] /= total
    return True


@numba.njit(cache=True)
def backward(n: int, p: Floats, m: int, like: Floats, after: Floats, now: Floats) -> None:
    """Go back to the report before: ``now`` is how likely what followed is from each of its candidates."""
    total = 0.0
    for i in range(n):
        now[i] = 0.0
        for j in range(m):
            now[i] += p[i, j] * like[j] * after[j]
        total += now[i]
    for i in range(n):
        now[i] = now[i] / total if total > 0.0 else 1.0
