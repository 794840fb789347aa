"""The newest of everything that moves, reduced from the log; pure: no clock, no thread, no stream.

Each reducer takes one message into the state and returns the keys that changed. The newest by event time
wins, so the order in which partitions arrive changes nothing.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from schemas.camera_watch import CameraMinute, CameraSight
from schemas.edge import EdgeState, LevelOfService, RoadStates
from schemas.feed import ClockTick, FeedHealth
from schemas.fleet_alert import FleetAlert
from schemas.forecast import RoadForecast
from schemas.incident import Incident
from schemas.message import Message
from schemas.position import BusPosition
from schemas.prediction import TripPrediction
from schemas.rain import RainGauges
from schemas.signal import CameraCircumstance
from schemas.stop_event import StopEvent
from services.api.accuracy.tally import Count, Tally
from services.api.circumstances import Told, forget_told, keep_told

TRAIL_MS = 5 * 60_000
TRAIL_POINTS = 60
HISTORY_POINTS = 36
HISTORY_STEP_MS = 100_000
CLOCK_JUMP_MS = 10 * 60_000
# How long something stays in memory after it was last heard of, in the city's time.
KEEP_VEHICLE_MS = 60 * 60_000
KEEP_PREDICTION_MS = 60 * 60_000
# A bus that was not heard of for so long has no run any more.
HOLDS_RUN_MS = 90_000
KEEP_CALL_MS = 6 * 3_600_000
KEEP_ALERT_MS = 60 * 60_000
# What lies further ahead is of another day that was played before.
FUTURE_MS = 10 * 60_000


class RunKey(NamedTuple):
    """One trip on one service date."""

    trip_id: str
    start_date: str


class Change(NamedTuple):
    """What kind of thing changed, and which one."""

    kind: str
    key: str | int


@dataclass
class VehicleNow:
    """One bus: its newest position and where it was in the last minutes."""

    position: BusPosition
    trail: deque[tuple[int, float, float]] = field(default_factory=lambda: deque(maxlen=TRAIL_POINTS))


@dataclass
class EdgeNow:
    """One edge: its newest state and some of its speeds before."""

    state: EdgeState
    history: deque[tuple[int, float, float | None]] = field(default_factory=lambda: deque(maxlen=HISTORY_POINTS))


@dataclass
class LiveState:
    """The newest of everything, by key."""

    vehicles: dict[str, VehicleNow] = field(default_factory=dict)
    predictions: dict[RunKey, TripPrediction] = field(default_factory=dict)
    runs_by_stop: dict[str, set[RunKey]] = field(default_factory=dict)
    calls: dict[RunKey, StopEvent] = field(default_factory=dict)
    alerts: dict[str, FleetAlert] = field(default_factory=dict)
    holding: dict[str, FleetAlert] = field(default_factory=dict)  # those of the alerts that have not ended
    feeds: dict[str, FeedHealth] = field(default_factory=dict)
    edges: dict[int, EdgeNow] = field(default_factory=dict)
    forecasts: dict[str, RoadForecast] = field(default_factory=dict)  # by map cell
    incidents: dict[str, Incident] = field(default_factory=dict)
    cameras: dict[str, CameraSight] = field(default_factory=dict)
    counts: dict[str, dict[str, CameraMinute]] = field(default_factory=dict)
    circumstances: dict[str, Told] = field(default_factory=dict)  # by camera
    rain: dict[str, RainGauges] = field(default_factory=dict)
    clock: ClockTick | None = None


def take_position(state: LiveState, message: BusPosition) -> list[Change]:
    """Keep the newest position of each bus."""
    now = state.vehicles.get(message.vehicle_id)
    if now is None:
        now = state.vehicles[message.vehicle_id] = VehicleNow(message)
    elif message.time_ms <= now.position.time_ms:
        return []
    now.position = message
    now.trail.append((message.time_ms, message.lon, message.lat))
    while now.trail and now.trail[0][0] < message.time_ms - TRAIL_MS:
        now.trail.popleft()
    return [Change("vehicles", message.vehicle_id)]


def take_prediction(state: LiveState, message: TripPrediction) -> list[Change]:
    """Keep the newest prediction of each run, of two buses on it that further along, and which stops it speaks of."""
    key = RunKey(message.trip_id, message.start_date)
    old = state.predictions.get(key)
    if old is not None and _holds_run(state, old, message):
        return []
    state.predictions[key] = message
    before = set() if old is None else {stop.stop_id for stop in old.stops}
    after = {stop.stop_id for stop in message.stops}
    for stop_id in after - before:
        state.runs_by_stop.setdefault(stop_id, set()).add(key)
    _forget_stops(state, key, before - after)
    return [Change("predictions", stop_id) for stop_id in before | after]


def _holds_run(state: LiveState, old: TripPrediction, new: TripPrediction) -> bool:
    """Return whether a run keeps the prediction it has, so that it does not go to and fro between two buses.

    A bus that is on the run comes before one that has it for its next trip, then the bus that is further along.
    """
    if old.vehicle_id == new.vehicle_id or abs(new.made_at_ms - old.made_at_ms) > HOLDS_RUN_MS:
        return new.made_at_ms <= old.made_at_ms
    old_is_on, new_is_on = (_is_on(state, one) for one in (old, new))
    if old_is_on != new_is_on:
        return old_is_on
    return (len(old.stops), old.vehicle_id) < (len(new.stops), new.vehicle_id)


def _is_on(state: LiveState, prediction: TripPrediction) -> bool:
    now = state.vehicles.get(prediction.vehicle_id)
    return now is not None and now.position.assignment.trip_id == prediction.trip_id


def take_stop_event(state: LiveState, message: StopEvent) -> list[Change]:
    """Keep the furthest call of each run."""
    key = RunKey(message.trip_id, message.start_date)
    old = state.calls.get(key)
    if old is not None and message.stop_sequence < old.stop_sequence:
        return []
    if message.withdrawn:
        state.calls.pop(key, None)
    else:
        state.calls[key] = message
    return [Change("predictions", message.stop_id)]


def take_alert(state: LiveState, message: FleetAlert) -> list[Change]:
    """Keep the newest state of each alert."""
    old = state.alerts.get(message.alert_id)
    if old is not None and message.updated_ms < old.updated_ms:
        return []
    state.alerts[message.alert_id] = message
    if message.ended_ms is None:
        state.holding[message.alert_id] = message
    else:
        state.holding.pop(message.alert_id, None)
    return [Change("alerts", message.alert_id)]


def take_feed(state: LiveState, message: FeedHealth) -> list[Change]:
    """Keep the newest health of each source."""
    old = state.feeds.get(message.source)
    if old is not None and message.time_ms < old.time_ms:
        return []
    state.feeds[message.source] = message
    return [Change("feeds", message.source)]


def take_road_states(state: LiveState, message: RoadStates) -> list[Change]:
    """Keep the newest state of each edge, and one speed every few minutes before it."""
    changed = []
    for edge in message.states:
        now = state.edges.get(edge.edge_index)
        if now is None:
            if edge.level is LevelOfService.NO_DATA:
                continue
            now = state.edges[edge.edge_index] = EdgeNow(edge)
        elif edge.time_ms <= now.state.time_ms:
            continue
        now.state = edge
        last_ms = now.history[-1][0] if now.history else 0
        if edge.speed_mps is not None and edge.time_ms - last_ms >= HISTORY_STEP_MS:
            now.history.append((edge.time_ms, edge.speed_mps, edge.sd_mps))
        changed.append(Change("edges", edge.edge_index))
    return changed


def take_forecast(state: LiveState, message: RoadForecast) -> list[Change]:
    """Keep the newest forecast of each map cell; who wants it asks."""
    old = state.forecasts.get(message.cell)
    if old is None or message.time_ms >= old.time_ms:
        state.forecasts[message.cell] = message
    return []


def take_incident(state: LiveState, message: Incident) -> list[Change]:
    """Keep the newest message about each incident; what people did to it stands in the store."""
    old = state.incidents.get(message.incident_id)
    if old is not None and message.updated_ms < old.updated_ms:
        return []
    state.incidents[message.incident_id] = message
    return [Change("incidents", message.incident_id)]


def take_camera(state: LiveState, message: CameraSight) -> list[Change]:
    """Keep the newest health of each camera."""
    old = state.cameras.get(message.camera_id)
    if old is not None and message.time_ms < old.time_ms:
        return []
    state.cameras[message.camera_id] = message
    return [Change("cameras", message.camera_id)]


def take_count(state: LiveState, message: CameraMinute) -> list[Change]:
    """Keep the newest count of each approach; of one minute told twice, as after a restart, what was watched longer."""
    of_camera = state.counts.setdefault(message.camera_id, {})
    old = of_camera.get(message.approach_id)
    if old is None or (message.end_ms, message.seconds) >= (old.end_ms, old.seconds):
        of_camera[message.approach_id] = message
    return []


def take_circumstance(state: LiveState, message: CameraCircumstance) -> list[Change]:
    """Keep what people say of each camera's junction."""
    keep_told(state.circumstances, message)
    return [Change("cameras", message.camera_id)]


