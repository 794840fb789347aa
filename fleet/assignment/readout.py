"""From hypotheses to one answer: the likeliest run, and how likely it is."""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.assignment.ground import Ground
from fleet.assignment.rows import LOGW, TRIP, ZERO
from fleet.kernels import compiled

Floats = NDArray[np.float64]
CLAIMED_TRIP = 8.0
CLAIMED_BLOCK = 5.0
SWITCH = 1.25
TEMPER = 0.75  # of the log odds that are told


@compiled
def _weigh(g: Ground, row: Floats, claim_trip: int, claim_zero: float, claim_block: int) -> float:
    trip = int(row[TRIP])
    if trip >= 0 and trip == claim_trip and row[ZERO] == claim_zero:
        return math.exp(row[LOGW] + CLAIMED_TRIP)
    if trip >= 0 and claim_block >= 0 and g.trip[trip, 2] == claim_block:
        return math.exp(row[LOGW] + CLAIMED_BLOCK)
    return math.exp(row[LOGW])


@numba.njit(cache=True)
def read_out(g: Ground, rows: Floats, claim_trip: int, claim_zero: float, claim_block: int, old_trip: int,
             old_zero: float) -> tuple[int, float]:  # fmt: skip
    """Return the row that speaks for the likeliest run, and that run's probability; the old one stays if it is close.

    What the source claims weighs once, however often it is said: it is one piece of evidence, not one a fix.
    """
    weight = np.zeros(len(rows))
    for i in range(len(rows)):
        head = 0
        while rows[head, TRIP] != rows[i, TRIP] or rows[head, ZERO] != rows[i, ZERO]:
            head += 1
        weight[head] += _weigh(g, rows[i], claim_trip, claim_zero, claim_block)
    best = int(np.argmax(weight))
    for i in range(len(rows)):
        if rows[i, TRIP] == old_trip and rows[i, ZERO] == old_zero:
            if weight[best] < SWITCH * weight[i]:
                best = i
            break
    return best, weight[best] / weight.sum()


def temper(probability: float) -> float:
    """Return the probability to tell: fixes are less independent than the filter takes them to be."""
    right, wrong = probability**TEMPER, (1.0 - probability) ** TEMPER
    return float(right / (right + wrong))
