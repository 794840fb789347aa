"""What is usual by the days that are over: mean and median of the same time of the same kind of day.

Days of which nothing is known, and that follow none of which something is, take no room: a recording may have gaps.
"""

import warnings
from datetime import UTC, datetime

import numpy as np

from routing.network.graph import Floats
from services.score.speed_table import DAY_MS, STEP_S, SpeedTable

SLOTS = DAY_MS // (STEP_S * 1000)
# The median looks at so many slots before and after.
BESIDE = 6
CHUNK = 400


class PastDays:
    """The days of a table, and what was usual before each of them.

    Parameters
    ----------
    table : SpeedTable
        Speeds; days begin at local midnight.
    """

    def __init__(self, table: SpeedTable) -> None:
        before = table.slots_before
        count = -(-(before + len(table.speed)) // SLOTS)
        whole = np.full((count * SLOTS, table.speed.shape[1]), np.nan)
        whole[before : before + len(table.speed)] = table.speed
        every = whole.reshape(count, SLOTS, -1)
        known = ~np.isnan(every).all(axis=(1, 2))
        self.count = count
        # By the calendar, from the first day; the day after one that is known is kept, as forecasts reach into it.
        self.calendar = np.flatnonzero(known | np.roll(known, 1) & (np.arange(count) > 0))
        self.days = every[self.calendar]
        self._first_ms = (table.start_ms - before * STEP_S * 1000) // DAY_MS * DAY_MS
        dates = [datetime.fromtimestamp(self.day_ms(n) / 1000, UTC) for n in range(len(self.calendar) + 1)]
        self.is_weekend = [day.weekday() >= 5 for day in dates]
        self._kept: dict[tuple[int, int], tuple[Floats, Floats]] = {}

    def day_ms(self, day: int) -> int:
        """Return the local midnight at which a kept day begins; the last one's next is known too."""
        last = len(self.calendar) - 1
        return int(self._first_ms + (self.calendar[min(day, last)] + max(day - last, 0)) * DAY_MS)

    def is_next(self, day: int) -> bool:
        """Tell whether a kept day is the one after the kept day before, by the calendar."""
        return day > 0 and bool(self.calendar[day] == self.calendar[day - 1] + 1)

    def kept_before(self, days: int) -> int:
        """Return how many of the first days, by the calendar, are kept."""
        return int(np.searchsorted(self.calendar, days))

    def slot_of(self, local_ms: int) -> int | None:
        """Return which slot of the kept days a local time lies in."""
        day = int(np.searchsorted(self.calendar, (local_ms - self._first_ms) // DAY_MS))
        if day >= len(self.calendar) or not 0 <= local_ms - self.day_ms(day) < DAY_MS:
            return None
        return day * SLOTS + (local_ms - self.day_ms(day)) // (STEP_S * 1000)

    def alike(self, before: int, day: int) -> list[int]:
        """Return the days before one that are weekdays, or weekends, as another is."""
        return [n for n in range(before) if self.is_weekend[n] == self.is_weekend[day]]

    def usual(self, before: int, day: int) -> tuple[Floats, Floats]:
        """Return mean by slot and median by slot and those beside it, of days before one, for the kind of another.

        Where no such day has a value all days count, then all values of the place; NaN where there is none.
        """
        key = (before, -1 if not self.alike(before, day) else int(self.is_weekend[day]))
        if key not in self._kept:
            every = list(range(before))
            self._kept[key] = _filled([self.alike(before, day), every], self.days)
        return self._kept[key]


def _filled(choices: list[list[int]], days: Floats) -> tuple[Floats, Floats]:
    mean, median = np.full(days.shape[1:], np.nan), np.full(days.shape[1:], np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of slots in which nothing was measured
        for chosen in filter(None, choices):
            picked = days[chosen]
            mean = np.where(np.isnan(mean), np.nanmean(picked, axis=0), mean)
            median = np.where(np.isnan(median), _medians(picked), median)
        if choices[-1]:
            of_place = np.nanmean(days[choices[-1]], axis=(0, 1))
            mean, median = (np.where(np.isnan(part), of_place, part) for part in (mean, median))
    return mean, median


def _medians(picked: Floats) -> Floats:
    out = np.empty(picked.shape[1:])
    for at in range(0, picked.shape[2], CHUNK):
        part = picked[:, :, at : at + CHUNK]
        near = np.concatenate([np.roll(part, k, axis=1) for k in range(-BESIDE, BESIDE + 1)])
        out[:, at : at + CHUNK] = np.nanmedian(near, axis=0)
    return out
