"""How our errors fall around what is expected, in units of the spread: honest quantiles, and the one time to show."""

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.errors import CENTRES_S, KEPT_AT_S, KEPT_EARLY_S, KEPT_LATE_S, SHIFTS_S
from fleet.arrivals.features import KINDS
from fleet.arrivals.kernel import SPREADS_S

Floats = NDArray[np.float64]
LOW, HIGH, STEP = -6.0, 10.0, 0.08
BUCKETS = round((HIGH - LOW) / STEP)
UPPER = LOW + STEP * (np.arange(BUCKETS) + 1.0)
# A mean absolute error of one is a deviation of 1.25 where errors fall as a bell.
PRIOR_DEVIATION = 1.25
PRIOR_WEIGHT = 60.0
MOST_WEIGHT = 1000.0
TIE = 0.0002
# A bus missed because it came before its shown time counts so much more than one that was waited for too long.
MISS_WEIGHT = 0.5
EARLY_S = np.interp(CENTRES_S, KEPT_AT_S, KEPT_EARLY_S)
LATE_S = np.interp(CENTRES_S, KEPT_AT_S, KEPT_LATE_S)


def prior_counts() -> Floats:
    """Return how errors are taken to fall before any was seen, shape (kinds, horizons, buckets)."""
    bell = np.exp(-0.5 * ((UPPER - STEP / 2) / PRIOR_DEVIATION) ** 2)
    return np.broadcast_to(PRIOR_WEIGHT * bell / bell.sum(), (KINDS, len(CENTRES_S), BUCKETS)).copy()


def bucket_of(error: Floats) -> NDArray[np.int64]:
    """Return the bucket of each error (actual − expected, in spreads), the outermost for what lies beyond."""
    return np.clip((error - LOW) / STEP, 0, BUCKETS - 1).astype(np.int64)


def add_counts(counts: Floats, new: NDArray[np.int32]) -> Floats:
    """Return counts with new ones; what is older weighs less where there are more than can be remembered."""
    room = np.maximum(MOST_WEIGHT - new.sum(axis=-1), 0.0) / np.maximum(counts.sum(axis=-1), 1e-9)
    out: Floats = counts * np.minimum(1.0, room)[..., None] + new
    return out


@numba.njit(cache=True)
def quantiles_of(counts: Floats, levels: Floats) -> Floats:
    """Return quantiles of the errors in spreads (kinds, 3, horizons), at the levels (kinds, horizons, 3)."""
    kinds, bins, buckets = counts.shape
    out = np.empty((kinds, 3, bins))
    for kind in range(kinds):
        for bin_ in range(bins):
            row = counts[kind, bin_]
            total = row.sum()
            for q in range(3):
                want, so_far, i = levels[kind, bin_, q] * total, 0.0, 0
                while i < buckets - 1 and so_far + row[i] < want:
                    so_far += row[i]
                    i += 1
                part = 0.5 if row[i] <= 0.0 else (want - so_far) / row[i]
                out[kind, q, bin_] = LOW + STEP * (i + min(1.0, max(0.0, part)))
    return out


@numba.njit(cache=True)
def shown_shift(counts: Floats) -> Floats:
    """Return by how much the shown time differs from the expected one, seconds, shape (kinds, horizons, spreads).

    The shown time loses where the bus came too early for who trusted it, or much too late; the shift with the least
    loss is taken, a smaller one where two are alike. Missing a bus weighs more: the early margin is the narrow one.
    """
    kinds, bins, buckets = counts.shape
    out = np.empty((kinds, bins, len(SPREADS_S)))
    share = np.empty(buckets + 1)
    for kind in range(kinds):
        for bin_ in range(bins):
            share[0] = 0.0
            for i in range(buckets):
                share[i + 1] = share[i] + counts[kind, bin_, i]
            for level in range(len(SPREADS_S)):
                best, chosen = -1.0, 0.0
                for shift in SHIFTS_S:
                    above = _share_below(share, (shift + LATE_S[bin_]) / SPREADS_S[level])
                    below = _share_below(share, (shift - EARLY_S[bin_]) / SPREADS_S[level])
                    gain = (above - (1.0 + MISS_WEIGHT) * below) / share[buckets] - TIE * abs(shift)
                    if gain > best:
                        best, chosen = gain, shift
                out[kind, bin_, level] = chosen
    return out


@numba.njit(cache=True)
def _share_below(share: Floats, error: float) -> float:
    at = min(max((error - LOW) / STEP, 0.0), len(share) - 1.0)
    i = min(int(at), len(share) - 2)
    return float(share[i] + (at - i) * (share[i + 1] - share[i]))
