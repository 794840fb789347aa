"""Pieces of an edge's geometry."""

import numpy as np

from routing.network.graph import Floats, Ints, RoadNetwork


def cut_edge(network: RoadNetwork, edge: int, from_m: float, to_m: float) -> Floats:
    """Return the part of an edge between two metres of it.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    edge : int
        Row of the edge.
    from_m, to_m : float
        Metres from its start; beyond an end counts as that end.

    Returns
    -------
    ndarray, shape (n, 2)
        x, y in metres, at least two points (equal where the part has no length).
    """
    rows = slice(int(network.point_offset[edge]), int(network.point_offset[edge + 1]))
    metres, x, y = network.point_m[rows], network.point_x_m[rows], network.point_y_m[rows]
    low, high = np.clip((from_m, to_m), 0.0, metres[-1])
    inside = metres[(metres > low) & (metres < high)]
    at = np.concatenate(([low], inside, [high]))
    return np.column_stack((np.interp(at, metres, x), np.interp(at, metres, y)))


def line_of(network: RoadNetwork, edges: Ints) -> Floats:
    """Return the line along edges that follow each other.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    edges : ndarray of int
        Rows of edges, in order.

    Returns
    -------
    ndarray, shape (n, 2)
        lon, lat; the joints appear once; empty where there is no edge.
    """
    parts = [network.lonlat_of(int(edge))[(0 if i == 0 else 1) :] for i, edge in enumerate(edges)]
    return np.concatenate(parts) if parts else np.empty((0, 2))
