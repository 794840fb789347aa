"""Put forbidden turns onto a network: from ways of the map to edges that may not follow one another."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from routing.network.graph import Finding, RoadNetwork
from routing.network.restrictions import Restriction
from schemas.text import Text

# Ways between two junctions are rarely cut into more edges than this.
MOST_VIA_EDGES = 6


def place_turns(network: RoadNetwork, restrictions: Sequence[Restriction], unclear: int = 0) -> RoadNetwork:
    """Return the network with its forbidden turns.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    restrictions : sequence of Restriction
        As the map has them.
    unclear : int
        How many relations could not be understood.

    Returns
    -------
    RoadNetwork
        Its findings tell how many turns it has, and which could not be placed.
    """
    placer = _Placer(network)
    rows: list[tuple[tuple[int, ...], int, int, int]] = []
    lost = 0
    for restriction in restrictions:
        sequences = sorted(set(placer.sequences(restriction)))
        lost += not sequences
        rows += [(s, int(restriction.users), *window) for s in sequences for window in restriction.windows]
    rows = sorted(set(rows))
    return replace(
        network,
        turn_offset=np.concatenate(([0], np.cumsum([len(row[0]) for row in rows], dtype=np.int64))),
        turn_edge=np.array([edge for row in rows for edge in row[0]], dtype=np.int64),
        turn_users=np.array([row[1] for row in rows], dtype=np.int64),
        turn_from_min=np.array([row[2] for row in rows], dtype=np.int64),
        turn_to_min=np.array([row[3] for row in rows], dtype=np.int64),
        findings=(*network.findings, *_findings(len(rows), lost, unclear)),
    )


def _findings(turns: int, lost: int, unclear: int) -> list[Finding]:
    rows = (
        ("turns", turns, f"{turns} hướng rẽ bị cấm", f"{turns} turns are forbidden"),
        ("turns_lost", lost, f"{lost} lệnh cấm rẽ không tìm được chỗ trên mạng đường",
         f"{lost} turn restrictions lie on roads that are not in the network, or do not meet"),
        ("turns_unclear", unclear, f"{unclear} lệnh cấm rẽ không hiểu được nên không áp dụng",
         f"{unclear} turn restrictions could not be understood and are not kept to"),
    )  # fmt: skip
    return [Finding(code, count, Text(vi=vi, en=en)) for code, count, vi, en in rows if count]


class _Placer:
    """Finds the edges of ways at nodes."""

    def __init__(self, network: RoadNetwork) -> None:
        order = np.argsort(network.edge_from, kind="stable")
        self._order = order
        self._start = np.searchsorted(network.edge_from[order], np.arange(network.node_count + 1))
        self._from, self._to = network.edge_from.tolist(), network.edge_to.tolist()
        self._first = network.piece_way[network.piece_offset[:-1]].tolist()
        self._last = network.piece_way[network.piece_offset[1:] - 1].tolist()
        self._ways = [
            frozenset(network.piece_way[a:b].tolist())
            for a, b in zip(network.piece_offset[:-1].tolist(), network.piece_offset[1:].tolist(), strict=True)
        ]
        self._node_of = {osm: row for row, osm in enumerate(network.node_osm_id.tolist())}
        self._ending: dict[int, list[int]] = {}
        for edge, way in enumerate(self._last):
            self._ending.setdefault(way, []).append(edge)

    def outs(self, node: int) -> list[int]:
        """Return the edges that leave a node."""
        return list(self._order[self._start[node] : self._start[node + 1]].tolist())

    def sequences(self, restriction: Restriction) -> Iterator[tuple[int, ...]]:
        """Yield the edges that may not be driven one after another."""
        for way in restriction.from_ways:
            for edge in self._ending.get(way, ()):
                if restriction.via_node is not None and self._to[edge] != self._node_of.get(restriction.via_node):
                    continue
                for chain in self._chains((edge,), restriction):
                    yield from self._forbidden(chain) if restriction.only else (chain,)

    def _chains(self, begun: tuple[int, ...], restriction: Restriction) -> Iterator[tuple[int, ...]]:
        """Yield what leads from an edge over the ways between to the way at the end."""
        via = restriction.via_ways
        been = {self._to[edge] for edge in begun}
        for edge in self.outs(self._to[begun[-1]]):
            over = len(begun) > 1 or not via
            if over and self._first[edge] in restriction.to_ways and edge not in begun:
                yield (*begun, edge)
            elif via and len(begun) <= MOST_VIA_EDGES and self._ways[edge] <= set(via) and self._to[edge] not in been:
                yield from self._chains((*begun, edge), restriction)

    def _forbidden(self, chain: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Yield every way of leaving a chain that is the only one allowed."""
        for n in range(1, len(chain)):
            for edge in self.outs(self._to[chain[n - 1]]):
                if edge != chain[n]:
                    yield (*chain[:n], edge)
