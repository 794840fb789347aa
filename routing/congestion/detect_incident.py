"""Incident candidates: several buses slow against the edge's own usual, off their stops, for minutes.

One candidate a place: slow edges near each other are one. A signal may hold a bus,
so an edge that ends at one must be slower still.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.congestion.settings import EstimateSettings
from routing.network.graph import RoadNetwork
from schemas.incident import Incident, IncidentEvidence, IncidentState
from schemas.text import Text

KIND = "unusual_slowness"
SOURCE = "estimate"
UPDATE_EVERY_MS = 60_000
MAX_PROBABILITY = 0.95


@dataclass(frozen=True, slots=True)
class SlowEdge:
    """One edge whose buses are slow now; ``buses`` maps each slow bus to its route; x, y is where they are slowest."""

    edge: int
    speed_mps: float
    usual_mps: float
    buses: Mapping[str, str | None]
    x_m: float
    y_m: float


@dataclass(frozen=True, slots=True)
class _Place:
    """Slow edges that are one place, the slowest against its usual first."""

    edges: tuple[int, ...]
    speed_mps: float
    usual_mps: float
    buses: Mapping[str, str | None]
    since_ms: int
    x_m: float
    y_m: float


@dataclass(frozen=True, slots=True)
class _Open:
    """An incident that is not over: when it was last seen slow, and since then well."""

    incident: Incident
    edges: frozenset[int]
    x_m: float
    y_m: float
    slow_ms: int
    well_ms: int | None = None


class IncidentDetector:
    """Opens, renews and closes incident candidates.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    settings : EstimateSettings
        Shares, windows, distances.
    """

    def __init__(self, network: RoadNetwork, settings: EstimateSettings) -> None:
        self._network = network
        self._set = settings
        self._since: dict[int, tuple[int, int]] = {}
        self._open: dict[str, _Open] = {}

    def is_held(self, edge: int, now_ms: int) -> bool:
        """Tell whether an edge lies in a young incident, whose passes are not usual."""
        young_ms = self._set.learn_again_s * 1000
        return any(edge in o.edges and now_ms - o.incident.started_ms < young_ms for o in self._open.values())

    def step(self, slow: Sequence[SlowEdge], recovered: frozenset[int], now_ms: int) -> list[Incident]:
        """Take the edges that are slow at a time and those that are well again.

        Parameters
        ----------
        slow : sequence of SlowEdge
            Slow now.
        recovered : frozenset of int
            Edges with fresh data that move as usual.
        now_ms : int
            Event time; rising from call to call.

        Returns
        -------
        list of Incident
            Opened, renewed or closed ones, in the order of their ids.
        """
        changed: dict[str, Incident] = {}
        for place in self._places(slow, now_ms):
            known = self._find(place)
            if known is not None:
                self._renew(known, place, now_ms, changed)
            elif self._is_proved(place, now_ms):
                self._begin(place, now_ms, changed)
        for key, item in list(self._open.items()):
            self._end(key, item, recovered, now_ms, changed)
        return [changed[key] for key in sorted(changed)]

    def _places(self, slow: Sequence[SlowEdge], now_ms: int) -> list[_Place]:
        """Group slow edges that lie near each other, and remember since when each is slow."""
        grace_ms = self._set.slow_gap_s * 1000
        since = {edge: row for edge, row in self._since.items() if now_ms - row[1] <= grace_ms}
        for item in slow:
            since[item.edge] = (since.get(item.edge, (now_ms, now_ms))[0], now_ms)
        self._since = since
        todo = sorted(slow, key=lambda s: (s.speed_mps / s.usual_mps, s.edge))
        places = []
        while todo:
            chief = todo[0]
            near = [s for s in todo if math.hypot(s.x_m - chief.x_m, s.y_m - chief.y_m) <= self._set.place_radius_m]
            taken = {s.edge for s in near}
            todo = [s for s in todo if s.edge not in taken]
            buses = {bus: route for s in near for bus, route in s.buses.items()}
            started = min(since[s.edge][0] for s in near)
            edges = tuple(s.edge for s in near)
            places.append(_Place(edges, chief.speed_mps, chief.usual_mps, buses, started, chief.x_m, chief.y_m))
        return places

    def _find(self, place: _Place) -> _Open | None:
        """Find the open incident a place belongs to: one that shares an edge, else the nearest."""
        edges = set(place.edges)
        best: tuple[float, str] | None = None
        for key, item in self._open.items():
            away = 0.0 if edges & item.edges else math.hypot(item.x_m - place.x_m, item.y_m - place.y_m)
            if away <= self._set.place_radius_m and (best is None or (away, key) < best):
                best = (away, key)
        return None if best is None else self._open[best[1]]

    def _is_proved(self, place: _Place, now_ms: int) -> bool:
        long_enough = now_ms - place.since_ms >= self._set.slow_min_s * 1000
        return long_enough and len(place.buses) >= self._set.slow_min_buses

    def _begin(self, place: _Place, now_ms: int, changed: dict[str, Incident]) -> None:
        edge = place.edges[0]
        name = self._network.edge_ids[edge]
        digest = hashlib.sha256(f"{name}/{place.since_ms}".encode()).hexdigest()[:12]
        incident = self._told(place, f"slow-{digest}", now_ms)
        opened = _Open(incident, frozenset(place.edges), place.x_m, place.y_m, now_ms)
        self._open[incident.incident_id] = opened
        changed[incident.incident_id] = incident

    def _told(self, place: _Place, incident_id: str, now_ms: int, before: Incident | None = None) -> Incident:
        edge = place.edges[0]
        street = self._network.name_of(edge)
        buses = sorted({*place.buses, *(before.evidence.vehicle_ids if before else ())})
        routes = sorted({r for r in place.buses.values() if r} | set(before.evidence.route_ids if before else ()))
        ids = {self._network.edge_ids[e] for e in place.edges} | set(before.evidence.edge_ids if before else ())
        started = before.started_ms if before else place.since_ms
        share = 1.0 - place.speed_mps / place.usual_mps
        lon, lat = (before.lon, before.lat) if before else self._lonlat(place)
        return Incident(
            incident_id=incident_id,
            state=IncidentState.DETECTED,
            kind=KIND,
            lon=lon,
            lat=lat,
            started_ms=started,
            updated_ms=now_ms,
            probability=round(min(MAX_PROBABILITY, (1.0 - 0.6 ** len(buses)) * (0.4 + 0.6 * share)), 3),
            title=before.title
            if before
            else Text(
                vi=f"Nghi có sự cố trên {street}" if street else "Nghi có sự cố trên đường chưa có tên",
                en=f"Possible incident on {street}" if street else "Possible incident on a road without a name",
            ),
            why=_why(place, len(buses), len(routes), (now_ms - started) / 60_000),
            evidence=IncidentEvidence(
                edge_ids=tuple(sorted(ids)),
                vehicle_ids=tuple(buses),
                route_ids=tuple(routes),
                speed_mps=round(place.speed_mps, 2),
                usual_mps=round(place.usual_mps, 2),
            ),
            source=SOURCE,
        )

    def _lonlat(self, place: _Place) -> tuple[float, float]:
        lon, lat = self._network.to_lonlat(np.array([place.x_m]), np.array([place.y_m]))
        return round(float(lon[0]), 6), round(float(lat[0]), 6)

    def _renew(self, known: _Open, place: _Place, now_ms: int, changed: dict[str, Incident]) -> None:
        key = known.incident.incident_id
        edges = known.edges | set(place.edges)
        if now_ms - known.incident.updated_ms < UPDATE_EVERY_MS:
            self._open[key] = replace(known, edges=edges, slow_ms=now_ms, well_ms=None)
            return
        incident = self._told(place, key, now_ms, known.incident)
        self._open[key] = _Open(incident, edges, known.x_m, known.y_m, now_ms)
        changed[key] = incident

    def _end(self, key: str, item: _Open, recovered: frozenset[int], now_ms: int, changed: dict[str, Incident]) -> None:
        """Close an incident whose roads move again, or of which nothing was heard for long."""
        if now_ms > item.slow_ms and item.well_ms is None and item.edges & recovered:
            item = self._open[key] = replace(item, well_ms=now_ms)
        quiet_s = (now_ms - item.slow_ms) / 1000
        if quiet_s >= self._set.recover_s and item.well_ms is not None:
            why = Text(vi="Xe buýt qua đây đã chạy lại như thường lệ", en="Buses pass here at their usual speed again")
        elif quiet_s >= self._set.silent_s:
            why = Text(
                vi=f"Không còn xe buýt nào báo về từ đây trong {quiet_s / 60:.0f} phút",
                en=f"No bus has reported from here for {quiet_s / 60:.0f} min",
            )
        else:
            return
        del self._open[key]
        old = item.incident
        changed[key] = Incident(
            incident_id=key,
            state=IncidentState.CLOSED,
            kind=old.kind,
            lon=old.lon,
            lat=old.lat,
            started_ms=old.started_ms,
            updated_ms=now_ms,
            probability=old.probability,
            title=old.title,
            why=why,
            evidence=old.evidence,
            source=SOURCE,
        )


def _why(place: _Place, buses: int, routes: int, minutes: float) -> Text:
    share = round(100 * (1.0 - place.speed_mps / place.usual_mps))
    now, usual = place.speed_mps * 3.6, place.usual_mps * 3.6
    lines_vi = f" của {routes} tuyến" if routes else ""
    lines_en = f" of {routes} {'line' if routes == 1 else 'lines'}" if routes else ""
    return Text(
        vi=f"{buses} xe buýt{lines_vi} chậm hơn thường lệ {share} % trong {minutes:.0f} phút "
        f"(nay {now:.0f} km/h, thường {usual:.0f} km/h)",
        en=f"{buses} buses{lines_en} slower than their usual by {share} % for {minutes:.0f} min "
        f"(now {now:.0f} km/h, usually {usual:.0f} km/h)",
    )
