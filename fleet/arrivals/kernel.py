"""The loops over the stops of a trip, compiled: what lies ahead, and how right it was foreseen."""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.errors import CENTRES_S
from fleet.arrivals.features import (
    CIRCUMSTANCES,
    FINENESS,
    KINDS,
    LEAST_SPREAD_S,
    SUMS,
    TERMS,
    TRIANGLE,
    dot,
    terms,
    widths,
)  # fmt: skip

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]
SPREADS_S = np.array([8.0, 16.0, 32.0, 64.0, 128.0, 256.0])
LOOK_S = 1200.0


@numba.njit(cache=True)
def run_ahead(
    planned: Floats, link: NDArray[np.int32], ratio: Floats, usual: Floats, noise: Floats, part: float, start_s: float,
    now_ms: int, c: Floats, beta: Floats, weight: Floats, quantile: Floats, shift: Floats, horizon_s: float,
) -> tuple[Floats, Ints, float, int]:  # fmt: skip
    """Return the stops ahead within the horizon.

    Parameters
    ----------
    planned, link : array
        Planned seconds and number of each link ahead.
    ratio, usual, noise : array
        Of each link: running time now and usually over the planned one, variance per second of running time.
    part : float
        How much of the first link lies behind.
    start_s : float
        Seconds until the bus moves on.
    now_ms : int
        Time of the fix.
    c : array
        The bus's circumstances.
    beta, weight, quantile, shift : array
        What was learnt of its kind.
    horizon_s : float
        Stops further ahead are left out.

    Returns
    -------
    tuple
        The links' seconds and their deviation (2, stops); shown time, 10, 50, 90 % in ms (4, stops); seconds lost to
        what is slower than usual in the next 20 min; the link where most of them are lost.
    """
    model = np.empty((2, len(planned)))
    out = np.empty((4, len(planned)), dtype=np.int64)
    x, g = np.empty(TERMS), np.empty(TERMS)
    last = np.zeros(4)
    at, variance, lost, most, where, count = start_s, 0.0, 0.0, 0.0, -1, 0
    bin_ = 0
    for j in range(len(planned)):
        take = planned[j] * ratio[link[j]]
        if j == 0:
            take *= 1.0 - part
        extra = take * (1.0 - usual[link[j]] / ratio[link[j]])
        if at < LOOK_S:
            lost += extra
            if extra > most:
                most, where = extra, j
        at += take
        variance += noise[link[j]] * take
        if at > horizon_s:
            break
        root = math.sqrt(variance)
        model[0, j], model[1, j] = at, root
        terms(at, c, x)
        widths(at, root, c, g)
        mean = max(at + dot(beta, x), 0.0)
        spread = max(dot(weight, g), LEAST_SPREAD_S)
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
    return model[:, :count], out[:, :count], lost, where


@numba.njit(cache=True)
def look_back(
    made_ms: Ints, kinds: Ints, basis: Floats32, model: Floats32, arrival_ms: int, farthest_s: float
) -> tuple[Ints, Floats, Floats, Floats, Ints]:
    """Return how wrong remembered forecasts of one stop were.

    Parameters
    ----------
    made_ms, kinds : array
        When each was made, and its kind.
    basis : array
        Circumstances, β and weights of each.
    model : array, shape (forecasts, 2)
        The links' seconds to the stop and their deviation, nan where the stop was not foreseen.
    arrival_ms : int
        When the bus arrived.
    farthest_s : float
        Forecasts further ahead are left out.

    Returns
    -------
    tuple
        Kinds, expected seconds, errors (actual − expected) and spreads of the forecasts that count; sums of the normal
        equations (kinds × sums), whole numbers so that they add up the same in any order.
    """
    n = len(made_ms)
    of, ahead, error, spreads = np.empty(n, np.int64), np.empty(n), np.empty(n), np.empty(n)
    sums = np.zeros((KINDS, SUMS), dtype=np.int64)
    x, g, c = np.empty(TERMS), np.empty(TERMS), np.empty(CIRCUMSTANCES)
    beta, weight = np.empty(TERMS), np.empty(TERMS)
    count = 0
    for i in range(n):
        h = float(model[i, 0])
        if not (h <= farthest_s) or made_ms[i] >= arrival_ms:
            continue
        for k in range(CIRCUMSTANCES):
            c[k] = basis[i, k]
        for k in range(TERMS):
            beta[k], weight[k] = basis[i, CIRCUMSTANCES + k], basis[i, CIRCUMSTANCES + TERMS + k]
        terms(h, c, x)
        widths(h, float(model[i, 1]), c, g)
        mean = max(h + dot(beta, x), 0.0)
        spread = max(dot(weight, g), LEAST_SPREAD_S)
        took = (arrival_ms - made_ms[i]) / 1000.0
        of[count], ahead[count], error[count], spreads[count] = kinds[i], mean, took - mean, spread
        count += 1
        row = sums[kinds[i]]
        _add(row, 0, x, min(4.0, max(-4.0, (took - h) / spread)), spread)
        _add(row, TRIANGLE + TERMS, g, min(5.0, abs(took - mean) / spread), spread)
    return of[:count], ahead[:count], error[:count], spreads[:count], sums


@numba.njit(cache=True)
def _add(row: Ints, at: int, x: Floats, target: float, spread: float) -> None:
    for i in range(TERMS):
        for j in range(i, TERMS):
            row[at] += round(FINENESS * (x[i] / spread) * (x[j] / spread))
            at += 1
    for i in range(TERMS):
        row[at + i] += round(FINENESS * (x[i] / spread) * target)


@numba.njit(cache=True)
def due_s(distance_m: float, stop_distance_m: Floats, arrival_s: Floats) -> float:
    """Return when the timetable has a bus at a way along its shape, seconds of the service day."""
    j = min(max(int(np.searchsorted(stop_distance_m, distance_m)), 1), len(stop_distance_m) - 1)
    length = stop_distance_m[j] - stop_distance_m[j - 1]
    f = 1.0 if length <= 0 else min(1.0, max(0.0, (distance_m - stop_distance_m[j - 1]) / length))
    return float(arrival_s[j - 1] + f * (arrival_s[j] - arrival_s[j - 1]))
