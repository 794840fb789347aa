"""Stops that are the same place: within a few metres of each other."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

SAME_PLACE_M = 5.0


def group_places(x: NDArray[np.float64], y: NDArray[np.float64], within_m: float = SAME_PLACE_M) -> NDArray[np.int32]:
    """Return the number of the place each stop belongs to.

    Parameters
    ----------
    x, y : array, shape (stops,)
        Stops in metres.
    within_m : float
        Stops nearer than this are one place.

    Returns
    -------
    array of int32, shape (stops,)
        Places counted from 0, in the order of their first stop.
    """
    points = np.column_stack([x, y])
    pairs = cKDTree(points).query_pairs(within_m, output_type="ndarray")
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points)))
    _, label = connected_components(graph, directed=False)
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    return rank[inverse]
