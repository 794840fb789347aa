"""The field of traffic: what neighbours, history and observations say together of the speed of every edge.

A Gaussian Markov random field over the line graph (Rue and Held 2005): each edge's log speed deviates from its usual
with the variance that its history has, deviations of edges that follow one another are alike, observations weigh by
their variance. Mean and variance of every edge are exact.
"""

import numpy as np
from scipy.sparse import coo_matrix, csc_matrix, diags, identity

from routing.congestion.sparse import SparseSystem
from routing.network.graph import Bools, Floats, Ints, RoadNetwork

# How alike edges are that follow one another straight on, and by a turn; 0 would be not at all.
ALIKE, ALIKE_BY_TURN = 0.3, 0.05
STRAIGHT_COS = 0.7


class SpeedField:
    """The field of one network.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    alike, by_turn : float
        Weight of likeness between edges that follow one another straight on, and by a turn.
    """

    def __init__(self, network: RoadNetwork, alike: float = ALIKE, by_turn: float = ALIKE_BY_TURN) -> None:
        before, after = followers(network)
        count = network.edge_count
        weight = np.where(_straight(network, before, after), alike, by_turn)
        links = coo_matrix((weight, (before, after)), shape=(count, count)).tocsr()
        links = links.maximum(links.T).tocsr()
        laplacian = diags(np.asarray(links.sum(axis=1)).ravel()) - links
        plain = csc_matrix(identity(count) + laplacian)
        self._system = SparseSystem(plain)
        _, variances = self._system.solve(plain, np.zeros(count))
        # Scaled so that without observations each edge has the variance of its history, however many neighbours it has.
        root = diags(np.sqrt(variances))
        self._likeness = csc_matrix(root @ plain @ root)

    def solve(self, prior_var: Floats, precision: Floats, pull: Floats) -> tuple[Floats, Floats]:
        """Return the deviation of every edge from its usual, and its variance.

        Parameters
        ----------
        prior_var : ndarray, shape (edges,)
            Variance of the log speed around the usual one, > 0.
        precision : ndarray, shape (edges,)
            Sum of 1 / variance of the observations of each edge, 0 where there is none.
        pull : ndarray, shape (edges,)
            Sum of deviation / variance of the observations.

        Returns
        -------
        deviation, variance : ndarray, shape (edges,)
            Of the log speed.
        """
        scale = diags(1.0 / np.sqrt(prior_var))
        return self._system.solve(csc_matrix(scale @ self._likeness @ scale + diags(precision)), pull)


def _straight(network: RoadNetwork, before: Ints, after: Ints) -> Bools:
    """Tell of pairs of edges whether one drives about straight on from the first to the second."""
    first, last = network.point_offset[:-1], network.point_offset[1:] - 1
    x, y = network.to_xy(network.point_lon, network.point_lat)
    way = np.column_stack((x[last] - x[first], y[last] - y[first]))
    way /= np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    return np.asarray((way[before] * way[after]).sum(axis=1) > STRAIGHT_COS)


def followers(network: RoadNetwork) -> tuple[Ints, Ints]:
    """Return all pairs of edges of which the second begins where the first ends, without turning back."""
    order = np.argsort(network.edge_from, kind="stable")
    starts = np.searchsorted(network.edge_from[order], np.arange(network.node_count + 1))
    many = np.diff(starts)[network.edge_to]
    before = np.repeat(np.arange(network.edge_count), many)
    rank = np.arange(len(before)) - np.repeat(np.cumsum(many) - many, many)
    after = order[np.repeat(starts[network.edge_to], many) + rank]
    on = network.edge_to[after] != network.edge_from[before]
    return before[on], after[on]
