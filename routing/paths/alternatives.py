"""Other good ways between two places: those that share a long stretch with the best way from both ends (plateaus)."""

import numpy as np

from routing.network.graph import Floats, Ints, RoadNetwork
from routing.paths.finder import RoadPath
from routing.paths.search import NO_ARC, Search, Tree

STRETCH = 1.4
SHARE = 0.75
MOST_TRIED = 200


def alternatives(
    network: RoadNetwork, search: Search, weights_s: Floats, start: int, end: int, count: int = 3
) -> list[RoadPath]:
    """Find the best path and others worth a look.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    search : Search
        Over them.
    weights_s : ndarray, shape (edges,)
        The present seconds of each edge, the search's own.
    start, end : int
        Rows of nodes.
    count : int
        At most so many paths.

    Returns
    -------
    list of RoadPath
        The cheapest first; each of the others costs at most 1.4 times as much, passes no node twice, and shares at most
        three quarters of its cost with any before it. Empty where there is no path.
    """
    forth, back = search.from_node(start), search.to_node(end)
    best = float(back.cost[start])
    if start == end or np.isinf(best):
        return []
    found: list[RoadPath] = []
    for node in _candidates(forth, back, best):
        edges = np.array([*forth.edges(node), *back.edges(node)], dtype=np.int64)
        cost = float(weights_s[edges].sum())
        nodes = [start, *network.edge_to[edges].tolist()]
        apart = all(_shared(edges, path.edges, weights_s) <= SHARE * cost for path in found)
        if len(set(nodes)) == len(nodes) and apart:
            found.append(RoadPath(edges, cost))
        if len(found) == count:
            break
    return found


def _candidates(forth: Tree, back: Tree, best: float) -> list[int]:
    """Return a node of each plateau, that of the best path first, then long plateaus on short ways."""
    total = forth.cost + back.cost
    arcs = forth.topology.arcs
    on = (forth.arc != NO_ARC) & (total <= STRETCH * best)
    on[on] = back.arc[arcs.tail[forth.arc[on]]] == forth.arc[on]
    nodes = np.flatnonzero(on)
    begin: dict[int, int] = {}
    # A plateau's nodes by cost from the start: each belongs to where the one before it began.
    for node in nodes[np.argsort(forth.cost[nodes], kind="stable")].tolist():
        before = int(arcs.tail[forth.arc[node]])
        begin[node] = begin.get(before, before)
    length: dict[int, tuple[float, int]] = {}
    for node, root in begin.items():
        reach = float(forth.cost[node] - forth.cost[root])
        length[root] = max(length.get(root, (0.0, root)), (reach, node))
    ranked = sorted((total[node] - reach, node) for reach, node in length.values())
    return [node for _, node in sorted(ranked, key=lambda item: (total[item[1]] > best + 1e-6, item))][:MOST_TRIED]


def _shared(edges: Ints, others: Ints, weights_s: Floats) -> float:
    return float(weights_s[np.intersect1d(edges, others)].sum())