def take_rain(state: LiveState, message: RainGauges) -> list[Change]:
    """Keep how the gauges of each source stand."""
    old = state.rain.get(message.source)
    if old is None or message.time_ms >= old.time_ms:
        state.rain[message.source] = message
    return []


def take_clock(state: LiveState, message: ClockTick) -> list[Change]:
    """Follow the city's clock; when another day begins to play, forget what the one before had."""
    old = state.clock
    if old is not None and message.wall_ms < old.wall_ms:
        return []
    state.clock = message
    if old is not None:
        expected_ms = old.event_ms + round((message.wall_ms - old.wall_ms) * old.speed)
        if abs(message.event_ms - expected_ms) > CLOCK_JUMP_MS:
            start_again(state)
            return [Change("all", ""), Change("clock", message.source)]
    return [Change("clock", message.source)]


REDUCERS: dict[str, Callable[[LiveState, Any], list[Change]]] = {
    "bus.positions": take_position,
    "bus.predictions": take_prediction,
    "bus.stop-events": take_stop_event,
    "fleet.alerts": take_alert,
    "feeds.health": take_feed,
    "road.states": take_road_states,
    "road.forecasts": take_forecast,
    "incidents": take_incident,
    "camera.health": take_camera,
    "camera.counts": take_count,
    "camera.circumstances": take_circumstance,
    "rain.gauges": take_rain,
    "city.clock": take_clock,
}


