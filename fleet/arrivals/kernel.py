"""The loop over the stops ahead of a bus, compiled."""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.errors import CENTRES_S
from fleet.arrivals.features import MOVING, START_S, TERMS, dot, spread_of, terms, widths

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SPREADS_S = np.array([8.0, 16.0, 32.0, 64.0, 128.0, 256.0])
LOOK_S = 1200.0
# Who comes later meets less of a jam that was told of: half of it has gone after so long, as blocked lanes last.
JAM_LASTS_S = 1200.0


@numba.njit(cache=True)
def run_ahead(
    planned: Floats, link: NDArray[np.int32], first: int, ratio: Floats, usual: Floats, noise: Floats, seen_ms: Floats,
    moved: Floats, headway: Floats, part: float, now_ms: int, kind: int, fact: Floats, start: Floats, betas: Floats,
    weights: Floats, quantiles: Floats, shifts: Floats, horizon_s: float,
) -> tuple[Ints, float, float, float, int, float]:  # fmt: skip
    """Return the stops ahead within the horizon.

    Parameters
    ----------
    planned, link : array
        Planned seconds and number of each link of the trip.
    first : int
        The first of them that lies ahead.
    ratio, usual, noise, seen_ms : array
        Of each link: running time now and usually over the planned one, variance per second of running time,
        last passage.
    moved : array
        How much of ``ratio`` states of roads told; empty where none are known.
    headway : array
        Of each link, time since the last bus over the usual one − 1.
    part : float
        How much of the first link lies behind.
    now_ms : int
        Time of the fix.
    kind : int
        Whether the bus moves, waits, or has another trip before.
    fact, start : array
        The bus's facts, and when it moves on.
    betas, weights, quantiles, shifts : array
        What was learnt of each kind.
    horizon_s : float
        Stops further ahead are left out.

    Returns
    -------
    tuple
        Shown time, 10, 50, 90 % in ms (4, stops); the links' seconds to the last of them and their deviation; seconds
        lost to what is slower than usual in the next 20 min; the link where most of them are lost; the newest passage.
    """
    moves, beta, weight, quantile, shift = kind == MOVING, betas[kind], weights[kind], quantiles[kind], shifts[kind]
    out = np.empty((4, len(planned) - first), dtype=np.int64)
    x, g = np.empty(TERMS), np.empty(TERMS)
    last = np.zeros(4)
    at, as_planned, variance, lost, most, where, count = start[START_S], start[START_S], 0.0, 0.0, 0.0, -1, 0
    bin_, newest = 0, 0.0
    behind = headway[link[first]] if first < len(planned) else 0.0
    for j in range(len(planned) - first):
        over = link[first + j]
        told, gone = told_of(moved, over, at)
        now = ratio[over] - gone
        plan = planned[first + j] * (1.0 - part) if j == 0 else planned[first + j]
        take = plan * now
        extra = take * (1.0 - usual[over] / now)
        if at < LOOK_S:
            lost += extra
            if extra > most:
                most, where = extra, j
        if at + take > horizon_s:
            break
        at += take
        as_planned += plan * (1.0 + told)
        newest = max(newest, seen_ms[over])
        variance += noise[over] * take
        root = math.sqrt(variance)
        terms(at, as_planned, moves, behind, fact, start, x)
        widths(at, root, moves, behind, fact, start, g)
        mean = max(at + dot(beta, x), 0.0)
        spread = spread_of(weight, g, mean)
        while bin_ < len(CENTRES_S) - 2 and CENTRES_S[bin_ + 1] < mean:
            bin_ += 1
        f = min(1.0, max(0.0, (mean - CENTRES_S[bin_]) / (CENTRES_S[bin_ + 1] - CENTRES_S[bin_])))
        level = min(len(SPREADS_S) - 1.0, max(0.0, math.log2(spread / SPREADS_S[0])))
        s = min(int(level), len(SPREADS_S) - 2)
        t = level - s
        near = shift[bin_, s] * (1.0 - t) + shift[bin_, s + 1] * t
        far = shift[bin_ + 1, s] * (1.0 - t) + shift[bin_ + 1, s + 1] * t
        last[0] = max(last[0], mean + near * (1.0 - f) + far * f)
        for q in range(3):
            z = quantile[q, bin_] * (1.0 - f) + quantile[q, bin_ + 1] * f
            last[q + 1] = max(last[q + 1], mean + z * spread)
        for q in range(4):
            out[q, j] = now_ms + int(1000.0 * last[q])
        count += 1
    return out[:, :count], at, math.sqrt(variance), lost, where, newest


@numba.njit(cache=True)
def told_of(moved: Floats, link: int, ahead_s: float) -> tuple[float, float]:
    """Return how much of what states of roads told of a link holds when the bus comes there, and how much has gone."""
    if len(moved) == 0 or moved[link] == 0.0:
        return 0.0, 0.0
    holds = moved[link] * 0.5 ** (ahead_s / JAM_LASTS_S)
    return float(holds), float(moved[link] - holds)


@numba.njit(cache=True)
def due_s(distance_m: float, stop_distance_m: Floats, arrival_s: Floats) -> float:
    """Return when the timetable has a bus at a way along its shape, seconds of the service day."""
    j = min(max(int(np.searchsorted(stop_distance_m, distance_m)), 1), len(stop_distance_m) - 1)
    length = stop_distance_m[j] - stop_distance_m[j - 1]
    f = 1.0 if length <= 0 else min(1.0, max(0.0, (distance_m - stop_distance_m[j - 1]) / length))
    return float(arrival_s[j - 1] + f * (arrival_s[j] - arrival_s[j - 1]))
