"""How far off a forecast may be: errors seen before, by class and by whether traffic is foretold to flow."""

import numpy as np

from routing.network.graph import Floats, Ints

# Errors are counted in parts of the edge's own mean error, in bins up to so many of them.
REACH = 8.0
BINS = 128
PRIOR_ERROR, PRIOR_OWN = 0.12, 30.0
PRIOR_COUNT = 200.0
LEAST_ERROR = 0.01
# Bounds between standing, slow and free traffic, as shares of the free speed.
FLOWS = (0.5, 0.8)


class Spread:
    """Quantiles of the errors of one horizon.

    Parameters
    ----------
    of_class : ndarray of int, shape (edges,)
        Class of each edge.
    """

    def __init__(self, of_class: Ints) -> None:
        self._class = of_class
        self.error = np.zeros((2, len(of_class)), np.float32)  # sums of weight and of absolute errors
        self.counts = np.zeros((int(of_class.max()) + 1, len(FLOWS) + 1, BINS))
        middle = (np.arange(BINS) + 0.5) / BINS * 2 * REACH - REACH
        start = np.exp(-np.abs(middle) / 1.2)  # wider than the errors will be: what is new is told with care
        self._start = PRIOR_COUNT * start / start.sum()

    def scale(self) -> Floats:
        """Return the mean error of every edge, drawn to that of its class."""
        weight, error = self.error.astype(float)
        classes = self.counts.shape[0]
        total = np.bincount(self._class, weight, classes)
        of_class = (np.bincount(self._class, error, classes) + PRIOR_OWN * PRIOR_ERROR) / (total + PRIOR_OWN)
        drawn = (error + PRIOR_OWN * of_class[self._class]) / (weight + PRIOR_OWN)
        return np.maximum(drawn, LEAST_ERROR)

    def learn(self, edges: Ints, foretold: Floats, error: Floats, weight: Floats, keep: float) -> None:
        """Take the errors (truth less forecast) of some edges, of forecasts of that share of the free speed."""
        in_parts = np.clip(error / self.scale()[edges], -REACH, REACH - 1e-6)
        cells = (np.asarray((in_parts + REACH) / (2 * REACH) * BINS)).astype(np.int64)
        self.counts *= keep
        np.add.at(self.counts, (self._class[edges], flow_of(foretold), cells), weight)
        self.error *= keep
        self.error[:, edges] += np.stack((weight, weight * np.abs(error))).astype(np.float32)

    def bounds(self, foretold: Floats, level: float) -> tuple[Floats, Floats]:
        """Return how far below and above its forecast every edge lies with a probability, 0 < ``level`` < 1."""
        pooled = self.counts.sum(axis=0)
        share = pooled / np.maximum(pooled.sum(axis=1, keepdims=True), 1.0)
        counts = self.counts + PRIOR_COUNT * share + self._start / 4
        run = np.cumsum(counts, axis=2) / counts.sum(axis=2, keepdims=True)
        edge = (np.arange(BINS) + 1.0) / BINS * 2 * REACH - REACH
        row, flow, scale = self._class, flow_of(foretold), self.scale()
        low, high = (_quantile(run, edge, q)[row, flow] for q in ((1 - level) / 2, (1 + level) / 2))
        return low * scale, high * scale


def flow_of(share: Floats) -> Ints:
    """Return 0 for standing, 1 for slow, 2 for free traffic."""
    return np.asarray(np.digitize(share, FLOWS), dtype=np.int64)


def _quantile(run: Floats, edge: Floats, q: float) -> Floats:
    """Return where each running share reaches q, in proportion within its bin."""
    at = np.argmax(run >= q, axis=2)
    after = np.take_along_axis(run, at[..., None], axis=2)[..., 0]
    before = np.where(at > 0, np.take_along_axis(run, np.maximum(at - 1, 0)[..., None], axis=2)[..., 0], 0.0)
    width = edge[1] - edge[0]
    return np.asarray(edge[at] - width * (after - q) / np.maximum(after - before, 1e-12))
