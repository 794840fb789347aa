"""From reports of a bus to the edges it drove: metres and seconds on each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from routing.congestion.settings import EstimateSettings
from routing.matching.model import IMPOSSIBLE, Places, RoadModel
from routing.network.graph import Floats
from schemas.position import BusPosition
from schemas.trip import Phase

NOT_DRIVING = frozenset({Phase.LAYOVER, Phase.AT_DEPOT})


@dataclass(frozen=True, slots=True)
class Traversal:
    """What one bus drove of one edge between two reports: metres in seconds, until ``time_ms``; then it was at x, y."""

    edge: int
    time_ms: int
    vehicle_id: str
    route_id: str | None
    distance_m: float
    seconds: float
    x_m: float = 0.0
    y_m: float = 0.0


@dataclass(frozen=True)
class _Seen:
    """The newest report of a bus with its candidates and their scores."""

    time_ms: int
    x_m: float
    y_m: float
    places: Places
    score: Floats
    dwelling: bool


class Observer:
    """Follows every bus on the roads and says what it drove.

    Parameters
    ----------
    roads : RoadModel
        Candidates and transitions.
    settings : EstimateSettings
        Gaps, standing, stops.
    stops_lonlat : ndarray, shape (n, 2), optional
        Stops, where standing is no sign of traffic.
    """

    def __init__(self, roads: RoadModel, settings: EstimateSettings, stops_lonlat: Floats | None = None) -> None:
        self._roads = roads
        self._set = settings
        self._seen: dict[str, _Seen] = {}
        self.know_stops(stops_lonlat)

    def know_stops(self, stops_lonlat: Floats | None) -> None:
        """Take the places of stops, as after a change of the timetable; buses are followed on."""
        self._stops: cKDTree | None = None
        if stops_lonlat is not None and len(stops_lonlat):
            xy = self._roads.network.to_xy(stops_lonlat[:, 0], stops_lonlat[:, 1])
            self._stops = cKDTree(np.column_stack(xy))

    def observe(self, positions: Sequence[BusPosition]) -> list[Traversal]:
        """Take reports in order of time and say what was driven since the last ones.

        Parameters
        ----------
        positions : sequence of BusPosition
            Sorted by time; a report not newer than the last of its bus is ignored.

        Returns
        -------
        list of Traversal
            In the order of the reports.
        """
        if not positions:
            return []
        x, y = self._roads.network.to_xy(np.array([p.lon for p in positions]), np.array([p.lat for p in positions]))
        speed = np.array([np.nan if p.speed_mps is None else p.speed_mps for p in positions])
        heading = np.array([np.nan if p.heading_deg is None else p.heading_deg for p in positions])
        places = self._roads.candidates(x, y, speed, heading)
        at_stop = self._at_stop(x, y)
        out: list[Traversal] = []
        for row, position in enumerate(positions):
            slow = not speed[row] >= self._set.standing_mps
            seen = _Seen(
                time_ms=position.time_ms,
                x_m=float(x[row]),
                y_m=float(y[row]),
                places=places[row],
                score=places[row].log_p,
                dwelling=position.door_open is True or bool(at_stop[row] and slow),
            )
            out += self._follow(position, seen)
        return out

    def _at_stop(self, x_m: Floats, y_m: Floats) -> Floats:
        if self._stops is None:
            return np.zeros(len(x_m), dtype=bool)
        distance, _ = self._stops.query(np.column_stack((x_m, y_m)))
        return np.asarray(distance <= self._set.stop_radius_m)

    def _follow(self, position: BusPosition, now: _Seen) -> list[Traversal]:
        vehicle = position.vehicle_id
        before = self._seen.get(vehicle)
        if before is not None and now.time_ms <= before.time_ms:
            return []
        self._seen[vehicle] = now
        if before is None or not len(before.places) or not len(now.places):
            return []
        seconds = (now.time_ms - before.time_ms) / 1000.0
        if seconds > self._set.max_gap_s or position.assignment.phase in NOT_DRIVING:
            return []
        straight = float(np.hypot(now.x_m - before.x_m, now.y_m - before.y_m))
        log_p, road = self._roads.transitions(before.places, now.places, straight, seconds)
        total = before.score[:, None] + log_p
        start = np.argmax(total, axis=0)
        score = total[start, np.arange(len(now.places))] + now.places.log_p
        best = int(np.argmax(score))
        if score[best] <= IMPOSSIBLE / 2:
            return []
        score = score - score[best]
        self._seen[vehicle] = _Seen(now.time_ms, now.x_m, now.y_m, now.places, score, now.dwelling)
        sure = 1.0 / float(np.exp(score).sum())
        a, metres = int(start[best]), float(road[start[best], best])
        if sure < self._set.min_sure or self._is_stop_time(before, now, metres, straight):
            return []
        if metres / seconds > self._set.max_bus_mps:
            return []
        parts = self._parts(before.places, a, now.places, best, metres)
        return self._split(parts, position, seconds, now)

    def _is_stop_time(self, before: _Seen, now: _Seen, metres: float, straight_m: float) -> bool:
        """Tell whether time at a stop lies in a pair of reports."""
        if before.dwelling or now.dwelling:
            return True
        if metres > self._set.standing_m or straight_m > self._set.standing_m or self._stops is None:
            return False
        return bool(self._at_stop(np.array([now.x_m]), np.array([now.y_m]))[0])

    def _parts(self, here: Places, a: int, there: Places, b: int, metres: float) -> list[tuple[int, float]]:
        """Return the edges driven with the metres driven on each."""
        network = self._roads.network
        start, end = int(here.edge[a]), int(there.edge[b])
        ahead = float(there.along_m[b] - here.along_m[a])
        if start == end and ahead >= -self._roads.model.slip_back_m:
            return [(start, metres)]
        path = self._roads.finder.shortest(int(network.edge_to[start]), int(network.edge_from[end]))
        if path is None:
            return []
        rest = max(float(network.edge_length_m[start]) - float(here.along_m[a]), 0.0)
        middle = [(edge, float(network.edge_length_m[edge])) for edge in path.edges.tolist()]
        parts = [(start, rest), *middle, (end, float(there.along_m[b]))]
        return [part for part in parts if part[1] > 0.5]

    def _split(
        self, parts: list[tuple[int, float]], position: BusPosition, seconds: float, now: _Seen
    ) -> list[Traversal]:
        """Share the seconds among the edges as their free speeds would."""
        free = self._roads.network.edge_free_mps
        shares = [max(metres, 0.01) / float(free[edge]) for edge, metres in parts]
        whole = sum(shares)
        route = position.assignment.route_id
        return [
            Traversal(
                edge, position.time_ms, position.vehicle_id, route, metres, seconds * share / whole, now.x_m, now.y_m
            )
            for (edge, metres), share in zip(parts, shares, strict=True)
        ]

    def forget(self, before_ms: int) -> None:
        """Let go of buses not heard of since a time."""
        self._seen = {vehicle: seen for vehicle, seen in self._seen.items() if seen.time_ms >= before_ms}
