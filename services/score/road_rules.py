"""Simple rules for the speed of every edge, to be beaten: one mean, yesterday's, smoothing over the graph."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from scipy.sparse import coo_matrix, diags, identity
from scipy.sparse.linalg import spsolve

from routing.congestion.field import followers
from routing.network.graph import Floats, RoadNetwork

Answers = dict[tuple[int, int], float]
# Weight of likeness beside one measured speed, and of the mean where nothing is near.
ALIKE, TO_MEAN = 0.7, 1e-3


def smooth(network: RoadNetwork, speeds: Mapping[int, float]) -> Floats:
    """Spread measured speeds over edges that follow one another (graph Laplacian); far from all lies their mean.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    speeds : mapping
        Measured speed by edge.

    Returns
    -------
    ndarray, shape (edges,)
        Speeds.
    """
    count = network.edge_count
    before, after = followers(network)
    links = coo_matrix((np.ones(len(before)), (before, after)), shape=(count, count)).tocsr()
    links = links + links.T
    laplacian = diags(np.asarray(links.sum(axis=1)).ravel()) - links
    edges = np.fromiter(speeds, dtype=np.int64)
    known, mean = np.zeros(count), float(np.mean(list(speeds.values())))
    known[edges] = 1.0
    off = np.zeros(count)
    off[edges] = np.array(list(speeds.values())) - mean
    system = diags(known) + ALIKE * laplacian + TO_MEAN * identity(count)
    return np.asarray(mean + spsolve(system.tocsc(), known * off))


def by_rules(
    network: RoadNetwork, measured: Answers, yesterday: Answers, keys: list[tuple[int, int]]
) -> dict[str, Answers]:
    """Return what simple rules say of edges.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    measured, yesterday : dict
        Measured speeds by (interval, edge), of now and of an earlier run.
    keys : list of (int, int)
        Intervals and edges that are asked for.

    Returns
    -------
    dict
        ``free_flow``, ``mean``, ``laplacian``, and ``history`` where there was a yesterday: the mean of what was
        measured of the edge, that of all edges where nothing was.
    """
    now: dict[int, dict[int, float]] = defaultdict(dict)
    for (number, edge), speed in measured.items():
        now[number][edge] = speed
    spread = {number: smooth(network, speeds) for number, speeds in now.items()}
    asked = [key for key in keys if key[0] in now]
    rules = {
        "free_flow": {key: float(network.edge_speed_limit_mps[key[1]]) for key in keys},
        "mean": {(n, e): float(np.mean(list(now[n].values()))) for n, e in asked},
        "laplacian": {(n, e): float(spread[n][e]) for n, e in asked},
    }
    if yesterday:
        past: dict[int, list[float]] = defaultdict(list)
        for (_, edge), speed in yesterday.items():
            past[edge].append(speed)
        typical = float(np.mean(list(yesterday.values())))
        rules["history"] = {(n, e): float(np.mean(past[e])) if e in past else typical for n, e in keys}
    return rules
