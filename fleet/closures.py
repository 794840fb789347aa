"""What a closed road does to bus lines: which pass it, how they may go round, what that costs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fleet.gtfs.patterns import Pattern
from fleet.gtfs.timetable import Timetable
from routing.network.graph import RoadNetwork
from routing.network.index import EdgeIndex, turn_deg
from routing.network.vehicles import Vehicle
from routing.paths import PathFinder

Floats = NDArray[np.float64]
STEP_M = 15.0
BESIDE_M = 20.0
ALIGNED_DEG = 40.0
# So much of a closed edge must lie under a line for the line to pass it.
UNDER = 0.6
# Passes of one line that lie closer together are one: it would not come back in between.
GAP_M = 400.0
MARGIN_M = 10.0
STOP_ROAD_M = 35.0


class Pass(NamedTuple):
    """A line passes closed roads from a metre of its shape to another."""

    pattern: int
    from_m: float
    to_m: float


@dataclass(frozen=True)
class Detour:
    """How one direction of a line goes round: between which of its stops (rows of its pattern), over which edges.

    ``extra_s`` is what it costs beyond the usual way between the two stops; ``None`` with no ``edges`` where there is
    no way round, or the closed road holds an end of the line. The stops between the two are missed.
    """

    passed: Pass
    leave: int | None
    back: int | None
    edges: tuple[int, ...]
    extra_s: float | None


class Closures:
    """The lines of a timetable on a network; made once, asked often.

    Parameters
    ----------
    timetable : Timetable
        Lines whose shape is drawn; others pass no road that could be known.
    network : RoadNetwork
        The roads.
    """

    def __init__(self, timetable: Timetable, network: RoadNetwork) -> None:
        self._patterns = {pattern.index: pattern for pattern in timetable.patterns if pattern.drawn}
        self._timetable, self._network = timetable, network
        self._index = EdgeIndex(network, Vehicle.BUS)
        self.undrawn = len(timetable.patterns) - len(self._patterns)
        parts = [self._samples(pattern) for pattern in self._patterns.values()]
        rows = np.concatenate(parts) if parts else np.empty((0, 5))
        self._of, self._along, self._heading = rows[:, 0].astype(int), rows[:, 1], rows[:, 4]
        self._tree = cKDTree(rows[:, 2:4])

    def _samples(self, pattern: Pattern) -> Floats:
        """Return pattern, metre, x, y, heading of places along a shape, in the network's frame."""
        along = np.linspace(0.0, pattern.length_m, max(2, int(pattern.length_m / STEP_M)))
        x, y, heading = self._at(pattern, along)
        return np.column_stack((np.full(len(along), pattern.index), along, x, y, heading))

    def _at(self, pattern: Pattern, along: Floats) -> tuple[Floats, Floats, Floats]:
        ends = [np.clip(along + d, 0.0, pattern.length_m) for d in (-STEP_M / 2, 0.0, STEP_M / 2)]
        xy = []
        for end in ends:
            lonlat = self._timetable.frame.to_degrees(
                np.interp(end, pattern.along_m, pattern.x), np.interp(end, pattern.along_m, pattern.y)
            )
            xy.append(self._network.to_xy(*lonlat))
        (x0, y0), (x, y), (x1, y1) = xy
        return x, y, np.degrees(np.arctan2(x1 - x0, y1 - y0)) % 360.0

    def passes(self, closed: Iterable[int]) -> list[Pass]:
        """Return which lines pass closed edges, and where."""
        found: dict[int, list[tuple[float, float]]] = {}
        for edge in closed:
            for pattern, rows in self._under(edge):
                found.setdefault(pattern, []).append((float(self._along[rows].min()), float(self._along[rows].max())))
        return [Pass(p, *span) for p in sorted(found) for span in _joined(found[p])]

    def _under(self, edge: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield the patterns that lie over an edge in its direction, each with its samples there, pass by pass."""
        xy = self._network.xy_of(edge)
        metres = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))))
        marks = np.linspace(0.0, metres[-1], max(3, int(metres[-1] / STEP_M) + 1))
        x, y = np.interp(marks, metres, xy[:, 0]), np.interp(marks, metres, xy[:, 1])
        piece = np.clip(np.searchsorted(metres, marks, side="right") - 1, 0, len(xy) - 2)
        dx, dy = np.diff(xy, axis=0)[piece].T
        heading = np.degrees(np.arctan2(dx, dy)) % 360.0
        near: Any = self._tree.query_ball_point(np.column_stack((x, y)), BESIDE_M)
        mark = np.repeat(np.arange(len(marks)), [len(rows) for rows in near])
        row = np.array([r for rows in near for r in rows], dtype=np.int64)
        good = turn_deg(self._heading[row], heading[mark]) <= ALIGNED_DEG
        mark, row = mark[good], row[good]
        for pattern in np.unique(self._of[row]).tolist():
            mine = self._of[row] == pattern
            order = np.argsort(self._along[row[mine]], kind="stable")
            marks_of, rows_of = mark[mine][order], row[mine][order]
            cuts = np.flatnonzero(np.diff(self._along[rows_of]) > 4 * STEP_M) + 1
            for marked, rows in zip(np.split(marks_of, cuts), np.split(rows_of, cuts), strict=True):
                if len(set(marked.tolist())) >= UNDER * len(marks):
                    yield pattern, rows

    def detours(self, closed: Sequence[int], finder: PathFinder) -> list[Detour]:
        """Return how every line that passes closed edges goes round them.

        Parameters
        ----------
        closed : sequence of int
            Rows of edges.
        finder : PathFinder
            Of buses, on seconds.

        Returns
        -------
        list of Detour
            One a pass, by pattern.
        """
        return [self._round(passed, frozenset(closed), finder) for passed in self.passes(closed)]

    def _round(self, passed: Pass, closed: frozenset[int], finder: PathFinder) -> Detour:
        pattern = self._patterns[passed.pattern]
        stops_m = pattern.stop_distance_m
        before = np.flatnonzero(stops_m < passed.from_m - MARGIN_M)[::-1].tolist()
        after = np.flatnonzero(stops_m > passed.to_m + MARGIN_M).tolist()
        leave, start = self._road_of(pattern, before, closed)
        back, end = self._road_of(pattern, after, closed)
        if start is None or end is None:
            return Detour(passed, leave, back, (), None)
        edge_to, edge_from = int(self._network.edge_to[start]), int(self._network.edge_from[end])
        path = finder.shortest(edge_to, edge_from, closed)
        usual = finder.cost(edge_to, edge_from)
        if path is None or np.isinf(usual):
            return Detour(passed, leave, back, (), None)
        edges = (start, *path.edges.tolist(), end)
        return Detour(passed, leave, back, edges, round(path.cost - usual, 1))

    def _road_of(self, pattern: Pattern, stops: list[int], closed: frozenset[int]) -> tuple[int | None, int | None]:
        """Return the first of some stops that lies on an open road, and that road."""
        for stop in stops:
            x, y, heading = self._at(pattern, pattern.stop_distance_m[[stop]])
            near = self._index.near_xy(x, y, STOP_ROAD_M)
            fits = turn_deg(near.heading_deg, heading) <= ALIGNED_DEG
            for edge in near.edge[fits].tolist():
                if edge not in closed:
                    return stop, edge
        return None, None


def _joined(spans: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    begin, end = min(spans)
    for low, high in sorted(spans):
        if low > end + GAP_M:
            yield begin, end
            begin = low
        end = max(end, high) if low <= end + GAP_M else high
    yield begin, end
