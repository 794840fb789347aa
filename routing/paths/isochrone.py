"""What can be reached within some minutes, as areas."""

from typing import Any

import numpy as np
import shapely

from routing.network.graph import Floats, RoadNetwork
from routing.paths.search import SLICE_S, Tree

CELL_M = 50.0
STEP_M = 25.0
# Who has reached a street has reached the houses along it.
REACH_M = 75.0


def reached_m(network: RoadNetwork, tree: Tree, weights_s: Floats, limit_s: float) -> Floats:
    """Return how many metres of each edge are reached within a limit.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    tree : Tree
        From the node set out from.
    weights_s : ndarray, shape (edges,)
        Seconds each edge takes, ``inf`` for closed.
    limit_s : float
        Seconds.

    Returns
    -------
    ndarray, shape (edges,)
        0 to the edge's length.
    """
    left = limit_s - tree.costs()[network.edge_from]
    share = np.divide(left, weights_s, out=np.zeros_like(left), where=np.isfinite(weights_s) & (left > 0))
    return np.asarray(np.clip(share, 0.0, 1.0) * network.edge_length_m, dtype=float)


def seconds_when_entered(network: RoadNetwork, tree: Tree, weights_s: Floats) -> Floats:
    """Return the seconds of each edge at the moment it is come to.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    tree : Tree
        From the node set out from; its costs are seconds.
    weights_s : ndarray, shape (slices, edges)
        A row each `SLICE_S` from setting out on; the last holds on.

    Returns
    -------
    ndarray, shape (edges,)
        ``inf`` where an edge is never come to.
    """
    at_s = tree.costs()[network.edge_from]
    known = np.isfinite(at_s)
    row = np.minimum(np.where(known, at_s, 0.0) // SLICE_S, len(weights_s) - 1).astype(int)
    return np.where(known, weights_s[row, np.arange(network.edge_count)], np.inf)


def area(network: RoadNetwork, metres: Floats) -> Any:
    """Return the area around reached roads.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    metres : ndarray, shape (edges,)
        As `reached_m` gives them.

    Returns
    -------
    shapely geometry
        Polygon or MultiPolygon in lon, lat; empty where nothing is reached.
    """
    edges = np.flatnonzero(metres > 0)
    lines = [shapely.LineString(network.xy_of(int(edge))) for edge in edges]
    steps = np.maximum(1, np.ceil(metres[edges] / STEP_M)).astype(int)
    owner = np.repeat(np.arange(len(edges)), steps + 1)
    rank = np.arange(len(owner)) - np.repeat(np.cumsum(steps + 1) - (steps + 1), steps + 1)
    along = metres[edges][owner] * rank / steps[owner] if len(edges) else np.empty(0)
    points = shapely.line_interpolate_point(np.array(lines, dtype=object)[owner], along) if len(edges) else []
    cells = np.unique(np.floor(shapely.get_coordinates(points) / CELL_M).astype(np.int64), axis=0) * CELL_M
    boxes = shapely.box(cells[:, 0], cells[:, 1], cells[:, 0] + CELL_M, cells[:, 1] + CELL_M)
    whole = shapely.buffer(shapely.coverage_union_all(boxes), REACH_M, quad_segs=2)
    smooth = shapely.simplify(shapely.buffer(whole, -REACH_M / 2, quad_segs=2), CELL_M / 5)
    return shapely.transform(smooth, lambda xy: np.column_stack(network.to_lonlat(xy[:, 0], xy[:, 1])))
