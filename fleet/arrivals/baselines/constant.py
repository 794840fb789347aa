"""The constant interval per horizon that a predictor could have learnt from its own past errors.

The fair peer of an interval that adapts: the same levels, the same past, and no look at the bus.
"""

import numpy as np

from fleet.arrivals.baselines.shift import LOW_S, STEP_S, Floats, Ints, errors_so_far


def learnt_interval(
    said_ms: Ints, made_ms: Ints, actual_ms: Ints, levels: tuple[float, float] = (0.1, 0.9)
) -> tuple[Floats, Floats]:
    """Return the lower and upper error that the predictor's errors so far would have told.

    Its errors count from two minutes after the arrival; the quantiles are renewed every five minutes.

    Parameters
    ----------
    said_ms, made_ms, actual_ms : array of int
        What it said, when, and what happened.
    levels : tuple of float
        Of the quantiles.

    Returns
    -------
    tuple of array
        Actual − predicted, seconds, one each a question.
    """
    out = np.empty((2, len(said_ms)))
    for asked, horizon, counts in errors_so_far(said_ms, made_ms, actual_ms):
        out[:, asked] = _quantiles(counts, levels)[:, horizon]
    return out[0], out[1]


def _quantiles(counts: Floats, levels: tuple[float, float]) -> Floats:
    share = np.cumsum(counts, axis=1) / counts.sum(axis=1, keepdims=True)
    return np.array([[LOW_S + STEP_S * (np.argmax(row >= level) + 0.5) for row in share] for level in levels])
