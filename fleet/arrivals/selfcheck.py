"""How wrong our predictions were: the model's coefficients and honest quantiles from arrivals that are settled.

A prediction made while a late lesson was still on its way rested on less than it could have. So errors are not taken
from what was said: when an arrival is settled, each situation of the bus before it is foreseen again with what, in the
end, was known at that time. That is the same in whatever order lessons came.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.calibration import BUCKETS, add_counts, bucket_of, prior_counts, quantiles_of, shown_shift
from fleet.arrivals.errors import CENTRES_S, QUANTILES, horizon_of
from fleet.arrivals.features import BETA_BEFORE, FACTS, FINENESS, KINDS, SUMS, TERMS, TRIANGLE, WEIGHT_BEFORE
from fleet.arrivals.judge import judge
from fleet.arrivals.links import Links
from fleet.arrivals.snapshot import Calibration, Snapshot
from schemas.lesson import Lesson

Floats = NDArray[np.float64]
FARTHEST_S = 3000.0
MINUTES = 80
ALIKE = 30.0  # predictions of one arrival, and of one trip, err alike: so many count as one
# How an early bus waits is each operator's own rule; the rest is much alike everywhere.
BETA_DEVIATION = np.array([0.03, 0.03, 0.3, 0.03, 0.03, 0.1, 0.1, 0.1])
WEIGHT_DEVIATION = 0.4
# A level moves by a fiftieth of what it was wrong by in a minute with five forecasts, within bounds; the median,
# which quickly chases its own delay, not at all.
ADAPT = 0.02
ADAPT_COUNT = 5.0
LEAST_LEVEL = np.array([0.02, 0.5, 0.75])
MOST_LEVEL = np.array([0.25, 0.5, 0.98])
MOST_SUM = 200_000.0 * FINENESS


class SelfCheck:
    """Judges settled arrivals.

    Parameters
    ----------
    links : Links
        Of the timetable.
    with_roads : bool
        Whether states of roads move running times.
    """

    def __init__(self, links: Links, *, with_roads: bool = False) -> None:
        self._links = links
        self.counts = prior_counts()
        self.sums = np.zeros((KINDS, SUMS))
        self.levels = np.tile(np.array(QUANTILES), (KINDS, len(CENTRES_S), 1))
        self._epochs = np.full(MINUTES, -1, dtype=np.int64)
        self._ratio = np.ones((MINUTES, links.count))
        self._noise = np.ones((MINUTES, links.count))
        self._hold = np.zeros((MINUTES, links.count))
        self._moved = np.zeros((MINUTES, links.count if with_roads else 0))
        self._headway = np.zeros((MINUTES, links.count))
        self._left = np.zeros((MINUTES, len(links.terminals)))
        self._beta = np.zeros((MINUTES, KINDS, TERMS))
        self._weight = np.zeros((MINUTES, KINDS, TERMS))
        self._quantile = np.zeros((MINUTES, KINDS, 3, len(CENTRES_S)))
        self.calibration = self.calibrate()

    def know(self, epoch: int, snapshot: Snapshot) -> None:
        """Remember what was known in a minute; it will not change any more."""
        row, calibration = epoch % MINUTES, snapshot.calibration
        self._epochs[row] = epoch
        self._ratio[row], self._noise[row], self._left[row] = snapshot.ratio, snapshot.noise, snapshot.left_s
        self._hold[row] = snapshot.hold
        self._moved[row], self._headway[row] = snapshot.moved, snapshot.headway
        self._beta[row], self._weight[row] = calibration.beta, calibration.weight
        self._quantile[row] = calibration.quantile

    def settle(self, lessons: Iterable[Lesson]) -> None:
        """Learn from the arrivals of a minute, in any order."""
        counts = np.zeros((KINDS, len(CENTRES_S), BUCKETS), dtype=np.int32)
        sums = np.zeros((KINDS, SUMS), dtype=np.int64)
        below = np.zeros((KINDS, len(CENTRES_S), 4), dtype=np.int64)
        links, any_ = self._links, False
        for lesson in lessons:
            if not lesson.facts or len(lesson.facts) % FACTS:
                continue
            kinds, ahead, error, more, fell = judge(
                np.array(lesson.facts).reshape(-1, FACTS), lesson.trip, lesson.stop, lesson.start_ms,
                lesson.arrival_ms, FARTHEST_S, links.trip_start, links.next_of, links.terminal_of, links.of_row,
                links.planned_s, links.due_s, links.depart_s, self._epochs, self._ratio, self._noise, self._hold,
                self._moved, self._headway, self._left, self._beta, self._weight, self._quantile,
            )  # fmt: skip
            any_ = True
            np.add.at(counts, (kinds, horizon_of(ahead), bucket_of(error)), 1)
            sums += more
            below += fell
        if any_:
            self.counts = add_counts(self.counts, counts)
            total = self.sums + sums
            self.sums = total * np.minimum(1.0, MOST_SUM / np.maximum(total[:, SUMS // 2], 1.0))[:, None]
            self._adapt(below)
            self.calibration = self.calibrate()

    def _adapt(self, below: NDArray[np.int64]) -> None:
        """Ask for a level further out where more fell outside the interval than should have, and the reverse."""
        over_horizons = below.sum(axis=1, keepdims=True)
        count = over_horizons[..., :1]
        share = over_horizons[..., 1:] / np.maximum(count, 1)
        step = ADAPT * np.minimum(1.0, count / ADAPT_COUNT)
        self.levels = np.clip(self.levels + step * (np.array(QUANTILES) - share), LEAST_LEVEL, MOST_LEVEL)

    def calibrate(self) -> Calibration:
        """Return what the sums say."""
        beta, weight = np.empty((KINDS, TERMS)), np.empty((KINDS, TERMS))
        for kind, row in enumerate(self.sums):
            beta[kind] = _solve(row[: SUMS // 2], BETA_BEFORE[kind], BETA_DEVIATION)
            weight[kind] = np.maximum(_solve(row[SUMS // 2 :], WEIGHT_BEFORE[kind], WEIGHT_DEVIATION), 0.0)
        return Calibration(beta, weight, quantiles_of(self.counts, self.levels), shown_shift(self.counts))


def _solve(sums: Floats, before: Floats, deviation: Floats | float) -> Floats:
    """Return the coefficients that fit best, drawn to what they were before anything was seen."""
    matrix = np.zeros((TERMS, TERMS))
    matrix[np.triu_indices(TERMS)] = sums[:TRIANGLE]
    matrix = matrix + matrix.T - np.diag(np.diag(matrix))
    drawn = FINENESS * ALIKE * np.eye(TERMS) / np.square(deviation)
    out: Floats = before + np.linalg.solve(matrix + drawn, sums[TRIANGLE:] - matrix @ before)
    return out
