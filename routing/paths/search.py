"""Dijkstra's search from one node to all: for what can be reached, alternatives, and costs that change on the way."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from routing.network.graph import Floats, Ints, RoadNetwork
from routing.network.vehicles import Vehicle
from routing.paths.finder import RoadPath
from routing.paths.topology import NO_EDGE, Topology, topology_of

SLICE_S = 900.0
NO_ARC = -1


@dataclass(frozen=True, eq=False)
class Tree:
    """Cheapest costs between one node and all: ``cost`` and the arc next to it, by node of the graph.

    A tree that was grown backward tells what it costs to get to its root.
    """

    topology: Topology
    cost: Floats
    arc: Ints
    backward: bool

    def costs(self) -> Floats:
        """Return the cost of each node of the network, ``inf`` where there is no path."""
        arcs = self.topology.arcs
        count = len(arcs.end)
        return self.cost[:count] if self.backward else np.minimum(self.cost[:count], self.cost[arcs.end])

    def edges(self, node: int) -> list[int]:
        """Return the edges between the root and a node of the graph, in the direction of travel."""
        arcs = self.topology.arcs
        found = []
        while self.arc[node] != NO_ARC:
            arc = int(self.arc[node])
            if arcs.edge[arc] != NO_EDGE:
                found.append(int(arcs.edge[arc]))
            node = int(arcs.head[arc] if self.backward else arcs.tail[arc])
        return found if self.backward else found[::-1]


class Search:
    """Searches over one class of vehicle's roads; forbidden turns are not taken.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    weights_s : ndarray, shape (edges,) or (slices, edges)
        Seconds each edge takes; with slices, now and every `SLICE_S` after, between them in proportion, after the
        last as there. An edge that is ``inf`` in one slice is closed in all.
    vehicle : Vehicle
        Who drives.
    minute : int, optional
        Of the day, for turns that are forbidden at some hours.
    closed : iterable of int
        Rows of edges that must not be used.

    Raises
    ------
    ValueError
        If a weight is negative or no number, or falls by more than time goes on, so that waiting would be faster.
    """

    def __init__(
        self,
        network: RoadNetwork,
        weights_s: Floats,
        *,
        vehicle: Vehicle = Vehicle.BUS,
        minute: int | None = None,
        closed: Iterable[int] = (),
    ) -> None:
        slices = np.atleast_2d(np.array(weights_s, dtype=float))
        if slices.shape[1] != network.edge_count or np.isnan(slices).any() or (slices < 0).any():
            raise ValueError(f"weights must be {network.edge_count} numbers ≥ 0 a slice, got shape {slices.shape}")
        slices[:, np.isinf(slices).any(axis=0)] = np.inf
        slices[:, list(closed)] = np.inf
        open_ = slices[:, ~np.isinf(slices[0])]
        if len(slices) > 1 and (np.diff(open_, axis=0) < -SLICE_S).any():
            raise ValueError("weights fall faster than time goes on: waiting would be faster than driving")
        self._topology = topology_of(network)
        arcs = self._topology.arcs
        cost = np.where(arcs.edge >= 0, slices[:, arcs.edge], 0.0)
        cost[:, self._topology.closed_arcs(vehicle, minute)] = np.inf
        self._cost = cost
        self._out = _by_node(arcs.tail, self._topology.node_count)
        self._in = _by_node(arcs.head, self._topology.node_count)

    def from_node(self, start: int, limit_s: float = np.inf) -> Tree:
        """Return what it costs to get from a node to all that cost at most a limit, setting out now."""
        arcs = self._topology.arcs
        cost, arc = _grow(start, limit_s, *self._out, arcs.head, self._cost, self._topology.node_count)
        return Tree(self._topology, cost, arc, backward=False)

    def to_node(self, end: int, limit_s: float = np.inf) -> Tree:
        """Return what it costs to get to a node from all that cost at most a limit, at the present weights."""
        arcs = self._topology.arcs
        root = int(arcs.end[end])
        cost, arc = _grow(root, limit_s, *self._in, arcs.tail, self._cost[:1], self._topology.node_count)
        return Tree(self._topology, cost, arc, backward=True)

    def path(self, start: int, end: int) -> RoadPath | None:
        """Return a fastest path, setting out now; ``None`` where there is none."""
        if start == end:
            return RoadPath(np.empty(0, dtype=np.int64), 0.0)
        tree, last = self.from_node(start), int(self._topology.arcs.end[end])
        if np.isinf(tree.cost[last]):
            return None
        return RoadPath(np.array(tree.edges(last), dtype=np.int64), float(tree.cost[last]))


def drive_seconds(edges: Ints, weights_s: Floats) -> float:
    """Return how long a way takes, setting out now.

    Parameters
    ----------
    edges : ndarray of int
        Rows of edges, in the order they are driven.
    weights_s : ndarray, shape (edges,) or (slices, edges)
        As for `Search`.

    Returns
    -------
    float
        Seconds.
    """
    slices = np.atleast_2d(weights_s)
    last, now = len(slices) - 1, 0.0
    for edge in edges.tolist():
        at = min(now / SLICE_S, float(last))
        low = int(at)
        now += slices[low, edge] + (at - low) * (slices[min(low + 1, last), edge] - slices[low, edge])
    return float(now)


def _by_node(ends: Ints, count: int) -> tuple[Ints, Ints]:
    order = np.argsort(ends, kind="stable")
    return np.searchsorted(ends[order], np.arange(count + 1)).astype(np.int64), order.astype(np.int64)


@numba.njit(cache=True)
def _grow(
    root: int, limit: float, start: Ints, arc_at: Ints, there: Ints, cost: NDArray[np.float64], count: int
) -> tuple[Floats, Ints]:
    """Return the cost of each node and the arc it is reached by."""
    best = np.full(count, np.inf)
    by = np.full(count, -1)
    best[root] = 0.0
    heap = [(0.0, root)]
    last = len(cost) - 1
    while heap:
        now, node = heapq.heappop(heap)
        if now > best[node]:
            continue
        at = min(now / SLICE_S, float(last))
        low = int(at)
        high, share = min(low + 1, last), at - low
        for row in range(start[node], start[node + 1]):
            arc = arc_at[row]
            if np.isinf(cost[low, arc]):
                continue
            arrives = now + cost[low, arc] + share * (cost[high, arc] - cost[low, arc])
            if arrives <= limit and arrives < best[there[arc]]:
                best[there[arc]] = arrives
                by[there[arc]] = arc
                heapq.heappush(heap, (arrives, there[arc]))
    return best, by
