"""The simple predictors that ours must beat, and the constant shift each could have learnt."""

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.errors import bucket_of, horizon_of, prior_counts, shown_shift
from fleet.arrivals.learner import HOLD_MS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EPOCH_MS = 300_000


def schedule(scheduled_ms: Ints, made_ms: Ints) -> Ints:
    """Return the timetable's time, never before the moment of the question."""
    return np.maximum(scheduled_ms, made_ms)


def schedule_and_delay(scheduled_ms: Ints, made_ms: Ints, delay_s: Floats) -> Ints:
    """Return the timetable's time plus the bus's delay now, never before the moment of the question."""
    return np.maximum(scheduled_ms + (delay_s * 1000.0).astype(np.int64), made_ms)


def with_learnt_shift(eta_ms: Ints, made_ms: Ints, actual_ms: Ints) -> Ints:
    """Return a predictor's times moved by the constant per horizon that it could have learnt so far.

    The shift is chosen as ours is, from its own errors up to two minutes before each question, renewed every 5 min.

    Parameters
    ----------
    eta_ms, made_ms, actual_ms : array of int
        What it said, when, and what happened.

    Returns
    -------
    array of int
        The moved times.
    """
    order = np.argsort(made_ms, kind="stable")
    known = np.argsort(actual_ms, kind="stable")
    ahead_s = (eta_ms - made_ms) / 1000.0
    horizon, bucket = horizon_of(ahead_s), bucket_of((actual_ms - eta_ms) / 1000.0)
    counts = prior_counts()[:1]
    out = eta_ms.copy()
    taken = 0
    epochs = made_ms[order] // EPOCH_MS
    starts = np.flatnonzero(np.diff(epochs, prepend=-1))
    for begin, end in zip(starts, [*starts[1:], len(order)], strict=True):
        until = np.searchsorted(actual_ms[known], epochs[begin] * EPOCH_MS - HOLD_MS)
        new = known[taken:until]
        np.add.at(counts[0], (horizon[new], bucket[new]), 1.0)
        taken = max(taken, int(until))
        shift = shown_shift(counts)[0]
        asked = order[begin:end]
        out[asked] += (shift[horizon[asked]] * 1000.0).astype(np.int64)
    return np.maximum(out, made_ms)
