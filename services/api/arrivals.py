"""Arrivals at a place: live predictions and the timetable merged, so that nothing planned is shown as live.

- *live*: a prediction whose fix is at most 90 s old;
- *stale*: the bus has been silent for longer; the range widens with every second of silence;
- *planned*: only the timetable knows of it, or an alert says that it may not run;
- *not_coming*: an alert says that the run does not come.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from schemas.fleet_alert import AlertKind
from schemas.prediction import StopPrediction, TripPrediction
from schemas.text import Text
from services.api.live import LiveState, RunKey
from services.api.timetable import CityTimetable, Planned, StopPlace

STALE_AFTER_MS = 90_000
GONE_AFTER_MS = 20 * 60_000
# A second of silence may have cost the bus a second, and gained it a quarter of one.
LATE_PER_SILENT_MS = 1.0
EARLY_PER_SILENT_MS = 0.25
# A call whose time has passed stays so long on the list.
LIVE_GRACE_MS = 5 * 60_000
STALE_GRACE_MS = 2 * 60_000
PLANNED_GRACE_MS = 60_000
NOT_COMING_GRACE_MS = 10 * 60_000
LATE_BUS_MS = 90 * 60_000
AHEAD_MS = 3 * 3_600_000
MOVED_ON_MS = 30_000


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the list a rider sees.

    ``standing_since_ms`` tells that its bus stands in traffic, ``is_next_trip`` that it still runs another trip.
    """

    trip_id: str
    start_date: str
    route_id: str
    route_short_name: str
    headsign: str | None
    stop_id: str
    status: str
    eta_ms: int
    vehicle_id: str | None = None
    p10_ms: int | None = None
    p50_ms: int | None = None
    p90_ms: int | None = None
    scheduled_ms: int | None = None
    delay_s: float | None = None
    reason: Text | None = None
    made_at_ms: int | None = None
    fix_time_ms: int | None = None
    at_stop_name: str | None = None
    stops_away: int | None = None
    standing_since_ms: int | None = None
    is_next_trip: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One predicted call at the place, with how far the bus is."""

    prediction: TripPrediction
    stop: StopPrediction
    fix_time_ms: int
    stops_away: int
    at_stop_name: str | None
    route_short_name: str
    headsign: str | None
    standing_since_ms: int | None = None
    is_next_trip: bool = False


def merge_arrivals(
    planned: Iterable[Planned],
    calls: Iterable[Call],
    *,
    passed: Mapping[RunKey, int],
    not_coming: Mapping[RunKey, Text],
    now_ms: int,
    unsure: Mapping[RunKey, Text] = MappingProxyType({}),
) -> list[Arrival]:
    """Merge what is planned with what is predicted.

    Parameters
    ----------
    planned : iterable of Planned
        Calls of the timetable at the place.
    calls : iterable of Call
        Predicted calls at the place.
    passed : mapping of RunKey to int
        The furthest stop sequence each run was seen at.
    not_coming : mapping of RunKey to Text
        Runs that do not come, and why.
    now_ms : int
        The city's time.
    unsure : mapping of RunKey to Text
        Runs that may not come: they stay planned, with the reason.

    Returns
    -------
    list of Arrival
        By time; a run appears once for each time it calls here.
    """
    rows: list[Arrival] = []
    known: set[tuple[RunKey, int]] = set()
    for call in calls:
        run = RunKey(call.prediction.trip_id, call.prediction.start_date)
        if passed.get(run, -1) >= call.stop.stop_sequence:
            continue
        row = _predicted(call, now_ms)
        if row is not None:
            known.add((run, call.stop.stop_sequence))
            rows.append(row)
    for plan in planned:
        run = RunKey(plan.trip_id, plan.start_date)
        if (run, plan.stop_sequence) in known or passed.get(run, -1) >= plan.stop_sequence:
            continue
        reason = not_coming.get(run) or unsure.get(run)
        grace_ms = PLANNED_GRACE_MS if reason is None else NOT_COMING_GRACE_MS
        if plan.scheduled_ms >= now_ms - grace_ms:
            rows.append(_planned(plan, "not_coming" if run in not_coming else "planned", reason))
    rows.sort(key=lambda row: (row.eta_ms, row.route_short_name, row.trip_id))
    return rows


def _planned(plan: Planned, status: str, reason: Text | None) -> Arrival:
    return Arrival(
        trip_id=plan.trip_id,
        start_date=plan.start_date,
        route_id=plan.route_id,
        route_short_name=plan.route_short_name,
        headsign=plan.headsign,
        stop_id=plan.stop_id,
        status=status,
        eta_ms=plan.scheduled_ms,
        scheduled_ms=None if plan.headway_s else plan.scheduled_ms,
        reason=reason or _about_every(plan.headway_s),
    )


def _about_every(headway_s: int) -> Text | None:
    """Return how often a line runs that has no times, ``None`` for one that has."""
    if not headway_s:
        return None
    minutes = max(1, round(headway_s / 60))
    return Text(vi=f"Khoảng {minutes} phút một chuyến", en=f"About every {minutes} min")


def _predicted(call: Call, now_ms: int) -> Arrival | None:
    silent_ms = now_ms - call.fix_time_ms
    is_stale = silent_ms > STALE_AFTER_MS
    stop, prediction = call.stop, call.prediction
    extra_ms = silent_ms - STALE_AFTER_MS if is_stale else 0
    p90_ms = stop.p90_ms + round(extra_ms * LATE_PER_SILENT_MS)
    grace_ms = STALE_GRACE_MS if is_stale else LIVE_GRACE_MS
    if silent_ms > GONE_AFTER_MS or p90_ms < now_ms - grace_ms:
        return None
    return Arrival(
        trip_id=prediction.trip_id,
        start_date=prediction.start_date,
        route_id=prediction.route_id,
        route_short_name=call.route_short_name,
        headsign=prediction.headsign or call.headsign,
        stop_id=stop.stop_id,
        status="stale" if is_stale else "live",
        eta_ms=stop.eta_ms,
        vehicle_id=prediction.vehicle_id,
        p10_ms=stop.p10_ms - round(extra_ms * EARLY_PER_SILENT_MS),
        p50_ms=stop.p50_ms,
        p90_ms=p90_ms,
        scheduled_ms=stop.scheduled_ms,
        delay_s=prediction.delay_s,
        reason=prediction.reason,
        made_at_ms=prediction.made_at_ms,
        fix_time_ms=call.fix_time_ms,
        at_stop_name=call.at_stop_name,
        stops_away=call.stops_away,
        standing_since_ms=call.standing_since_ms,
        is_next_trip=call.is_next_trip,
    )


def list_arrivals(
    state: LiveState, timetable: CityTimetable, place: StopPlace, now_ms: int, limit: int
) -> list[Arrival]:
    """Return the next arrivals at a place from all that is known.

    Parameters
    ----------
    state : LiveState
        What the log said.
    timetable : CityTimetable
        What is planned.
    place : StopPlace
        Where.
    now_ms : int
        The city's time.
    limit : int
        At most so many rows.

    Returns
    -------
    list of Arrival
        By time.
    """
    planned = timetable.planned_at(place.stop_ids, now_ms - LATE_BUS_MS, now_ms + AHEAD_MS, now_ms)
    calls = find_calls(state, timetable, place.stop_ids)
    runs = {RunKey(plan.trip_id, plan.start_date) for plan in planned}
    runs |= {RunKey(call.prediction.trip_id, call.prediction.start_date) for call in calls}
    not_coming, unsure = (_told_of(state, kind, runs) for kind in (AlertKind.NOT_COMING, AlertKind.MAY_NOT_RUN))
    # Only what these runs were seen at: a city's day has ten thousand others.
    passed = {run: call.stop_sequence for run in runs if (call := state.calls.get(run)) is not None}
    rows = merge_arrivals(planned, calls, passed=passed, not_coming=not_coming, now_ms=now_ms, unsure=unsure)
    return rows[:limit]


def _told_of(state: LiveState, kind: AlertKind, runs: Container[RunKey]) -> dict[RunKey, Text]:
    """Return what alerts of a kind that hold say of some runs."""
    return {
        run: alert.text
        for alert in state.holding.values()
        if alert.kind is kind
        and alert.trip_id
        and alert.start_date
        and (run := RunKey(alert.trip_id, alert.start_date)) in runs
    }


def find_calls(state: LiveState, timetable: CityTimetable, stop_ids: Sequence[str]) -> list[Call]:
    """Return the predicted calls at some stops, those of buses that moved on to another trip left out."""
    runs = {run for stop_id in stop_ids for run in state.runs_by_stop.get(stop_id, ())}
    wanted, standing = set(stop_ids), standing_buses(state)
    calls = []
    for run in sorted(runs):
        prediction = state.predictions[run]
        fix_time_ms = newest_fix_of(state, prediction)
        if fix_time_ms is None:
            continue
        for away, stop in enumerate(prediction.stops):
            if stop.stop_id in wanted:
                calls.append(
                    Call(
                        prediction=prediction,
                        stop=stop,
                        fix_time_ms=fix_time_ms,
                        stops_away=away,
                        at_stop_name=timetable.stop_before(run.trip_id, prediction.stops[0].stop_sequence),
                        route_short_name=timetable.short_name(prediction.route_id) or prediction.route_id,
                        headsign=timetable.headsign(run.trip_id),
                        standing_since_ms=standing.get(prediction.vehicle_id),
                        is_next_trip=_is_next_trip(state, timetable, prediction),
                    )
                )
    return calls


def standing_buses(state: LiveState) -> dict[str, int]:
    """Return since when buses stand where they should not."""
    return {
        alert.vehicle_id: alert.started_ms
        for alert in state.holding.values()
        if alert.kind is AlertKind.STUCK and alert.vehicle_id
    }


def _is_next_trip(state: LiveState, timetable: CityTimetable, prediction: TripPrediction) -> bool:
    """Return whether the bus has yet to end another trip: then its layover lies between here and the stop."""
    now = state.vehicles.get(prediction.vehicle_id)
    if now is None or now.position.assignment.trip_id in (None, prediction.trip_id):
        return False
    return timetable.first_sequence(prediction.trip_id) == prediction.stops[0].stop_sequence


def newest_fix_of(state: LiveState, prediction: TripPrediction) -> int | None:
    """Return the time of the newest fix a prediction rests on, ``None`` if its bus went on to another trip."""
    now = state.vehicles.get(prediction.vehicle_id)
    if now is None:
        return prediction.fix_time_ms
    position = now.position
    if position.assignment.trip_id == prediction.trip_id:
        return max(position.time_ms, prediction.fix_time_ms)
    if position.time_ms - prediction.made_at_ms > MOVED_ON_MS:
        return None
    return prediction.fix_time_ms
