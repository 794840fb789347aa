"""Which edges a deviation comes from: those one drives on to, and those one comes from."""

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix

from routing.congestion.field import followers
from routing.network.graph import Ints, RoadNetwork


def beside(network: RoadNetwork) -> tuple[csr_matrix, csr_matrix]:
    """Return of each edge the mean over the edges that follow it, and over those before it; queues grow backward."""
    before, after = followers(network)
    return _mean(before, after, network.edge_count), _mean(after, before, network.edge_count)


def _mean(rows: Ints, columns: Ints, count: int) -> csr_matrix:
    many = np.bincount(rows, minlength=count)
    return coo_matrix((1.0 / many[rows], (rows, columns)), shape=(count, count)).tocsr()
