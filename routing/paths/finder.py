"""Shortest paths on the road network: a hierarchy that answers in microseconds, plain SciPy behind it."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from routing.network.graph import Floats, Ints, RoadNetwork
from routing.network.vehicles import Vehicle
from routing.paths.engines import INFINITE, CchEngine, ScipyEngine
from routing.paths.topology import topology_of

SCALE = 1000.0


@dataclass(frozen=True)
class RoadPath:
    """The edges of a way through the network, in order, and what it costs in the finder's weights."""

    edges: Ints
    cost: float


class Engine(Protocol):
    """Answers shortest paths for one set of whole-number weights."""

    def cost(self, start: int, end: int) -> int | None:
        """Return the cost of a cheapest path; ``None`` where there is none."""

    def path(self, start: int, end: int) -> tuple[int, list[int]] | None:
        """Return the cost and the arcs of a cheapest path; ``None`` where there is none."""

    def table(self, starts: Sequence[int], ends: Sequence[int]) -> Floats:
        """Return the costs from each start to each end; ``inf`` where there is no path."""


class PathFinder:
    """Answers cheapest paths of one class of vehicle for one weight per edge; forbidden turns are not taken.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    weights : ndarray, shape (edges,), optional
        What each edge costs, ≥ 0 and finite or ``inf`` for closed; counted to a thousandth.
        Seconds at free speed by default.
    engine : str
        ``"cch"`` or ``"scipy"``; both give equal costs.
    vehicle : Vehicle
        Who drives: edges and turns that it may not take are closed.
    minute : int, optional
        Of the day, for turns that are forbidden at some hours; without it only those forbidden all day count.
    """

    def __init__(
        self,
        network: RoadNetwork,
        weights: Floats | None = None,
        *,
        engine: str = "cch",
        vehicle: Vehicle = Vehicle.BUS,
        minute: int | None = None,
    ) -> None:
        self.network = network
        self.vehicle = vehicle
        if weights is None:
            weights = network.edge_length_m / network.edge_free_mps
        self.topology = topology_of(network)
        self._end = self.topology.end
        self._nodes = network.node_count
        self._kind = engine
        self._mutex = threading.Lock()
        self._minute = minute
        self._shut_arcs = self.topology.closed_arcs(vehicle, minute)
        self._whole = _whole(weights, network.edge_count)
        self._open = self._make(self._whole)
        self._closed: tuple[frozenset[int], Engine] = (frozenset(), self._open)

    def _make(self, weights: Ints) -> Engine:
        topology = self.topology
        # The arcs of the edges come first, in their order; only those of copies are looked up.
        copied = topology.arcs.edge[len(weights) :]
        arcs = np.concatenate((weights, np.where(copied >= 0, weights[copied], 0)))
        arcs[self._shut_arcs] = INFINITE
        if self._kind == "cch" and topology.cch is not None:
            return CchEngine(topology.cch, arcs)
        return ScipyEngine(topology.tail, topology.head, topology.node_count, arcs)

    def reweight(self, weights: Floats, minute: int | None = None) -> None:
        """Take new weights for every edge.

        Parameters
        ----------
        weights : ndarray, shape (edges,)
            As in the constructor.
        minute : int, optional
            Of the day, as in the constructor.
        """
        whole = _whole(weights, self.network.edge_count)
        if minute != self._minute:
            self._minute, self._shut_arcs = minute, self.topology.closed_arcs(self.vehicle, minute)
        engine = self._make(whole)
        with self._mutex:
            self._whole, self._open = whole, engine
            self._closed = (frozenset(), engine)

    def cost(self, start: int, end: int) -> float:
        """Return what a cheapest path between two nodes costs, ``inf`` where there is none."""
        if not (0 <= start < self._nodes and 0 <= end < self._nodes):
            raise ValueError(f"nodes {start} and {end}: the network has {self._nodes} nodes")
        if start == end:
            return 0.0
        with self._mutex:
            found = self._open.cost(start, self._end[end])
        return float("inf") if found is None else found / SCALE

    def shortest(self, start: int, end: int, closed: Iterable[int] = ()) -> RoadPath | None:
        """Find a cheapest path between two nodes.

        Parameters
        ----------
        start, end : int
            Rows of nodes.
        closed : iterable of int
            Rows of edges that must not be used.

        Returns
        -------
        RoadPath or None
            ``None`` where no way is left; empty where start and end are the same node.

        Raises
        ------
        ValueError
            If a node or an edge is not one of the network.
        """
        count = self.network.node_count
        if not (0 <= start < count and 0 <= end < count):
            raise ValueError(f"nodes {start} and {end}: the network has {count} nodes")
        shut = frozenset(closed)
        if shut and not (min(shut) >= 0 and max(shut) < self.network.edge_count):
            raise ValueError(f"closed edges {sorted(shut)[:5]}: the network has {self.network.edge_count} edges")
        if start == end:
            return RoadPath(np.empty(0, dtype=np.int64), 0.0)
        with self._mutex:
            found = self._engine(shut).path(start, self._end[end])
        if found is None:
            return None
        edges = self.topology.arcs.edge[np.array(found[1], dtype=np.int64)]
        return RoadPath(edges[edges >= 0], found[0] / SCALE)

    def _engine(self, closed: frozenset[int]) -> Engine:
        if closed != self._closed[0]:
            weights = self._whole.copy()
            weights[list(closed)] = INFINITE
            self._closed = (closed, self._make(weights) if closed else self._open)
        return self._closed[1]

    def table(self, starts: Sequence[int], ends: Sequence[int]) -> Floats:
        """Return the costs between nodes.

        Parameters
        ----------
        starts, ends : sequence of int
            Rows of nodes.

        Returns
        -------
        ndarray, shape (starts, ends)
            ``inf`` where there is no path.
        """
        last = [self._end[end] for end in ends]
        with self._mutex:
            table = self._open.table(starts, last) / SCALE
        # A path of no edge does not lead over the copies of its node.
        table[np.equal.outer(np.asarray(starts), np.asarray(ends))] = 0.0
        return table


def _whole(weights: Floats, edges: int) -> Ints:
    values = np.asarray(weights, dtype=float)
    if values.shape != (edges,) or np.isnan(values).any() or (values < 0).any():
        raise ValueError(f"weights must be {edges} numbers ≥ 0, got shape {values.shape}")
    whole = np.clip(values * SCALE + 0.5, 1, INFINITE // 4).astype(np.int64)
    whole[np.isinf(values)] = INFINITE
    return whole


def shortest_path(
    network: RoadNetwork,
    from_node: int,
    to_node: int,
    weights_s: Floats | None = None,
    closed: Iterable[int] = (),
) -> RoadPath | None:
    """Find a fastest path once; keep a `PathFinder` to ask again and again.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    from_node, to_node : int
        Rows of nodes.
    weights_s : ndarray, shape (edges,), optional
        Seconds each edge takes; at free speed by default.
    closed : iterable of int
        Rows of edges that must not be used.

    Returns
    -------
    RoadPath or None
        ``None`` where no way is left.
    """
    return PathFinder(network, weights_s).shortest(from_node, to_node, closed)
