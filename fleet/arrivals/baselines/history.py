"""Fifteen-minute history: each link takes the mean of the same quarter of an hour.

The usual "historical average" of the literature and of TheTransitClock. Its fairest reading: the buses of the last
fifteen minutes today together with those of the same quarter hour on days before; where there are none, the mean of
all seen so far; the timetable's time where nothing was.
"""

import numpy as np

from fleet.arrivals.baselines.links import Ahead, Drives, Floats, Ints, make_drives

QUARTER_MS = 900_000
QUARTERS = 96


def quarter_hour(drives: Drives, ahead: Ahead) -> Floats:
    """Return the mean seconds of each link in its quarter of an hour, NaN where the link was never driven."""
    now_sum, now_count = _between(drives, ahead.link, ahead.at_ms - QUARTER_MS, ahead.at_ms)
    old = earlier_days(drives)
    today_ms = ahead.at_ms - QUARTERS // 2 * QUARTER_MS
    old_sum, old_count = _between(old, ahead.link * QUARTERS + quarter_of(ahead.at_ms), None, today_ms)
    all_sum, all_count = _between(drives, ahead.link, None, ahead.at_ms)
    total, count = now_sum + old_sum, now_count + old_count
    total, count = np.where(count > 0, total, all_sum), np.where(count > 0, count, all_count)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def quarter_of(time_ms: Ints) -> Ints:
    """Return which quarter of an hour of the day (UTC) a moment lies in."""
    return time_ms // QUARTER_MS % QUARTERS


def earlier_days(drives: Drives) -> Drives:
    """Return drives by link and quarter of an hour, so that one of them can be asked for."""
    return make_drives(drives.link * QUARTERS + quarter_of(drives.known_ms), drives.known_ms, drives.took_s)


def _between(drives: Drives, link: Ints, after_ms: Ints | None, until_ms: Ints) -> tuple[Floats, Ints]:
    total = np.concatenate([[0.0], np.cumsum(drives.took_s)])
    end = drives.count_until(link, until_ms)
    start = np.searchsorted(drives.link, link) if after_ms is None else drives.count_until(link, after_ms)
    start = np.minimum(start, end)
    return total[end] - total[start], end - start
