"""The forecast: what is usual at that time plus what will remain of today's deviation, learnt as truth comes in.

For each horizon the deviation from the usual is a weighted sum of features (`moment.py`). The weights belong to the
road class and are learnt by recursive least squares that forgets and does not follow outliers (`ridge.py`); each edge
has a line of its own through what its class foretells (`own.py`); intervals come from the errors so far (`spread.py`).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from routing.forecast.moment import HORIZONS_S, Deviations, Moment, decay_prior
from routing.forecast.own import OwnLine
from routing.forecast.ridge import ClassRidge
from routing.forecast.spread import Spread
from routing.network.graph import Floats, Ints

LEVEL = 0.9
HALF_LIFE_S = 48 * 3600.0
# Every so often a forecast is kept, to be held against the truth; the truth may come so much later or earlier.
KEEP_EVERY_S = 300
SLACK_S = 90
KEEP = 2.0 ** (-KEEP_EVERY_S / HALF_LIFE_S)
LEAST_SHARE = 0.03
# An error counts in full up to half the usual one, then ever less: the median is wanted, not the mean.
OUTLIER = 0.5
MOST_WEIGHT = 4.0


@dataclass(frozen=True)
class Forecast:
    """Shares of the free speed at each horizon with their interval, each of shape (horizons, edges)."""

    time_ms: int
    speed: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class _Asked:
    """A forecast that waits for its truth."""

    due_ms: int
    features: Floats
    usual: Floats


class Horizon:
    """What is learnt of one horizon.

    Parameters
    ----------
    of_class : ndarray of int, shape (edges,)
        Class of each edge.
    width : int
        How many features there are.
    horizon_s : int
        How far ahead.
    """

    def __init__(self, of_class: Ints, width: int, horizon_s: int) -> None:
        self.horizon_s = horizon_s
        self.ridge = ClassRidge(int(of_class.max()) + 1, decay_prior(width, horizon_s))
        self.own = OwnLine(len(of_class))
        self.spread = Spread(of_class)
        self.error = 0.1
        self.waiting: deque[_Asked] = deque()
        self._class = of_class

    def foretell(self, features: Floats, usual: Floats) -> Floats:
        """Return the share of the free speed of every edge."""
        return _bounded(usual + self.own.apply(self._of_class(features)))

    def ask(self, time_ms: int, features: Floats, usual: Floats) -> None:
        """Keep a forecast until its truth is known."""
        due = time_ms + self.horizon_s * 1000
        if not self.waiting or due - self.waiting[-1].due_ms >= KEEP_EVERY_S * 1000:
            self.waiting.append(_Asked(due, features.astype(np.float32), usual.astype(np.float32)))

    def hear(self, moment: Moment) -> None:
        """Learn from the truth of the forecasts that are due."""
        while self.waiting and self.waiting[0].due_ms <= moment.time_ms:
            asked = self.waiting.popleft()
            if moment.time_ms - asked.due_ms <= SLACK_S * 1000:
                self._learn(asked, moment)

    def _learn(self, asked: _Asked, moment: Moment) -> None:
        edges = np.flatnonzero(~np.isnan(moment.measured) & (moment.worth > 0))
        if not len(edges):
            return
        features, usual = asked.features[edges].astype(float), asked.usual[edges].astype(float)
        truth, worth, of_class = moment.measured[edges], moment.worth[edges], self._class[edges]
        before = self._of_class(asked.features)
        said = _bounded(asked.usual + self.own.apply(before))[edges]
        error, class_error = truth - said, truth - usual - before[edges]
        self.error += 0.02 * (float(np.median(np.abs(error))) - self.error)
        self.spread.learn(edges, said, error, worth, KEEP)
        self.own.learn(edges, before[edges], truth - usual, worth * self._robust(error), KEEP)
        self.ridge.learn(features, truth - usual, worth * self._robust(class_error), of_class, KEEP)

    def _robust(self, error: Floats) -> Floats:
        size = max(self.error, 1e-3)
        return np.minimum(size / np.maximum(np.abs(error), OUTLIER * size), MOST_WEIGHT)

    def _of_class(self, features: Floats) -> Floats:
        return np.asarray(np.einsum("ek,ek->e", features, self.ridge.weights[self._class]))


class Forecaster:
    """Forecasts of all edges of a city.

    Parameters
    ----------
    neighbours : sequence of csr_matrix, shape (edges, edges)
        Kinds of neighbours, see `Deviations`.
    of_class : ndarray of int, shape (edges,)
        Road class of each edge.
    horizons_s : sequence of int
        How far ahead.
    """

    def __init__(
        self, neighbours: Sequence[csr_matrix], of_class: Ints, horizons_s: Sequence[int] = HORIZONS_S
    ) -> None:
        self.deviations = Deviations(neighbours)
        self.horizons = [Horizon(of_class, self.deviations.width, h) for h in horizons_s]

    def step(self, moment: Moment, level: float = LEVEL) -> Forecast:
        """Learn what came true, and say what will be.

        Parameters
        ----------
        moment : Moment
            In order of time; after a jump of the clock what waits for its truth is given up.
        level : float
            What share of truths the interval shall hold.

        Returns
        -------
        Forecast
            Of every edge, for each horizon.
        """
        self._look_at_clock(moment.time_ms)
        for horizon in self.horizons:
            horizon.hear(moment)
        self.deviations.take(moment)
        parts = [self._say(number, moment, level) for number in range(len(self.horizons))]
        speed, low, high = (np.stack(rows) for rows in zip(*parts, strict=True))
        return Forecast(moment.time_ms, speed, low, high)

    def _say(self, number: int, moment: Moment, level: float) -> tuple[Floats, Floats, Floats]:
        horizon, usual = self.horizons[number], moment.ahead[number]
        features = self.deviations.features(moment, number)
        horizon.ask(moment.time_ms, features, usual)
        speed = horizon.foretell(features, usual)
        low, high = horizon.spread.bounds(speed, level)
        return speed, _bounded(speed + np.minimum(low, 0.0)), speed + np.maximum(high, 0.0)

    def _look_at_clock(self, time_ms: int) -> None:
        """Give up what waits for its truth when the clock jumped: another recorded day is played."""
        last, longest = self.deviations.time_ms, max(h.horizon_s for h in self.horizons)
        if last is not None and not 0 <= time_ms - last <= longest * 1000:
            for horizon in self.horizons:
                horizon.waiting.clear()


def _bounded(share: Floats) -> Floats:
    return np.maximum(share, LEAST_SHARE)
