"""Shortest paths on the road network: a hierarchy that answers in microseconds, plain SciPy behind it."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np

from routing.network.graph import Floats, Ints, RoadNetwork
from routing.paths.engines import INFINITE, CchEngine, ScipyEngine

SCALE = 1000.0


@dataclass(frozen=True)
class RoadPath:
    """The edges of a way through the network, in order, and what it costs in the finder's weights."""

    edges: Ints
    cost: float


class Engine(Protocol):
    """Answers shortest paths for one set of whole-number weights."""

    def path(self, start: int, end: int) -> tuple[int, list[int]] | None:
        """Return the cost and the edges of a cheapest path; ``None`` where there is none."""

    def table(self, starts: Sequence[int], ends: Sequence[int]) -> Floats:
        """Return the costs from each start to each end; ``inf`` where there is no path."""


class Topology:
    """What all finders of one network share: its hierarchy, computed once.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    order : sequence of int, optional
        Node order of the hierarchy as saved earlier; computed if absent.
    """

    def __init__(self, network: RoadNetwork, order: Sequence[int] | None = None) -> None:
        self.tail = network.edge_from.tolist()
        self.head = network.edge_to.tolist()
        self.node_count = network.node_count
        self.cch, self.order = CchEngine.hierarchy(network, self.tail, self.head, order)


_topologies: "WeakKeyDictionary[RoadNetwork, Topology]" = WeakKeyDictionary()
_lock = threading.Lock()


def topology_of(network: RoadNetwork, order: Sequence[int] | None = None) -> Topology:
    """Return the hierarchy of a network; the first call computes it.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    order : sequence of int, optional
        Its node order as saved earlier.

    Returns
    -------
    Topology
        The same one for the same network.
    """
    with _lock:
        found = _topologies.get(network)
        if found is None:
            found = _topologies[network] = Topology(network, order)
        return found


class PathFinder:
    """Answers cheapest paths for one weight per edge.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    weights : ndarray, shape (edges,), optional
        What each edge costs, ≥ 0 and finite or ``inf`` for closed; counted to a thousandth.
        Seconds at free speed by default.
    engine : str
        ``"cch"`` or ``"scipy"``; both give equal costs.
    """

    def __init__(self, network: RoadNetwork, weights: Floats | None = None, *, engine: str = "cch") -> None:
        self.network = network
        if weights is None:
            weights = network.edge_length_m / network.edge_free_mps
        self._whole = _whole(weights, network.edge_count)
        self._kind = engine
        self._mutex = threading.Lock()
        self._open = self._make(self._whole)
        self._closed: tuple[frozenset[int], Engine] = (frozenset(), self._open)

    def _make(self, weights: Ints) -> Engine:
        topology = topology_of(self.network)
        if self._kind == "cch" and topology.cch is not None:
            return CchEngine(topology.cch, weights)
        return ScipyEngine(topology.tail, topology.head, topology.node_count, weights)

    def reweight(self, weights: Floats) -> None:
        """Take new weights for every edge.

        Parameters
        ----------
        weights : ndarray, shape (edges,)
            As in the constructor.
        """
        whole = _whole(weights, self.network.edge_count)
        engine = self._make(whole)
        with self._mutex:
            self._whole, self._open = whole, engine
            self._closed = (frozenset(), engine)

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
            found = self._engine(shut).path(start, end)
        if found is None:
            return None
        return RoadPath(np.array(found[1], dtype=np.int64), found[0] / SCALE)

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
        with self._mutex:
            return self._open.table(starts, ends) / SCALE


def _whole(weights: Floats, edges: int) -> Ints:
    values = np.asarray(weights, dtype=float)
    if values.shape != (edges,) or np.isnan(values).any() or (values < 0).any():
        raise ValueError(f"weights must be {edges} numbers ≥ 0, got shape {values.shape}")
    return np.where(np.isinf(values), INFINITE, np.clip(np.rint(values * SCALE), 1, INFINITE // 4)).astype(np.int64)


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
