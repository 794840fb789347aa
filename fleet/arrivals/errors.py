"""Our own errors by horizon: honest quantiles, and the one time to show."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
EDGES_S = np.array([0, 45, 90, 135, 180, 270, 360, 480, 600, 750, 900, 1200, 1800, 2700], dtype=np.float64)
CENTRES_S = (EDGES_S[:-1] + EDGES_S[1:]) / 2
KINDS = 2
MOVING, WAITING = 0, 1
STEP_S = 5.0
LOW_S, HIGH_S = -600.0, 1500.0
BUCKETS = int((HIGH_S - LOW_S) / STEP_S)
MIDDLES_S = LOW_S + STEP_S * (np.arange(BUCKETS) + 0.5)
PRIOR_WEIGHT = 40.0
QUANTILES = (0.1, 0.5, 0.9)
# A shown time is kept when the bus comes from so long before it until so long after it, by horizon.
KEPT_AT_S = np.array([0.0, 90.0, 270.0, 480.0, 750.0, 2700.0])
KEPT_EARLY_S = np.array([30.0, 30.0, 60.0, 60.0, 90.0, 120.0])
KEPT_LATE_S = np.array([90.0, 90.0, 150.0, 210.0, 270.0, 360.0])
SHIFTS_S = np.arange(-240.0, 121.0, 5.0)


def prior_counts() -> Floats:
    """Return what errors are taken to be before any was seen, shape (kinds, horizons, buckets)."""
    spread = 20.0 + 0.13 * CENTRES_S
    bell = np.exp(-0.5 * (MIDDLES_S[None, :] / spread[:, None]) ** 2)
    counts = PRIOR_WEIGHT * bell / bell.sum(axis=1, keepdims=True)
    return np.stack([counts] * KINDS)


def bucket_of(error_s: Floats) -> NDArray[np.int64]:
    """Return the bucket of each error (actual − predicted, seconds), the outermost for what lies beyond."""
    return np.clip((error_s - LOW_S) / STEP_S, 0, BUCKETS - 1).astype(np.int64)


def horizon_of(horizon_s: Floats) -> NDArray[np.int64]:
    """Return the horizon bin of each time ahead in seconds."""
    return np.clip(np.searchsorted(EDGES_S, horizon_s, side="right") - 1, 0, len(CENTRES_S) - 1)


def shown_shift(counts: Floats) -> Floats:
    """Return by how much the shown time differs from the model's, shape (kinds, horizons), seconds.

    The shown time loses where the bus came too early for who trusted it, or much too late; the shift with the least
    loss is taken, a smaller one where two are alike. Missing a bus weighs more: the early margin is the narrow one.
    """
    share = np.cumsum(counts, axis=-1)
    share /= share[..., -1:]
    early = np.interp(CENTRES_S, KEPT_AT_S, KEPT_EARLY_S)
    late = np.interp(CENTRES_S, KEPT_AT_S, KEPT_LATE_S)
    out = np.empty(counts.shape[:2])
    for kind in range(counts.shape[0]):
        for bin_ in range(counts.shape[1]):
            below = np.interp(SHIFTS_S - early[bin_], MIDDLES_S + STEP_S / 2, share[kind, bin_])
            above = np.interp(SHIFTS_S + late[bin_], MIDDLES_S + STEP_S / 2, share[kind, bin_])
            gain = above - below - 0.0002 * np.abs(SHIFTS_S)
            out[kind, bin_] = SHIFTS_S[int(np.argmax(gain))]
    return out
