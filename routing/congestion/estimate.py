"""The estimator: bus positions in, states of edges and incident candidates out, by event time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from routing.congestion.flow import CameraFlows, density_per_km, level_of_flow
from routing.congestion.fuse import CALLED_FROM, Fused, Fusion
from routing.congestion.history import EdgeHistory, Usual, bucket_of
from routing.congestion.levels import jam_factor, level_of
from routing.congestion.news import is_news
from routing.congestion.observe import LineEdges, Observer
from routing.congestion.probes import ProbeDoubt
from routing.congestion.settings import EstimateSettings
from routing.congestion.traffic import TrafficHistory
from routing.congestion.window import EdgeSpeed, EdgeWindows, Pass
from routing.incidents.camera import Count
from routing.incidents.detector import IncidentDetector
from routing.network.graph import Floats, Ints, RoadNetwork
from routing.network.stops import StopPlaces
from routing.network.tiles import to_unit
from schemas.edge import EdgeState, LevelOfService, RoadStates
from schemas.incident import Incident
from schemas.position import BusPosition

CELL_ZOOM = 14


class Estimator:
    """Estimates the speed of edges from buses, and finds where several are held.

    Time is event time: positions wait until the cycle they belong to is over, and are
    then taken in order of time and bus, so the order of their arrival changes nothing.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    stops_lonlat : ndarray, shape (n, 2), optional
        Stops, where standing is no sign of traffic.
    lines : mapping, optional
        Of each route the rows of its stops.
    history : EdgeHistory, optional
        Usual speeds learnt earlier; begins empty.
    traffic : TrafficHistory, optional
        Usual paces of traffic learnt earlier; begins empty.
    settings : EstimateSettings, optional
        Windows and shares.
    """

    def __init__(
        self,
        network: RoadNetwork,
        *,
        stops_lonlat: Floats | None = None,
        lines: Mapping[str, Ints] | None = None,
        history: EdgeHistory | None = None,
        traffic: TrafficHistory | None = None,
        settings: EstimateSettings | None = None,
    ) -> None:
        self.network = network
        self._set = settings or EstimateSettings()
        self.history = history or EdgeHistory(network.edge_free_mps, self._set.usual_min_passes)
        self._stops = StopPlaces(network, stops_lonlat, lines)
        self._cells = _cells_of(network)
        self._at_signal = ends_at_signal(network, self._set.signal_radius_m)
        self.traffic = traffic or TrafficHistory(network, np.array(self._at_signal))
        self._fusion = Fusion(network, self.traffic)
        self._flows = CameraFlows(network)
        # By which rain or water on the road slow traffic: one number, or one an edge.
        self.slowed: Floats | float = 1.0
        self.detector = IncidentDetector(network, stops=self._stops)
        self._waiting: list[BusPosition] = []
        self._lines: LineEdges = {}
        self._begin_anew()

    def know_stops(self, stops_lonlat: Floats | None, lines: Mapping[str, Ints] | None = None) -> None:
        """Take the places of stops (lon, lat), as after a change of the timetable; all else goes on."""
        self._stops = StopPlaces(self.network, stops_lonlat, lines)
        self._observer.stops = self._stops
        self.detector.know_stops(self._stops)

    def know_lines(self, lines: LineEdges) -> None:
        """Take the edges of each route and direction, as of a new timetable: its buses are likelier there."""
        self._lines = lines
        self._observer.know_lines(lines)

    def doubts(self) -> Iterable[ProbeDoubt]:
        """Return the sources of positions that are not believed, and why."""
        return self._observer.watch.doubts()

    @property
    def fused_ms(self) -> int | None:
        """When the field was last worked out, by event time."""
        field_ms = self._set.field_s * 1000
        return None if self.fused is None or self._done_ms is None else self._done_ms // field_ms * field_ms

    def driven_lately(self) -> Floats:
        """Return of each edge how many times its length was driven of late, all vehicles together."""
        out = np.zeros(self.network.edge_count)
        for edge, rows in self._windows.seen((self._done_ms or 0) - self._set.learn_s * 1000).items():
            out[edge] = sum(row.metres for row in rows) / max(float(self.network.edge_length_m[edge]), 10.0)
        return out

    def cells(self) -> list[str]:
        """Return the map cell of each edge."""
        return [f"{CELL_ZOOM}/{x}/{y}" for x, y in self._cells]

    def _begin_anew(self) -> None:
        """Forget the buses and what was told; keep what was learnt."""
        network = self.network
        self._observer = Observer(network, self._set, self._stops, self._at_signal)
        self._observer.know_lines(self._lines)
        self._windows = EdgeWindows(network.edge_length_m.tolist(), self._set.window_s, self._set.half_life_s)
        self._counts: list[Count] = []
        self.detector.begin_anew()
        self._done_ms: int | None = None
        self.fused: Fused | None = None
        self._flow_of: dict[int, float] = {}
        self._told: dict[int, EdgeState] = {}

    def step(
        self, positions: Sequence[BusPosition], now_ms: int, counts: Iterable[Count] = ()
    ) -> tuple[list[RoadStates], list[Incident]]:
        """Take positions and end every cycle that is over.

        Parameters
        ----------
        positions : sequence of BusPosition
            In any order; what lies more than two minutes ahead of ``now_ms`` is ignored.
        now_ms : int
            The city's time.
        counts : iterable of Count
            Intervals of cameras, in any order.

        Returns
        -------
        states : list of RoadStates
            Edges whose state changed, grouped by map cell, one cycle after the other.
        incidents : list of Incident
            Opened, renewed or closed candidates.
        """
        latest = now_ms + self._set.max_ahead_s * 1000
        self._waiting += [p for p in positions if p.time_ms <= latest]
        self._counts += [count for count in counts if count.end_ms <= latest]
        cycle_ms = self._set.cycle_s * 1000
        last = (now_ms - self._set.lag_s * 1000) // cycle_ms * cycle_ms
        if self._done_ms is not None and self._done_ms - last > self._set.window_s * 1000:
            self._begin_anew()  # the city's clock went back: another recorded day is played
        if self._done_ms is None or last - self._done_ms > self._set.window_s * 1000:
            self._done_ms = min([last - cycle_ms, *self._first_cycle(last, cycle_ms)])
        states: list[RoadStates] = []
        incidents: list[Incident] = []
        while self._done_ms < last:
            self._done_ms += cycle_ms
            found, told = self._cycle(self._done_ms)
            states += found
            incidents += told
        return states, incidents

    def _first_cycle(self, last: int, cycle_ms: int) -> list[int]:
        """Return the cycle before the oldest waiting position that still matters."""
        oldest = last - self._set.window_s * 1000
        times = [p.time_ms for p in self._waiting if p.time_ms > oldest]
        return [(min(times) - 1) // cycle_ms * cycle_ms] if times else []

    def _cycle(self, end_ms: int) -> tuple[list[RoadStates], list[Incident]]:
        due = [p for p in self._waiting if p.time_ms <= end_ms]
        self._waiting = [p for p in self._waiting if p.time_ms > end_ms]
        due.sort(key=lambda p: (p.time_ms, p.vehicle_id))
        driven = self._observer.observe(due, end_ms)
        passes = self._windows.add(driven)
        for item in passes:
            if not self.detector.is_held(item.edge):
                bucket = bucket_of(item.time_ms, self._set.utc_offset_s)
                self.history.learn(item.edge, bucket, item.speed_mps)
        gone = self._windows.prune(end_ms)
        self._observer.forget(end_ms - round(self._set.window_s * 1000))
        bucket = bucket_of(end_ms, self._set.utc_offset_s)
        speeds = {edge: self._windows.speed(edge) for edge in self._windows.edges}
        known = {edge: (speed, self.history.usual(edge, bucket)) for edge, speed in speeds.items() if speed}
        self._flows.see((count for count in self._counts if count.end_ms <= end_ms), end_ms)
        if end_ms % (self._set.field_s * 1000) == 0:
            self._fuse(bucket, end_ms)
        changed = [*self._changed(known, end_ms), *self._imputed(known, end_ms)]
        changed += self._silenced([edge for edge in gone if not self._is_imputed(edge)], end_ms)
        return self._grouped(changed, end_ms), self._incidents(due, passes, end_ms)

    def _fuse(self, bucket: int, end_ms: int) -> None:
        """Work the field out anew and learn from the time since the last one."""
        self._flow_of = self._flows.flows()
        seen = self._windows.seen_fading(end_ms)
        self.fused = self._fusion.fuse(seen, bucket, self.slowed, self._flows.speeds())
        self._flows.learn(*self._fusion.read(seen))
        if end_ms % (self._set.learn_s * 1000) == 0:
            self._fusion.learn(self._windows.seen(end_ms - self._set.learn_s * 1000), bucket)

    def _imputed(self, known: Mapping[int, object], now_ms: int) -> list[EdgeState]:
        """Tell of edges that only their neighbours and their history speak of, when the field is new."""
        fused = self.fused
        if fused is None or now_ms % (self._set.field_s * 1000):
            return []
        spoken = {edge for edge in fused.known() if edge not in known}
        silent = [edge for edge, old in self._told.items() if old.imputed and edge not in spoken and edge not in known]
        states = (self._state_of_field(edge, fused, now_ms) for edge in sorted(spoken))
        return [*self._silenced(silent, now_ms), *self._news(states)]

    def _is_imputed(self, edge: int) -> bool:
        return edge in self._told and self._told[edge].imputed

    def _state_of_field(self, edge: int, fused: Fused, now_ms: int) -> EdgeState:
        free, speed = self.history.free(edge), float(fused.speed_mps[edge])
        return EdgeState(
            edge_id=self.network.edge_ids[edge],
            edge_index=edge,
            time_ms=now_ms,
            level=level_of(speed, free),
            observations=0,
            speed_mps=round(speed, 2),
            sd_mps=round(float(fused.sd_mps[edge]), 2),
            free_flow_mps=round(free, 2),
            imputed=True,
            **self._of_traffic(edge, free),
        )

    def _of_traffic(self, edge: int, free_mps: float) -> dict[str, Any]:
        """Return what the field says of an edge: speed with its interval, jam factor, travel-time index."""
        if self.fused is None:
            return {}
        low, speed, high = (
            float(part[edge]) for part in (self.fused.low_mps, self.fused.speed_mps, self.fused.high_mps)
        )
        congested = float(self.fused.congested(free_mps, edge))
        return {
            **self._of_cameras(edge, speed, congested >= CALLED_FROM),
            "congested_probability": round(congested, 3),
            "traffic_mps": round(speed, 2),
            "low_mps": round(low, 2),
            "high_mps": round(high, 2),
            "jam_factor": round(jam_factor(speed, free_mps), 1),
            "travel_time_index": round(max(free_mps / max(speed, 0.1), 1.0), 2),
        }

    def _of_cameras(self, edge: int, speed_mps: float, congested: bool) -> dict[str, Any]:
        """Return what cameras say of an edge that they watch: flow, density and level of service."""
        flow = self._flow_of.get(edge)
        if flow is None:
            return {}
        return {
            "flow_mcu_per_h": round(flow, 1),
            "density_mcu_per_km": round(density_per_km(flow, speed_mps), 1),
            "motorcycle_level": level_of_flow(flow, int(self.network.edge_lanes[edge]), congested),
        }

    def _changed(self, known: dict[int, tuple[EdgeSpeed, Usual]], now_ms: int) -> Iterable[EdgeState]:
        return self._news(self._state(*known[edge], now_ms) for edge in sorted(known))

    def _news(self, states: Iterable[EdgeState]) -> Iterable[EdgeState]:
        """Give the states that differ from what was told, and take them as told."""
        for state in states:
            if is_news(self._told.get(state.edge_index), state, self._set):
                self._told[state.edge_index] = state
                yield state

    def _state(self, speed: EdgeSpeed, usual: Usual, now_ms: int) -> EdgeState:
        free = self.history.free(speed.edge)
        return EdgeState(
            edge_id=self.network.edge_ids[speed.edge],
            edge_index=speed.edge,
            time_ms=now_ms,
            level=level_of(speed.speed_mps, free),
            observations=speed.buses,
            age_s=round(max(now_ms - speed.newest_ms, 0) / 1000, 1),
            speed_mps=round(speed.speed_mps, 2),
            sd_mps=round(speed.sd_at(now_ms, self._set.half_life_s), 2),
            free_flow_mps=round(free, 2),
            usual_mps=round(usual.speed_mps, 2) if usual.own else None,
            **self._of_traffic(speed.edge, free),
        )

    def _silenced(self, gone: Iterable[int], now_ms: int) -> Iterable[EdgeState]:
        """Say "no data" once of edges whose last report has grown too old."""
        for edge in sorted(gone):
            old = self._told.pop(edge, None)
            if old is not None:
                yield EdgeState(
                    edge_id=old.edge_id,
                    edge_index=edge,
                    time_ms=now_ms,
                    level=LevelOfService.NO_DATA,
                    observations=0,
                    free_flow_mps=old.free_flow_mps,
                    usual_mps=old.usual_mps,
                )

    def _grouped(self, states: Iterable[EdgeState], now_ms: int) -> list[RoadStates]:
        cells: dict[str, list[EdgeState]] = defaultdict(list)
        for state in states:
            x, y = self._cells[state.edge_index]
            cells[f"{CELL_ZOOM}/{x}/{y}"].append(state)
        return [RoadStates(cell=cell, time_ms=now_ms, states=tuple(cells[cell])) for cell in sorted(cells)]

    def _incidents(self, due: Sequence[BusPosition], passes: Sequence[Pass], end_ms: int) -> list[Incident]:
        counts = sorted((c for c in self._counts if c.end_ms <= end_ms), key=lambda c: (c.end_ms, c.place))
        self._counts = [c for c in self._counts if c.end_ms > end_ms]
        bucket = bucket_of(end_ms, self._set.utc_offset_s)
        return self.detector.step(
            end_ms, positions=due, passes=passes, counts=counts, usual_of=lambda p: self.history.usual(p.edge, bucket)
        )


def _cells_of(network: RoadNetwork) -> list[tuple[int, int]]:
    middle = (network.point_offset[:-1] + network.point_offset[1:] - 1) // 2
    unit = to_unit(network.point_lon[middle], network.point_lat[middle])
    cells: Ints = np.floor(unit * 2**CELL_ZOOM).astype(np.int64)
    return [(int(x), int(y)) for x, y in cells]


def ends_at_signal(network: RoadNetwork, radius_m: float) -> list[bool]:
    """Tell of each edge whether it ends within some metres of a signal."""
    if len(network.signal_lon) == 0:
        return [False] * network.edge_count
    signals = np.column_stack(network.to_xy(network.signal_lon, network.signal_lat))
    ends = np.column_stack((network.node_x_m, network.node_y_m))[network.edge_to]
    distance, _ = cKDTree(signals).query(ends)
    return [bool(value) for value in np.asarray(distance) <= radius_m]
