"""From hypotheses to one answer: the likeliest run, and how likely it is."""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.assignment.ground import Ground
from fleet.assignment.model import SHARES
from fleet.assignment.rows import LOGW, TRIP, ZERO
from fleet.kernels import compiled

Floats = NDArray[np.float64]
CLAIMED_TRIP = 8.0
CLAIMED_BLOCK = 5.0
SWITCH = 1.25
TEMPER = 0.75  # of the log odds that are told


@compiled
def unit_of(g: Ground, trip: int, units: int) -> int:
    """Return the block of a trip, or the trip's own number beyond all blocks; ``units`` is how many there are."""
    block = int(g.trip[trip, 2])
    return block if block >= 0 else units - len(g.trip) + trip


@compiled
def _leave_to_others(g: Ground, row: Floats, taken: Floats, own: Floats) -> float:
    """Return how much less likely a run is because other buses have it."""
    unit = unit_of(g, int(row[TRIP]), len(taken))
    others = taken[unit, 0] if taken[unit, 1] == row[ZERO] else 0.0
    if others <= 0.0:
        return 1.0
    for k in range(len(own)):
        if int(own[k, 0]) == unit:
            others -= own[k, 1]
    return SHARES + (1.0 - SHARES) / (1.0 + max(0.0, others))


@compiled
def _weigh(g: Ground, row: Floats, claim_trip: int, claim_zero: float, claim_block: int) -> float:
    trip = int(row[TRIP])
    if trip >= 0 and trip == claim_trip and row[ZERO] == claim_zero:
        return math.exp(row[LOGW] + CLAIMED_TRIP)
    if trip >= 0 and claim_block >= 0 and g.trip[trip, 2] == claim_block:
        return math.exp(row[LOGW] + CLAIMED_BLOCK)
    return math.exp(row[LOGW])


@compiled
def read_out(g: Ground, rows: Floats, n: int, claim_trip: int, claim_zero: float, claim_block: int, old_trip: int,
             old_zero: float, taken: Floats, own: Floats, weight: Floats) -> tuple[int, float]:  # fmt: skip
    """Return the row that speaks for the likeliest run, and that run's probability; the old one stays if it is close.

    What the source claims and what other buses have weighs once, however often it is said: it is one piece of evidence,
    not one a fix. ``weight`` is room to work in.
    """
    best, total = 0, 0.0
    weight[:n] = 0.0
    for i in range(n):
        head = 0
        while rows[head, TRIP] != rows[i, TRIP] or rows[head, ZERO] != rows[i, ZERO]:
            head += 1
        weight[head] += _weigh(g, rows[i], claim_trip, claim_zero, claim_block)
    for i in range(n):
        if weight[i] > 0.0 and rows[i, TRIP] >= 0:
            weight[i] *= _leave_to_others(g, rows[i], taken, own)
        total += weight[i]
        if weight[i] > weight[best]:
            best = i
    for i in range(n):
        if rows[i, TRIP] == old_trip and rows[i, ZERO] == old_zero:
            if weight[best] < SWITCH * weight[i]:
                best = i
            break
    return best, weight[best] / total


@numba.njit(cache=True)
def list_units(g: Ground, rows: Floats, claim_trip: int, claim_zero: float, claim_block: int, units: int,
               least: float) -> Floats:  # fmt: skip
    """Return what a bus is believed to run for the others to know: unit, service day and probability in each row."""
    found, n, total = np.empty((len(rows), 3)), 0, 0.0
    for i in range(len(rows)):
        weight = _weigh(g, rows[i], claim_trip, claim_zero, claim_block)
        total += weight
        if rows[i, TRIP] < 0:
            continue
        unit, k = unit_of(g, int(rows[i, TRIP]), units), 0
        while k < n and (found[k, 0] != unit or found[k, 1] != rows[i, ZERO]):
            k += 1
        if k == n:
            found[n, 0], found[n, 1], found[n, 2] = unit, rows[i, ZERO], 0.0
            n += 1
        found[k, 2] += weight
    found[:n, 2] /= total
    return found[:n][found[:n, 2] >= least]


def temper(probability: float) -> float:
    """Return the probability to tell: fixes are less independent than the filter takes them to be."""
    right, wrong = probability**TEMPER, (1.0 - probability) ** TEMPER
    return float(right / (right + wrong))
