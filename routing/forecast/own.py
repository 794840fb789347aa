"""What is an edge's own beside its class: an offset and a slope of its deviations against those foretold."""

import numpy as np

from routing.network.graph import Floats, Ints

# In observations: how strongly an edge holds to its class.
PRIOR_OWN = 50.0


class OwnLine:
    """A line through what its class foretells of each edge, shrunk to that itself.

    Parameters
    ----------
    edges : int
        How many there are.
    """

    def __init__(self, edges: int) -> None:
        # Sums of weight, of the foretold and its square, of the error and its product with the foretold.
        self.sums = np.zeros((5, edges), np.float32)
        self.spread = 0.01

    def apply(self, foretold: Floats) -> Floats:
        """Return what is foretold of every edge after its own line."""
        weight, first, square, error, product = self.sums.astype(float)
        a, d = weight + PRIOR_OWN, square + PRIOR_OWN * self.spread
        det = a * d - first * first
        offset, slope = (d * error - first * product) / det, (a * product - first * error) / det
        return np.asarray(foretold + offset + slope * foretold)

    def learn(self, edges: Ints, foretold: Floats, truth: Floats, weight: Floats, keep: float) -> None:
        """Take what came true of some edges; ``foretold`` is what their class said."""
        self.sums *= keep
        error = truth - foretold
        rows = (weight, weight * foretold, weight * foretold**2, weight * error, weight * error * foretold)
        self.sums[:, edges] += np.stack(rows).astype(np.float32)
        step = 1.0 - keep
        self.spread += step * (float(np.mean(foretold**2)) - self.spread) if len(foretold) else 0.0
        self.spread = max(self.spread, 1e-4)
