"""Weights of features by road class, learnt as truth comes in: least squares that forgets, each class near to all."""

import numpy as np

from routing.network.graph import Floats, Ints

# In observations: how strongly all classes hold to the first guess, and a class to all.
PRIOR_ALL = 100.0
PRIOR_CLASS = 300.0
# Of the mean squares of features: what keeps weights of features finite that say the same.
RIDGE = 1e-4


class ClassRidge:
    """Recursive least squares, one set of weights a class, shrunk to the weights of all.

    Parameters
    ----------
    classes : int
        How many classes there are.
    prior : ndarray, shape (features,)
        Weights before anything was learnt.
    """

    def __init__(self, classes: int, prior: Floats) -> None:
        width = len(prior)
        self.square = np.zeros((classes, width, width))
        self.product = np.zeros((classes, width))
        self.count = np.zeros(classes)
        self._prior = prior
        self.weights = np.tile(prior, (classes, 1))

    def learn(self, features: Floats, target: Floats, weight: Floats, of_class: Ints, keep: float) -> None:
        """Take what came true.

        Parameters
        ----------
        features : ndarray, shape (n, features)
            What was known when the forecast was made.
        target : ndarray, shape (n,)
            What it should have said.
        weight : ndarray, shape (n,)
            What each counts.
        of_class : ndarray of int, shape (n,)
            Class of each.
        keep : float
            What remains of all that was learnt before, at most 1.
        """
        self.square *= keep
        self.product *= keep
        self.count *= keep
        for one in np.unique(of_class):
            mine = of_class == one
            weighted = features[mine] * weight[mine, None]
            self.square[one] += weighted.T @ features[mine]
            self.product[one] += weighted.T @ target[mine]
            self.count[one] += weight[mine].sum()
        self.solve()

    def solve(self) -> None:
        """Work the weights out anew."""
        square, total = self.square.sum(axis=0), float(self.count.sum())
        mean = square / max(total, 1.0)
        hold = np.diag(np.diag(mean)) * PRIOR_ALL + np.diag(np.diag(square)) * RIDGE + np.identity(len(mean)) * 1e-9
        of_all = np.linalg.solve(square + hold, self.product.sum(axis=0) + hold @ self._prior)
        near = mean * PRIOR_CLASS + hold
        self.weights = np.linalg.solve(self.square + near, (self.product + near @ of_all)[..., None])[..., 0]
