"""What is learnt of each edge, drawing to its group until enough was seen of itself: a normal hierarchy."""

import numpy as np

from routing.network.graph import Floats, Ints

# Beyond this, what is new replaces what is old.
MOST_WORTH = 200.0


class Pooled:
    """Levels of edges around the level of their group.

    Parameters
    ----------
    group : ndarray of int, shape (edges,)
        To which group each edge belongs.
    own_var : float
        Variance of edges around their group.
    group_var : float
        Variance of groups around 0.
    """

    def __init__(self, group: Ints, own_var: float, group_var: float) -> None:
        self._group, self._own_var, self._group_var = group, own_var, group_var
        self.worth, self.pull = np.zeros(len(group)), np.zeros(len(group))

    def learn(self, edges: Ints, value: Floats, worth: Floats) -> None:
        """Take values and one over their variances; an edge at most once a call."""
        self.worth[edges] += worth
        self.pull[edges] += worth * value
        fade = np.minimum(1.0, MOST_WORTH / np.maximum(self.worth[edges], 1.0))
        self.worth[edges] *= fade
        self.pull[edges] *= fade

    def expect(self) -> tuple[Floats, Floats]:
        """Return the level of every edge and its variance."""
        groups = int(self._group.max()) + 1
        own = np.flatnonzero(self.worth > 0)
        weight = 1.0 / (self._own_var + 1.0 / self.worth[own])
        total = np.bincount(self._group[own], weight * self.pull[own] / self.worth[own], groups)
        level = total / (np.bincount(self._group[own], weight, groups) + 1.0 / self._group_var)
        variance = 1.0 / (1.0 / self._own_var + self.worth)
        return variance * (level[self._group] / self._own_var + self.pull), variance
