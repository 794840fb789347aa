"""From reports of vehicles to the edges they drove: metres and seconds on each, apart what they stood for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from routing.congestion.probes import ProbeWatch
from routing.congestion.settings import EstimateSettings
from routing.congestion.share import NOWHERE, End, Stand, Traversal, share_out
from routing.matching.stream import Batch, Matches, StreamMatcher
from routing.network.graph import Ints, RoadNetwork
from routing.network.stops import StopPlaces
from routing.paths import PathFinder
from schemas.position import BusPosition
from schemas.trip import Phase

NOT_DRIVING = frozenset({Phase.LAYOVER, Phase.AT_DEPOT})
NO_LINE = NOT_DRIVING | {Phase.DEADHEAD, Phase.DETOUR}
MOST_WAYS = 200_000
# A bus drives its line where that is this likely, and it is no farther from it (it may go round).
SURE_OF_LINE, BESIDE_LINE_M = 0.7, 50.0
LEAST_M = 0.5


LineEdges = Mapping[tuple[str, int | None], Ints]


@dataclass(frozen=True, slots=True)
class _Report:
    """A report that waits for its match."""

    position: BusPosition
    x_m: float
    y_m: float
    speed_mps: float
    at_stop: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """The newest matched report of a vehicle."""

    report: _Report
    edge: int
    along_m: float
    sure: float


class Observer:
    """Follows every vehicle on the roads, by the matcher of streams, and says what it drove.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    settings : EstimateSettings
        Gaps, standing, stops, and how long a report waits for what follows.
    stops : StopPlaces
        Stops, where standing is no sign of traffic.
    at_signal : ndarray of bool, shape (edges,)
        Edges that end at a signal.
    """

    def __init__(
        self, network: RoadNetwork, settings: EstimateSettings, stops: StopPlaces, at_signal: Sequence[bool]
    ) -> None:
        self._network = network
        self._set = settings
        self.stops = stops
        self._at_signal = at_signal
        self._matcher = StreamMatcher(network, settings.match_lag_s)
        self._line_row: dict[tuple[str, int | None], int] = {}
        self._x_m, self._y_m = network.to_xy(network.point_lon, network.point_lat)
        self._finder = PathFinder(network, network.edge_length_m)
        self._ways: dict[tuple[int, int], Ints | None] = {}
        self._waiting: dict[int, _Report] = {}
        self._heard: dict[str, int] = {}
        self._place: dict[str, _Place] = {}
        self.watch = ProbeWatch(settings)

    def observe(self, positions: Sequence[BusPosition], now_ms: int) -> list[Traversal]:
        """Take reports in order of time and say what is known by now to have been driven.

        Parameters
        ----------
        positions : sequence of BusPosition
            Sorted by time; a report not newer than the last of its vehicle is ignored.
        now_ms : int
            A vehicle that was silent for longer than a gap is decided with what there is.

        Returns
        -------
        list of Traversal
            In order of time, some of reports of earlier calls.
        """
        fresh = [position for position in positions if self._is_fresh(position)]
        found: list[tuple[_Report, int, float, float]] = []
        fresh.sort(key=lambda p: (p.source, p.time_ms, p.vehicle_id))
        for source, group in groupby(fresh, key=lambda p: p.source):
            found += self._match(source, list(group))
        silent = [name for name, at in self._heard.items() if now_ms - at > self._set.max_gap_s * 1000]
        if silent:
            found += self._decided(self._matcher.flush(silent))
            for name in silent:
                del self._heard[name]
        found.sort(key=lambda item: (item[0].position.time_ms, item[0].position.vehicle_id))
        return [traversal for item in found for traversal in self._follow(*item)]

    def _is_fresh(self, position: BusPosition) -> bool:
        if position.time_ms <= self._heard.get(position.vehicle_id, -1):
            return False
        self._heard[position.vehicle_id] = position.time_ms
        return True

    def _match(self, source: str, positions: list[BusPosition]) -> list[tuple[_Report, int, float, float]]:
        lon, lat = np.array([p.lon for p in positions]), np.array([p.lat for p in positions])
        speed = np.array([np.nan if p.speed_mps is None else p.speed_mps for p in positions])
        if not self.watch.believes_speeds(source):
            speed[:] = np.nan
        speed[~((speed >= 0.0) & (speed <= self._set.max_bus_mps))] = np.nan
        heading = np.array([np.nan if p.heading_deg is None else p.heading_deg for p in positions])
        x, y = self._network.to_xy(lon, lat)
        near = np.zeros(len(x), np.bool_)
        if source not in self._set.car_sources:
            near = self.stops.near(x, y, self._set.stop_radius_m, [p.assignment.route_id for p in positions])
        rows = zip(positions, x.tolist(), y.tolist(), speed.tolist(), near.tolist(), strict=True)
        for number, (position, *of) in enumerate(rows, start=self._matcher.given):
            self._waiting[number] = _Report(position, *of)
        names = [p.vehicle_id for p in positions]
        time_s = np.array([p.time_ms for p in positions]) / 1000.0
        line = np.array([self._line_of(p) for p in positions])
        return self._decided(self._matcher.step(Batch(names, time_s, lon, lat, speed, heading, line), source))

    def know_lines(self, lines: LineEdges) -> None:
        """Take the edges of each route and direction."""
        self._line_row = {key: row for row, key in enumerate(lines)}
        self._matcher.know_lines(list(lines.values()))

    def _line_of(self, position: BusPosition) -> int:
        """Return the row of the line that a bus surely drives, -1 where none is."""
        said = position.assignment
        drives = said.phase not in NO_LINE and said.probability >= SURE_OF_LINE
        if said.route_id is None or not drives or (said.off_route_m or 0.0) > BESIDE_LINE_M:
            return -1
        return self._line_row.get((said.route_id, said.direction_id), -1)

    def _decided(self, matches: Matches) -> list[tuple[_Report, int, float, float]]:
        columns = (matches.number, matches.edge, matches.along_m, matches.probability)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [(self._waiting.pop(number), edge, along, sure) for number, edge, along, sure in rows]

    def _follow(self, report: _Report, edge: int, along_m: float, sure: float) -> Iterable[Traversal]:
        """Go on from a vehicle's place before to the one it was matched to."""
        vehicle = report.position.vehicle_id
        before = self._place.pop(vehicle, None)
        self.watch.place(report.position.source, on_road=edge >= 0)
        if edge < 0:
            return []
        now = self._place[vehicle] = _Place(report, edge, along_m, sure)
        if before is None or report.position.assignment.phase in NOT_DRIVING:
            return []
        seconds = (report.position.time_ms - before.report.position.time_ms) / 1000.0
        if not 0 < seconds <= self._set.max_gap_s or min(before.sure, sure) < self._set.min_sure:
            return []
        parts = self._parts(before, now)
        metres = sum(part[1] for part in parts)
        straight = float(np.hypot(report.x_m - before.report.x_m, report.y_m - before.report.y_m))
        trusted = self.watch.judge(report.position.source, vehicle, metres, straight, seconds, report.speed_mps)
        if not parts or not trusted or metres / seconds > self._set.max_bus_mps:
            return []
        ends = self._end(before.report, metres), self._end(report, metres)
        return share_out(parts, seconds, ends, self._stamp(report), self._at_signal, self._set)

    def _end(self, report: _Report, metres: float) -> End:
        slow = metres <= self._set.standing_m or report.speed_mps < self._set.standing_mps
        door = report.position.door_open is True
        stand = Stand.STOP if slow and (report.at_stop or door) else Stand.ROAD if slow else Stand.NONE
        return End(report.speed_mps, stand)

    def _stamp(self, report: _Report) -> Traversal:
        """Return a traversal that has everything but what was driven."""
        position = report.position
        return Traversal(
            edge=-1, time_ms=position.time_ms, vehicle_id=position.vehicle_id, distance_m=0.0, seconds=0.0,
            source=position.source, is_bus=position.source not in self._set.car_sources,
        )  # fmt: skip

    def _parts(self, before: _Place, now: _Place) -> list[tuple[int, float]]:
        """Return the edges driven with the metres driven on each."""
        ahead = now.along_m - before.along_m
        if before.edge == now.edge and ahead >= -self._set.slip_back_m:
            return [(now.edge, max(ahead, 0.0))]
        way = self._way(int(self._network.edge_to[before.edge]), int(self._network.edge_from[now.edge]))
        if way is None:
            return []
        rest = max(float(self._network.edge_length_m[before.edge]) - before.along_m, 0.0)
        middle = [(edge, float(self._network.edge_length_m[edge])) for edge in way.tolist()]
        *parts, last = self._with_junctions([(before.edge, rest), *middle, (now.edge, now.along_m)])
        return [*(part for part in parts if part[1] > LEAST_M), last]

    def _with_junctions(self, parts: list[tuple[int, float]]) -> Iterable[tuple[int, float]]:
        """Put the metres between the end of one edge and the begin of the next where the network draws neither."""
        first, last = self._network.point_offset, self._network.point_offset[1:] - 1
        for number, (edge, metres) in enumerate(parts):
            if number:
                a, b = int(last[parts[number - 1][0]]), int(first[edge])
                yield NOWHERE, float(np.hypot(self._x_m[b] - self._x_m[a], self._y_m[b] - self._y_m[a]))
            yield edge, metres

    def _way(self, start: int, end: int) -> Ints | None:
        """Return the shortest way between two nodes; buses take the same ones again and again."""
        if (start, end) not in self._ways:
            if len(self._ways) >= MOST_WAYS:
                self._ways.clear()
            path = self._finder.shortest(start, end)
            self._ways[start, end] = None if path is None else path.edges
        return self._ways[start, end]

    def forget(self, before_ms: int) -> None:
        """Let go of vehicles not heard of since a time."""
        self._place = {v: p for v, p in self._place.items() if p.report.position.time_ms >= before_ms}
