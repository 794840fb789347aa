"""Buses that stand: since when, where, and whether a stop is there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.incidents.settings import IncidentSettings
from routing.matching.model import RoadModel
from routing.network.stops import StopPlaces
from schemas.position import BusPosition
from schemas.trip import Phase

HEADING_FROM_MPS = 2.0
NOT_DRIVING = frozenset({Phase.LAYOVER, Phase.AT_DEPOT, Phase.DEADHEAD})


@dataclass(frozen=True, slots=True)
class Report:
    """What a person said of a place: ``who`` is driver, rider or staff; x, y in the network's metres."""

    report_id: str
    who: str
    time_ms: int
    edge: int


@dataclass(slots=True)
class Stand:
    """One bus that has not moved since a time; ``edge`` is ``None`` off the roads, excused: doors open, layover."""

    vehicle_id: str
    route_id: str | None
    edge: int | None
    x_m: float
    y_m: float
    since_ms: int
    seen_ms: int
    at_stop: bool
    excused: bool

    @property
    def seconds(self) -> float:
        """How long it stands, as far as it was heard of."""
        return (self.seen_ms - self.since_ms) / 1000.0


class Standing:
    """Follows where each bus stands.

    Parameters
    ----------
    roads : RoadModel
        Which edge a place lies on.
    settings : IncidentSettings
        Distances.
    stops : StopPlaces, optional
        Where standing is no sign.
    """

    def __init__(self, roads: RoadModel, settings: IncidentSettings, stops: StopPlaces | None = None) -> None:
        self._roads = roads
        self._set = settings
        self._now: dict[str, Stand] = {}
        self.know_stops(stops or StopPlaces(roads.network))

    def know_stops(self, stops: StopPlaces) -> None:
        """Take the places of stops."""
        self._stops = stops

    def see(self, positions: Sequence[BusPosition]) -> tuple[list[Stand], list[Stand]]:
        """Take positions in order of time; return the stands that go on and those that ended with them."""
        if not positions:
            return [], []
        x, y = self._roads.network.to_xy(np.array([p.lon for p in positions]), np.array([p.lat for p in positions]))
        near = self._stops.near(x, y, self._set.off_stop_m)
        going, ended = [], []
        for row, position in enumerate(positions):
            at, at_stop = (float(x[row]), float(y[row])), bool(near[row])
            old = self._now.get(position.vehicle_id)
            if old is not None and position.time_ms <= old.seen_ms:
                continue
            still = old is not None and np.hypot(at[0] - old.x_m, at[1] - old.y_m) <= self._set.still_m
            excused = position.door_open is True or position.assignment.phase in NOT_DRIVING
            if old is not None and still and position.time_ms - old.seen_ms <= self._set.silent_s * 1000:
                old.seen_ms, old.excused = position.time_ms, old.excused or excused
                going.append(old)
                continue
            if old is not None:
                ended.append(old)
            self._now[position.vehicle_id] = Stand(
                position.vehicle_id, position.assignment.route_id, self._edge(position, *at), *at, position.time_ms,
                position.time_ms, at_stop, excused,
            )  # fmt: skip
        return going, ended

    def find_edge(self, lon: float, lat: float, heading_deg: float | None) -> int | None:
        """Return the likeliest edge at a place for who drives there; ``None`` where no road is near."""
        x, y = self._roads.network.to_xy(np.array([lon]), np.array([lat]))
        return self._at(float(x[0]), float(y[0]), HEADING_FROM_MPS, heading_deg)

    def _edge(self, position: BusPosition, x_m: float, y_m: float) -> int | None:
        # Who stands tells the heading it came with; without it both directions would be as likely.
        return self._at(x_m, y_m, max(position.speed_mps or 0.0, HEADING_FROM_MPS), position.heading_deg)

    def _at(self, x_m: float, y_m: float, speed_mps: float, heading_deg: float | None) -> int | None:
        heading = np.array([np.nan if heading_deg is None else heading_deg])
        places = self._roads.candidates(np.array([x_m]), np.array([y_m]), np.array([speed_mps]), heading)[0]
        return int(places.edge[int(np.argmax(places.log_p))]) if len(places) else None

    def forget(self, before_ms: int) -> None:
        """Let go of buses not heard of since a time."""
        self._now = {name: stand for name, stand in self._now.items() if stand.seen_ms >= before_ms}

    def forget_all(self) -> None:
        """Let go of all buses."""
        self._now.clear()
