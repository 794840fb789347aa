"""The two ways a shortest path is found: a customisable contraction hierarchy, and SciPy's Dijkstra."""

import itertools
import threading
import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.network.graph import Floats, Ints

INFINITE = 2_147_483_647


class _Searches:
    """What one thread searches one weighing with; the library lets it be used, and let go, by that thread alone."""

    def __init__(self, metric: Any) -> None:
        import routingkit_cch

        self.query = routingkit_cch.CCHQuery(metric)
        self.many: Any = None


class _OfThread(threading.local):
    """A thread's searches by the number of their engine."""

    def __init__(self) -> None:
        self.searches: dict[int, _Searches] = {}


_mine = _OfThread()
_numbers = itertools.count()
_living: "weakref.WeakValueDictionary[int, CchEngine]" = weakref.WeakValueDictionary()


class CchEngine:
    """Queries on a customisable contraction hierarchy (routingkit-cch).

    One query at a time, and its result must be let go before the next: the
    caller holds a lock. Any thread may ask, and let the engine go: each searches with its own, and lets go of those of
    engines that are gone when it needs another, or ends.

    Parameters
    ----------
    cch : routingkit_cch.CCH
        The hierarchy of the network.
    weights : ndarray of int
        Cost of each arc; `INFINITE` is closed.
    """

    def __init__(self, cch: Any, weights: Ints) -> None:
        import routingkit_cch

        self._metric = routingkit_cch.CCHMetric(cch, weights.tolist())
        self._number = next(_numbers)
        _living[self._number] = self

    def _searches(self) -> _Searches:
        found = _mine.searches.get(self._number)
        if found is None:
            for gone in [number for number in _mine.searches if number not in _living]:
                del _mine.searches[gone]
            found = _mine.searches[self._number] = _Searches(self._metric)
        return found

    @staticmethod
    def hierarchy(
        tail: list[int], head: list[int], lonlat: tuple[Floats, Floats], order: Sequence[int] | None
    ) -> tuple[Any, list[int]]:
        """Compute the hierarchy; ``(None, [])`` where the library cannot be loaded.

        Parameters
        ----------
        tail, head : list of int
            Nodes each arc leaves and reaches.
        lonlat : tuple of ndarray
            Degrees of the nodes.
        order : sequence of int, optional
            Node order computed earlier.

        Returns
        -------
        cch : routingkit_cch.CCH or None
            The hierarchy.
        order : list of int
            Its node order.
        """
        try:
            import routingkit_cch
        except ImportError:
            return None, []
        count = len(lonlat[0])
        if order is None or len(order) != count:
            lon, lat = (degrees.tolist() for degrees in lonlat)
            order = routingkit_cch.compute_order_inertial(count, tail, head, lat, lon)
        return routingkit_cch.CCH(list(order), tail, head, False), list(order)

    def cost(self, start: int, end: int) -> int | None:
        """Return the cost of a cheapest path; ``None`` where there is none."""
        distance = self._searches().query.run(start, end).distance
        return None if distance is None or distance >= INFINITE else int(distance)

    def path(self, start: int, end: int) -> tuple[int, list[int]] | None:
        """Return the cost and the arcs of a cheapest path; ``None`` where there is none."""
        result = self._searches().query.run(start, end)
        distance = result.distance
        if distance is None or distance >= INFINITE:
            return None
        return distance, list(result.arc_path)

    def table(self, starts: Sequence[int], ends: Sequence[int]) -> Floats:
        """Return the costs from each start to each end; ``inf`` where there is no path."""
        import routingkit_cch

        searches = self._searches()
        if searches.many is None:
            searches.many = routingkit_cch.CCHOneToMany(self._metric, list(ends))
        else:
            searches.many.repin_targets(list(ends))
        rows = [searches.many.distances_from(start) for start in starts]
        table = np.array([[np.inf if d is None else d for d in row] for row in rows], dtype=float)
        return np.where(table >= INFINITE, np.inf, table).reshape(len(starts), len(ends))


class ScipyEngine:
    """Queries by SciPy's Dijkstra: slower, without any further library.

    Parameters
    ----------
    tail, head : list of int
        Nodes each arc leaves and reaches.
    node_count : int
        How many nodes there are.
    weights : ndarray of int
        Cost of each arc; `INFINITE` is closed.
    """

    def __init__(self, tail: list[int], head: list[int], node_count: int, weights: Ints) -> None:
        start, end = np.array(tail), np.array(head)
        order = np.lexsort((np.arange(len(start)), weights, end, start))
        order = order[weights[order] < INFINITE]
        start, end = start[order], end[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
        self._edge = order[first]
        self._start, self._end, self._count = start[first], end[first], node_count
        offsets = np.searchsorted(self._start, np.arange(node_count + 1))
        shape = (node_count, node_count)
        self._graph = csr_array((weights[self._edge].astype(float), self._end, offsets), shape=shape)
        self._offsets = offsets

    def cost(self, start: int, end: int) -> int | None:
        """Return the cost of a cheapest path; ``None`` where there is none."""
        found = self.path(start, end)
        return None if found is None else found[0]

    def path(self, start: int, end: int) -> tuple[int, list[int]] | None:
        """Return the cost and the arcs of a cheapest path; ``None`` where there is none."""
        search: Any = dijkstra
        distance, before = search(self._graph, indices=start, return_predecessors=True)
        if np.isinf(distance[end]):
            return None
        edges = []
        node = end
        while node != start:
            earlier = int(before[node])
            low, high = self._offsets[earlier], self._offsets[earlier + 1]
            edges.append(int(self._edge[low + int(np.searchsorted(self._end[low:high], node))]))
            node = earlier
        return round(float(distance[end])), edges[::-1]

    def table(self, starts: Sequence[int], ends: Sequence[int]) -> Floats:
        """Return the costs from each start to each end; ``inf`` where there is no path."""
        rows = dijkstra(self._graph, indices=np.asarray(starts, dtype=int))
        return np.asarray(rows[:, np.asarray(ends, dtype=int)], dtype=float)