def start_again(state: LiveState) -> None:
    """Forget everything that carries a time of another day."""
    tables: tuple[dict[Any, Any], ...] = (
        state.vehicles,
        state.predictions,
        state.runs_by_stop,
        state.calls,
        state.alerts,
        state.holding,
        state.feeds,
        state.edges,
        state.forecasts,
        state.cameras,
        state.counts,
        state.circumstances,
        state.rain,
    )
    for table in tables:
        table.clear()


def forget_old(state: LiveState, now_ms: int, *, steady: bool = True) -> None:
    """Let go of what nobody has heard of for long, so that memory stays bounded.

    Parameters
    ----------
    state : LiveState
        What is known.
    now_ms : int
        The city's time.
    steady : bool
        Whether its clock has gone evenly for a while; if not, nothing goes because of its age, only what is said anew
        every few seconds goes where it lies in the future.
    """

    def is_gone(time_ms: int, keep_ms: int) -> bool:
        return now_ms - time_ms < -FUTURE_MS or (steady and now_ms - time_ms > keep_ms)

    for vehicle_id in [v for v, now in state.vehicles.items() if is_gone(now.position.time_ms, KEEP_VEHICLE_MS)]:
        del state.vehicles[vehicle_id]
    for run in [run for run, p in state.predictions.items() if is_gone(p.made_at_ms, KEEP_PREDICTION_MS)]:
        gone = state.predictions.pop(run)
        _forget_stops(state, run, {stop.stop_id for stop in gone.stops})
    for edge_index in [e for e, now in state.edges.items() if is_gone(now.state.time_ms, KEEP_CALL_MS)]:
        del state.edges[edge_index]
    for cell in [c for c, said in state.forecasts.items() if is_gone(said.time_ms, KEEP_PREDICTION_MS)]:
        del state.forecasts[cell]
    for source in [f for f, feed in state.feeds.items() if is_gone(feed.time_ms, KEEP_CALL_MS)]:
        del state.feeds[source]
    for source in [s for s, said in state.rain.items() if is_gone(said.time_ms, KEEP_CALL_MS)]:
        del state.rain[source]
    if steady:
        _forget_slow(state, now_ms)


def _forget_slow(state: LiveState, now_ms: int) -> None:
    """Let go of what is said once and then holds."""

    def is_gone(time_ms: int, keep_ms: int) -> bool:
        return not -FUTURE_MS <= now_ms - time_ms <= keep_ms

    for run in [run for run, call in state.calls.items() if is_gone(call.arrival_ms, KEEP_CALL_MS)]:
        del state.calls[run]
    for alert_id in [a for a, alert in state.alerts.items() if is_gone(alert.updated_ms, KEEP_CALL_MS)]:
        del state.alerts[alert_id]
        state.holding.pop(alert_id, None)
    for alert_id in [a for a, alert in state.alerts.items() if (alert.ended_ms or now_ms) < now_ms - KEEP_ALERT_MS]:
        del state.alerts[alert_id]
    forget_told(state.circumstances, now_ms)
    for incident_id in [i for i, said in state.incidents.items() if said.updated_ms < now_ms - KEEP_CALL_MS]:
        del state.incidents[incident_id]


def _forget_stops(state: LiveState, run: RunKey, stop_ids: set[str]) -> None:
    for stop_id in stop_ids:
        runs = state.runs_by_stop.get(stop_id)
        if runs is not None:
            runs.discard(run)
            if not runs:
                del state.runs_by_stop[stop_id]


class Live:
    """The state behind one lock: one thread feeds it, others read consistent snapshots."""

    def __init__(self) -> None:
        self._state = LiveState()
        self._tally = Tally()
        self._lock = threading.RLock()

    def take(self, messages: Iterable[tuple[str, Message]]) -> list[Change]:
        """Take messages of some topics in order and return what changed."""
        changes: list[Change] = []
        with self._lock:
            for topic, message in messages:
                changes += REDUCERS[topic](self._state, message)
                self._tally.take(message)
            if any(change.kind == "all" for change in changes):
                self._tally.clear()
        return changes

    @contextlib.contextmanager
    def reading(self) -> Iterator[LiveState]:
        """Give the state while nobody changes it; be quick, and keep nothing that can change."""
        with self._lock:
            yield self._state

    def forget_old(self, now_ms: int, *, steady: bool = True) -> None:
        """Let go of what is old."""
        with self._lock:
            forget_old(self._state, now_ms, steady=steady)
            if steady:
                self._tally.forget(now_ms)

    def judged_since(self, from_ms: int) -> list[tuple[str, int, Count]]:
        """Return line, bin and count of what was said and came true or not since a moment."""
        with self._lock:
            return [(route_id, number, replace(count)) for route_id, number, count in self._tally.since(from_ms)]
