"""The Kalman filter of Shalaby and Farhan (Journal of Public Transportation 7(1), 2004), link by link.

Of each link: ``g = (e + v) / (e + 2v)``, ``a = 1 - g``, ``e' = v g``, ``predicted = a last + g history``.
``last`` is the latest bus today, ``history`` and ``v`` are the mean and the variance of the same time on days before.
Its fairest reading: the last three drives of the same quarter hour on days before; on a first day the three buses
before the last; with fewer than two of them the last bus alone.
"""

import numpy as np

from fleet.arrivals.baselines.history import QUARTER_MS, QUARTERS, earlier_days, quarter_of
from fleet.arrivals.baselines.last_bus import newest
from fleet.arrivals.baselines.links import Ahead, Drives, Floats, Ints

PAST = 3


def kalman(drives: Drives, ahead: Ahead) -> Floats:
    """Return the filter's seconds for each link, NaN where the link was never driven."""
    return newest(drives, ahead, _filtered(drives))


def _filtered(drives: Drives) -> Floats:
    """Return what the filter says of the next bus after each drive."""
    mean, variance = _history(drives)
    out, error = drives.took_s.copy(), np.nan
    for row in range(len(out)):
        if row == 0 or drives.link[row] != drives.link[row - 1]:
            error = np.nan
        spread = variance[row]
        if np.isnan(spread) or spread == 0.0:
            continue
        error = spread if np.isnan(error) else error
        gain = (error + spread) / (error + 2.0 * spread)
        out[row] = (1.0 - gain) * drives.took_s[row] + gain * mean[row]
        error = spread * gain
    return out


def _history(drives: Drives) -> tuple[Floats, Floats]:
    """Return mean and variance of what each drive's filter takes for history, NaN with fewer than two."""
    row = np.arange(len(drives.link))
    mean, variance = _of_last(drives.took_s, row, np.searchsorted(drives.link, drives.link))
    old = earlier_days(drives)
    key = drives.link * QUARTERS + quarter_of(drives.known_ms)
    end = old.count_until(key, drives.known_ms - QUARTERS // 2 * QUARTER_MS)
    old_mean, old_variance = _of_last(old.took_s, end, np.searchsorted(old.link, key))
    has = ~np.isnan(old_variance)
    return np.where(has, old_mean, mean), np.where(has, old_variance, variance)


def _of_last(took_s: Floats, end: Ints, start: Ints) -> tuple[Floats, Floats]:
    """Return mean and variance of up to three values before each place, not before ``start``."""
    places = end[:, None] - 1 - np.arange(PAST)[None, :]
    values = np.where(places >= start[:, None], took_s[np.maximum(places, 0)], np.nan)
    count = (~np.isnan(values)).sum(axis=1)
    total = np.nansum(values, axis=1)
    mean = total / np.maximum(count, 1)
    squares = np.nansum((values - mean[:, None]) ** 2, axis=1)
    enough = count >= 2
    return np.where(enough, mean, np.nan), np.where(enough, squares / np.maximum(count, 1), np.nan)
