"""The loop over the stops ahead of a bus, compiled."""

import math

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.errors import CENTRES_S
from fleet.arrivals.features import MOVING, NEXT_TRIP, PART, START_S, TERMS, dot, spread_of, terms, widths
from fleet.arrivals.holding import held_s
from fleet.kernels import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SPREADS_S = np.array([8.0, 16.0, 32.0, 64.0, 128.0, 256.0])
LOOK_S = 1200.0
# Who comes later meets less of a jam that was told of: half of it has gone after so long, as blocked lanes last.
JAM_LASTS_S = 1200.0
# Numbers that `run_ahead` needs to work in.
ROOM = 4 + 2 * TERMS
# What is known of a link (`Snapshot.laid`).
RATIO, USUAL, NOISE, SEEN_MS, HEADWAY, MOVED, HOLD = range(7)


@compiled
def run_ahead(
    planned: Floats, link: NDArray[np.int32], due_ms: Floats, first: int, known: Floats, every_kind: Floats,
    now_ms: int, kind: int, fact: Floats, start: Floats, horizon_s: float, times: Ints, room: Floats,
) -> tuple[int, float, float, float, int, float]:  # fmt: skip
    """Find the stops ahead within the horizon.

    Parameters
    ----------
    planned, link : array
        Planned seconds and number of each link of the trip.
    due_ms : array
        When the bus is due at each stop.
    first : int
        The first of them that lies ahead.
    known : array, shape (links, 7)
        What is known of each link, as `Snapshot.laid`.
    every_kind : array
        What was learnt of each kind of situation, as `Calibration.laid`.
    now_ms : int
        Time of the fix.
    kind : int
        Whether the bus moves, waits, or has another trip before.
    fact, start : array
        The bus's facts, and when it moves on.
    horizon_s : float
        Stops further ahead are left out.
    times : array, shape (4, stops)
        Written: shown time, 10, 50, 90 % in ms of the stops ahead.
    room : array, shape (ROOM,)
        To work in.

    Returns
    -------
    tuple
        How many stops were written; the links' seconds to the last of them and their deviation; seconds
        lost to what is slower than usual in the next 20 min; the link where most of them are lost; the newest passage.
    """
    learnt, last, x, g = every_kind[kind], room[:4], room[4 : 4 + TERMS], room[4 + TERMS :]
    last[:] = 0.0
    moves, bins = kind == MOVING, len(CENTRES_S)
    beta, weight = learnt[:TERMS], learnt[TERMS : 2 * TERMS]
    quantile = learnt[2 * TERMS : 2 * TERMS + 3 * bins].reshape(3, bins)
    shift = learnt[2 * TERMS + 3 * bins :].reshape(bins, len(SPREADS_S))
    part = 0.0 if kind == NEXT_TRIP else fact[PART]
    at, as_planned, variance, lost, most, where, count = start[START_S], start[START_S], 0.0, 0.0, 0.0, -1, 0
    bin_, newest = 0, 0.0
    behind = known[link[first], HEADWAY] if first < len(planned) else 0.0
    for j in range(len(planned) - first):
        over = link[first + j]
        told, gone = told_of(known[over, MOVED], at)
        now = known[over, RATIO] - gone
        plan = planned[first + j] * (1.0 - part) if j == 0 else planned[first + j]
        take = plan * now
        extra = take * (1.0 - known[over, USUAL] / now)
        if at < LOOK_S:
            lost += extra
            if extra > most:
                most, where = extra, j
        if j > 0:
            at += held_s(known[over, HOLD], (due_ms[first + j - 1] - now_ms) / 1000.0, at)
        if at + take > horizon_s:
            break
        at += take
        as_planned += plan * (1.0 + told)
        newest = max(newest, known[over, SEEN_MS])
        variance += known[over, NOISE] * take
        root = math.sqrt(variance)
        terms(at, as_planned, moves, behind, fact, start, x)
        widths(at, root, moves, behind, fact, start, g)
        mean = max(at + dot(beta, x), 0.0)
        spread = spread_of(weight, g, mean)
        while bin_ < bins - 2 and CENTRES_S[bin_ + 1] < mean:
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
            times[q, j] = now_ms + int(1000.0 * last[q])
        count += 1
    return count, at, math.sqrt(variance), lost, where, newest


@compiled
def told_of(moved: float, ahead_s: float) -> tuple[float, float]:
    """Return how much of what states of roads told of a link holds when the bus comes there, and how much has gone."""
    if moved == 0.0:
        return 0.0, 0.0
    holds = moved * 0.5 ** (ahead_s / JAM_LASTS_S)
    return holds, moved - holds


@compiled
def due_s(distance_m: float, stop_distance_m: Floats, arrival_s: Floats) -> float:
    """Return when the timetable has a bus at a way along its shape, seconds of the service day."""
    j = min(max(int(np.searchsorted(stop_distance_m, distance_m)), 1), len(stop_distance_m) - 1)
    length = stop_distance_m[j] - stop_distance_m[j - 1]
    f = 1.0 if length <= 0 else min(1.0, max(0.0, (distance_m - stop_distance_m[j - 1]) / length))
    return float(arrival_s[j - 1] + f * (arrival_s[j] - arrival_s[j - 1]))
