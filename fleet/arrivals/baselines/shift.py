"""The constant shift per horizon that a predictor could have learnt from its own past errors.

The schemes forgive late buses more than early ones, so a predictor gains by saying everything too early. The baselines
get that favour here; the rule is their own, so that a change of ours cannot move them.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EPOCH_MS = 300_000
HOLD_MS = 120_000
EDGES_S = np.array([0, 45, 90, 135, 180, 270, 360, 480, 600, 750, 900, 1200, 1800, 2700], dtype=np.float64)
CENTRES_S = (EDGES_S[:-1] + EDGES_S[1:]) / 2
STEP_S = 5.0
LOW_S, HIGH_S = -600.0, 1500.0
BUCKETS = int((HIGH_S - LOW_S) / STEP_S)
UPPER_S = LOW_S + STEP_S * np.arange(1, BUCKETS + 1)
SHIFTS_S = np.arange(-240.0, 241.0, 5.0)
# How far actual − shown may lie, by time ahead: the bands of the ETA Accuracy Benchmark, joined by lines.
AT_S = np.array([0.0, 90.0, 270.0, 480.0, 750.0, 2700.0])
EARLY_S = np.interp(CENTRES_S, AT_S, [30.0, 30.0, 60.0, 60.0, 90.0, 120.0])
LATE_S = np.interp(CENTRES_S, AT_S, [90.0, 90.0, 150.0, 210.0, 270.0, 360.0])
# Errors that are taken to have been seen before any were, normal around zero, so that a first one does not rule.
PRIOR = 40.0


def with_learnt_shift(eta_ms: Ints, made_ms: Ints, actual_ms: Ints) -> Ints:
    """Return a predictor's times moved by the constant per horizon that it could have learnt so far.

    Its errors count from two minutes after the arrival; the shift is renewed every five minutes.

    Parameters
    ----------
    eta_ms, made_ms, actual_ms : array of int
        What it said, when, and what happened.

    Returns
    -------
    array of int
        The moved times, never before the moment of the question.
    """
    out = eta_ms.copy()
    for asked, horizon, counts in errors_so_far(eta_ms, made_ms, actual_ms):
        out[asked] += (_best_shift(counts)[horizon] * 1000.0).astype(np.int64)
    return np.maximum(out, made_ms)


def errors_so_far(eta_ms: Ints, made_ms: Ints, actual_ms: Ints) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Yield questions of the same five minutes, their horizons, and the errors known then by horizon and bucket."""
    order = np.argsort(made_ms, kind="stable")
    known = np.argsort(actual_ms, kind="stable")
    horizon = np.clip(np.searchsorted(EDGES_S, (eta_ms - made_ms) / 1000.0, side="right") - 1, 0, len(CENTRES_S) - 1)
    bucket = np.clip(((actual_ms - eta_ms) / 1000.0 - LOW_S) / STEP_S, 0, BUCKETS - 1).astype(np.int64)
    counts, taken = _prior(), 0
    epochs = made_ms[order] // EPOCH_MS
    starts = np.flatnonzero(np.diff(epochs, prepend=-1))
    for begin, end in zip(starts, [*starts[1:], len(order)], strict=True):
        until = max(taken, int(np.searchsorted(actual_ms[known], epochs[begin] * EPOCH_MS - HOLD_MS)))
        np.add.at(counts, (horizon[known[taken:until]], bucket[known[taken:until]]), 1.0)
        taken = until
        asked = order[begin:end]
        yield asked, horizon[asked], counts


def _prior() -> Floats:
    spread = 20.0 + 0.13 * CENTRES_S
    bell = np.exp(-0.5 * ((UPPER_S[None, :] - STEP_S / 2) / spread[:, None]) ** 2)
    weights: Floats = PRIOR * bell / bell.sum(axis=1, keepdims=True)
    return weights


def _best_shift(counts: Floats) -> Floats:
    share = np.cumsum(counts, axis=1) / counts.sum(axis=1, keepdims=True)
    best = np.empty(len(CENTRES_S))
    for bin_ in range(len(CENTRES_S)):
        below = np.interp(SHIFTS_S - EARLY_S[bin_], UPPER_S, share[bin_])
        above = np.interp(SHIFTS_S + LATE_S[bin_], UPPER_S, share[bin_])
        best[bin_] = SHIFTS_S[int(np.argmax(above - below - 0.0002 * np.abs(SHIFTS_S)))]
    return best
