"""The graph that paths are sought on: the network's nodes, and copies of those where turns are forbidden.

An edge that begins a forbidden turn leads to a copy of its node that remembers how it was reached; the edges that leave
the copy are the node's own. So every path of the graph is one of the network, and a forbidden turn is an arc of its
own that can be closed: for some vehicles, or for some hours.
"""

import itertools
import threading
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from routing.network.graph import Ints, RoadNetwork
from routing.network.vehicles import Vehicle
from routing.paths.engines import CchEngine

Chain = tuple[int, ...]
NO_EDGE = -1


class Arcs(NamedTuple):
    """Arcs of the graph: those of the edges first, in their order, then those that leave copies.

    ``edge`` is the edge of each arc, `NO_EDGE` for one that only gathers the copies of a node where paths end; ``node``
    is the network's node of each node; ``end`` is where paths to a node of the network end. The arcs ``ban_arc`` are
    closed where the forbidden turn ``ban_turn`` holds.
    """

    tail: Ints
    head: Ints
    edge: Ints
    node: Ints
    end: Ints
    ban_arc: Ints
    ban_turn: Ints


class _Copies:
    """The copies of nodes, by the edges that led there: the beginnings of forbidden turns."""

    def __init__(self, network: RoadNetwork) -> None:
        cuts = network.turn_offset.tolist()
        turns = [tuple(network.turn_edge[a:b].tolist()) for a, b in itertools.pairwise(cuts)]
        self._turns_of: dict[Chain, list[int]] = {}
        for number, chain in enumerate(turns):
            self._turns_of.setdefault(chain, []).append(number)
        begun = sorted({chain[:n] for chain in turns for n in range(1, len(chain))})
        self.number = {chain: network.node_count + row for row, chain in enumerate(begun)}

    def after(self, chain: Chain) -> int | None:
        """Return the copy that edges driven one after another lead to, ``None`` for the node itself."""
        ends = (self.number.get(chain[n:]) for n in range(len(chain)))
        return next((copy for copy in ends if copy is not None), None)

    def forbidden(self, chain: Chain) -> Iterator[int]:
        """Yield the forbidden turns that edges driven one after another end with."""
        for n in range(len(chain) - 1):
            yield from self._turns_of.get(chain[n:], ())


def make_arcs(network: RoadNetwork) -> Arcs:
    """Make the graph of a network; without forbidden turns it is the network itself."""
    copies = _Copies(network)
    tail, head = network.edge_from.tolist(), network.edge_to.tolist()
    edge = list(range(network.edge_count))
    node = [*range(network.node_count), *(head[chain[-1]] for chain in copies.number)]
    end = list(range(network.node_count))
    bans: list[tuple[int, int]] = []
    outs: dict[int, list[int]] = {node[copy]: [] for copy in copies.number.values()}
    for row, start in enumerate(tail):
        if start in outs:
            outs[start].append(row)
    for (first,) in (chain for chain in copies.number if len(chain) == 1):
        head[first] = copies.number[first,]
    for chain, copy in copies.number.items():
        for row in outs[node[copy]]:
            bans += [(len(tail), turn) for turn in copies.forbidden((*chain, row))]
            there = copies.after((*chain, row))
            tail.append(copy)
            head.append(int(network.edge_to[row]) if there is None else there)
            edge.append(row)
    for split in outs:
        end[split] = len(node)
        sources = [split, *(copy for copy in copies.number.values() if node[copy] == split)]
        node.append(split)
        tail += sources
        head += [end[split]] * len(sources)
        edge += [NO_EDGE] * len(sources)
    ban = np.array(bans, dtype=np.int64).reshape(-1, 2)
    return Arcs(_ints(tail), _ints(head), _ints(edge), _ints(node), _ints(end), ban[:, 0], ban[:, 1])


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


class Topology:
    """What all finders of one network share: its graph and hierarchy, computed once.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    order : sequence of int, optional
        Node order of the hierarchy as saved earlier; computed if absent or of another graph.
    """

    def __init__(self, network: RoadNetwork, order: Sequence[int] | None = None) -> None:
        self.arcs = make_arcs(network)
        self.tail, self.head = self.arcs.tail.tolist(), self.arcs.head.tolist()
        self.end = self.arcs.end.tolist()
        self.node_count = len(self.arcs.node)
        self._users = network.edge_users
        self._turn_users = network.turn_users
        self._from_min, self._to_min = network.turn_from_min, network.turn_to_min
        lon, lat = network.node_lon[self.arcs.node], network.node_lat[self.arcs.node]
        self.cch, self.order = CchEngine.hierarchy(self.tail, self.head, (lon, lat), order)

    def closed_arcs(self, vehicle: Vehicle, minute: int | None) -> Ints:
        """Return the arcs that a vehicle may not take.

        Parameters
        ----------
        vehicle : Vehicle
            Who drives.
        minute : int or None
            Of the day; ``None`` counts only the turns that are forbidden all day.

        Returns
        -------
        ndarray of int
            Rows of arcs.
        """
        begin, end = self._from_min, self._to_min
        holds = (self._turn_users & int(vehicle)) > 0
        holds &= (end - begin >= 24 * 60) if minute is None else (begin <= minute) & (minute < end)
        arcs = self.arcs
        barred = (arcs.edge >= 0) & ((self._users[arcs.edge] & int(vehicle)) == 0)
        return np.concatenate((np.flatnonzero(barred), arcs.ban_arc[holds[arcs.ban_turn]]))


_topologies: "WeakKeyDictionary[RoadNetwork, Topology]" = WeakKeyDictionary()
_lock = threading.Lock()


def topology_of(network: RoadNetwork, order: Sequence[int] | None = None) -> Topology:
    """Return the graph and hierarchy of a network; the first call computes them.

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
