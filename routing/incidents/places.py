"""Which pieces of road are one place: those within some hundred metres along the road, up or down."""

from collections import defaultdict
from functools import cache

from routing.network.graph import RoadNetwork


class Places:
    """Neighbours of edges along the road.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    merge_m : float
        How far one place reaches.
    """

    def __init__(self, network: RoadNetwork, merge_m: float) -> None:
        self._start, self._end = network.edge_from.tolist(), network.edge_to.tolist()
        self._length = network.edge_length_m.tolist()
        self._reach = merge_m
        self._out: dict[int, list[int]] = defaultdict(list)
        self._in: dict[int, list[int]] = defaultdict(list)
        for edge, (start, end) in enumerate(zip(self._start, self._end, strict=True)):
            self._out[start].append(edge)
            self._in[end].append(edge)
        self.near = cache(self._near)

    def upstream(self, edge: int) -> list[int]:
        """List the edges that lead into an edge, its own other direction apart."""
        return [e for e in self._in[self._start[edge]] if self._start[e] != self._end[edge]]

    def downstream(self, edge: int) -> list[int]:
        """List the edges that an edge leads into, its own other direction apart."""
        return [e for e in self._out[self._end[edge]] if self._end[e] != self._start[edge]]

    def _near(self, edge: int) -> frozenset[int]:
        found = {edge}
        for step in (self.upstream, self.downstream):
            reached, todo = {edge: 0.0}, [edge]
            while todo:
                here = todo.pop()
                for there in step(here):
                    far = reached[here] + self._length[there] / 2 + self._length[here] / 2
                    if far <= self._reach and far < reached.get(there, self._reach + 1.0):
                        reached[there] = far
                        todo.append(there)
            found |= reached.keys()
        return frozenset(found)
