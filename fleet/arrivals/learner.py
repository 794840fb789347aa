"""What is learnt from all buses: running times of links, and our own errors.

A lesson is used only from two minutes of event time after it became known, and lessons are taken in the order of
(time, vehicle, stop). So the order in which the partitions of the log arrive, as long as none is two minutes behind
another, changes nothing.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.errors import bucket_of, horizon_of, prior_counts, quantiles_of, shown_shift
from fleet.arrivals.links import Links
from schemas.lesson import Lesson

Floats = NDArray[np.float64]
EPOCH_MS = 60_000
HOLD_MS = 120_000
KEEP_EPOCHS = 15
LINK_MEMORY_MS = 2_400_000.0
LINK_PRIOR = 1.0
ALL_MEMORY_MS = 3_600_000.0
ALL_PRIOR_S = 600.0
ERROR_MEMORY = 0.9995


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What may be used at one time; the same for every bus that asks in the same minute.

    ``ratio`` is the running time of each link over the planned one; ``quantile_s`` (3, kinds, horizons) and ``shift_s``
    (kinds, horizons) are offsets to the model's time.
    """

    ratio: Floats
    quantile_s: Floats
    shift_s: Floats


class Learner:
    """Keeps what was learnt and hands out snapshots by the minute.

    Parameters
    ----------
    links : Links
        The links of the timetable.
    """

    def __init__(self, links: Links) -> None:
        self._took = np.zeros(links.count)
        self._planned = np.zeros(links.count)
        self._link_ms = np.zeros(links.count)
        self._all = np.array([ALL_PRIOR_S, ALL_PRIOR_S])
        self._all_ms = 0.0
        self._errors = prior_counts()
        self._waiting: list[Lesson] = []
        self._epochs: dict[int, Snapshot] = {}
        self._newest: int | None = None
        self._dirty = True
        self._made: Snapshot | None = None

    def add(self, lesson: Lesson) -> None:
        """Take one observed arrival; it counts two minutes later. One that waits already is not taken twice."""
        at = bisect_left(self._waiting, lesson)
        if all(near.identity != lesson.identity for near in self._waiting[max(0, at - 1) : at + 1]):
            self._waiting.insert(at, lesson)

    def add_all(self, lessons: Iterable[Lesson]) -> None:
        """Take many observed arrivals at once."""
        self._waiting = sorted({lesson.identity: lesson for lesson in (*self._waiting, *lessons)}.values())

    def at(self, time_ms: int) -> Snapshot:
        """Return what may be used at a moment.

        Parameters
        ----------
        time_ms : int
            Event time of the fix a prediction is made from.

        Returns
        -------
        Snapshot
            Everything known two minutes before the moment's minute.
        """
        epoch = time_ms // EPOCH_MS
        if self._newest is None:
            self._newest = epoch - KEEP_EPOCHS
        if epoch > self._newest:
            for number in range(max(self._newest + 1, epoch - KEEP_EPOCHS), epoch + 1):
                self._epochs[number] = self._advance(number * EPOCH_MS - HOLD_MS)
            self._newest = epoch
            self._epochs = {n: s for n, s in self._epochs.items() if n > epoch - KEEP_EPOCHS}
        found = self._epochs.get(epoch)
        return found if found is not None else self._epochs[min(self._epochs)]

    def _advance(self, until_ms: int) -> Snapshot:
        count = 0
        while count < len(self._waiting) and self._waiting[count].known_ms < until_ms:
            self._apply(self._waiting[count])
            count += 1
        del self._waiting[:count]
        if count or self._made is None:
            overall = self._all[0] / self._all[1]
            prior = np.where(self._planned > 0, LINK_PRIOR * self._mean_planned(), 1.0)
            ratio = (self._took + prior * overall) / (self._planned + prior)
            self._made = Snapshot(ratio, quantiles_of(self._errors), shown_shift(self._errors))
        return self._made

    def _mean_planned(self) -> Floats:
        return np.maximum(self._planned * 0.5, 20.0)

    def _apply(self, lesson: Lesson) -> None:
        if lesson.link >= 0:
            link = lesson.link
            fade = np.exp(-(lesson.known_ms - self._link_ms[link]) / LINK_MEMORY_MS)
            took = min(lesson.took_s, 4.0 * lesson.planned_s + 120.0)
            self._took[link] = self._took[link] * fade + took
            self._planned[link] = self._planned[link] * fade + lesson.planned_s
            self._link_ms[link] = lesson.known_ms
            fade = np.exp(-max(0.0, lesson.known_ms - self._all_ms) / ALL_MEMORY_MS)
            self._all = (self._all - ALL_PRIOR_S) * fade + ALL_PRIOR_S + np.array([took, lesson.planned_s])
            self._all_ms = lesson.known_ms
        if lesson.errors_s:
            kinds = np.array(lesson.kinds)
            horizons = horizon_of(np.array(lesson.horizons_s))
            buckets = bucket_of(np.array(lesson.errors_s))
            self._errors[kinds, horizons] *= ERROR_MEMORY
            np.add.at(self._errors, (kinds, horizons, buckets), 1.0)
