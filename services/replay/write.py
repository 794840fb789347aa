"""The files of a replay, always in the same order whatever the order of the fixes."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from fleet.gtfs.timetable import Timetable
from fleet.tracker import TrackOutputs
from schemas.fleet_alert import FleetAlert
from schemas.lesson import Lesson
from schemas.position import BusPosition
from schemas.prediction import TripPrediction
from schemas.stop_event import StopEvent
from services.replay.lessons import write_lessons
from services.replay.sorted_csv import SortedCsv
from services.replay.truth import ASKED, OBSERVED, TruthKeeper

ASSIGNMENTS = (
    "vehicle_id", "time_ms", "phase", "trip_id", "start_date", "route_id", "direction_id", "probability", "distance_m",
    "off_route_m",
)  # fmt: skip
STOP_EVENTS = (
    "vehicle_id", "trip_id", "start_date", "stop_id", "stop_sequence", "arrival_ms", "departure_ms", "stopped",
    "error_s",
)  # fmt: skip
PREDICTIONS = (
    "made_at_ms", "vehicle_id", "trip_id", "start_date", "stop_id", "stop_sequence", "eta_ms", "p10_ms", "p50_ms",
    "p90_ms", "reason",
)  # fmt: skip
ALERTS = (
    "alert_id", "kind", "said_ms", "started_ms", "ended_ms", "vehicle_id", "trip_id", "start_date", "route_id", "lon",
    "lat", "text", "missed_stop_ids", "stop_id", "hold_s",
)  # fmt: skip
SCHEDULE = (
    "trip_id", "start_date", "stop_no", "stop_sequence", "stop_id", "route_id", "scheduled_ms", "distance_m",
)  # fmt: skip


class ReplayFiles:
    """Everything a replay writes but its summary.

    Parameters
    ----------
    folder : Path
        Made if absent.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._assignments = SortedCsv(folder / "assignments.csv", ASSIGNMENTS)
        self._predictions = SortedCsv(folder / "predictions.csv", PREDICTIONS)
        self._events: dict[tuple[str, str, str, int], StopEvent] = {}
        self._said: set[tuple[str, int]] = set()
        self._lessons: dict[tuple[str, str, str, int], Lesson] = {}
        self._alerts: dict[tuple[str, int], tuple[int, FleetAlert]] = {}

    def take(self, out: TrackOutputs) -> None:
        """Write what a step led to."""
        for vehicle_id, time_ms in out.dropped:
            self._predictions.forget(time_ms, vehicle_id)
            self._assignments.forget(time_ms, vehicle_id)
        self._said.difference_update(out.dropped)
        for p in out.positions:
            if (p.vehicle_id, p.time_ms) in self._said:
                self._predictions.forget(p.time_ms, p.vehicle_id)
            self._assignments.add(p.time_ms, p.vehicle_id, (), [_assignment(p)])
        self._said.update((p.vehicle_id, p.time_ms) for p in out.positions)
        for lesson in out.lessons:
            self._lessons[lesson.identity] = lesson
        for e in out.stop_events:
            call = (e.vehicle_id, e.trip_id, e.start_date, e.stop_sequence)
            if e.withdrawn:
                self._events.pop(call, None)
            else:
                self._events[call] = e
        for alert in out.alerts:
            key = (alert.alert_id, alert.started_ms)
            said_ms, _ = self._alerts.get(key, (alert.updated_ms, alert))
            self._alerts[key] = (said_ms, alert)
        for trip in out.predictions:
            who = (trip.vehicle_id, trip.trip_id, trip.start_date)
            self._predictions.add(trip.made_at_ms, trip.vehicle_id, who, _prediction(trip))

    def close(self, truth: TruthKeeper) -> dict[str, int]:
        """Write what is left and the truth beside it, and return the number of rows of each file."""
        self._assignments.close()
        self._predictions.close()
        rows = {"assignments": self._assignments.rows, "predictions": self._predictions.rows}
        write_lessons(self._folder, (lesson for lesson in self._lessons.values() if not lesson.takes_back))
        events = [
            (
                *key[:3], e.stop_id, e.stop_sequence, e.arrival_ms, e.departure_ms,
                None if e.stopped is None else int(e.stopped), e.error_s,
            )
            for key, e in sorted(self._events.items())
        ]  # fmt: skip
        asked, observed = truth.find()
        alerts = [_alert(said_ms, alert) for _, (said_ms, alert) in sorted(self._alerts.items())]
        trips = {(str(row[2]), str(row[3])) for row in asked}
        self._write("stop_events", STOP_EVENTS, events)
        self._write("asked", ASKED, asked)
        self._write("observed", OBSERVED, observed)
        self._write("alerts", ALERTS, alerts)
        self._write("schedule", SCHEDULE, list_schedule(truth.timetable, trips))
        return rows | {
            "stop_events": len(events),
            "asked": len(asked),
            "observed": len(observed),
            "alerts": len(alerts),
        }

    def digest(self) -> str:
        """Return the SHA-256 of assignments and stop events together: equal whatever the order of the fixes."""
        sha = hashlib.sha256()
        for name in ("assignments.csv", "stop_events.csv"):
            sha.update((self._folder / name).read_bytes())
        return sha.hexdigest()

    def _write(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        with (self._folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)


def list_schedule(timetable: Timetable, trips: Iterable[tuple[str, str]]) -> list[tuple[Any, ...]]:
    """Return the planned calls of trips on their dates: the arrival at each stop, the departure at the first."""
    rows: list[tuple[Any, ...]] = []
    for trip_id, start_date in sorted(trips):
        trip = timetable.trip_number[trip_id]
        zero_ms = timetable.run_of(trip, start_date).day_start_ms
        pattern, calls = timetable.pattern_of(trip), timetable.stops_of(trip)
        route = timetable.route_ids[timetable.trip_route[trip]]
        for number, row in enumerate(range(calls.start, calls.stop)):
            due_s = timetable.arrival_s[row] if number else timetable.departure_s[row]
            stop = (number, int(timetable.time_sequence[row]), timetable.stop_ids[timetable.time_stop[row]], route)
            due_ms = zero_ms + round(float(due_s) * 1000)
            rows.append((trip_id, start_date, *stop, due_ms, round(float(pattern.stop_distance_m[number]), 1)))
    return rows


def _assignment(p: BusPosition) -> tuple[Any, ...]:
    a = p.assignment
    what = (a.phase.value, a.trip_id, a.start_date, a.route_id, a.direction_id, a.probability)
    return (p.vehicle_id, p.time_ms, *what, a.distance_m, a.off_route_m)


def _prediction(trip: TripPrediction) -> list[tuple[Any, ...]]:
    who = (trip.made_at_ms, trip.vehicle_id, trip.trip_id, trip.start_date)
    return [
        (*who, s.stop_id, s.stop_sequence, s.eta_ms, s.p10_ms, s.p50_ms, s.p90_ms, trip.reason.en) for s in trip.stops
    ]


def _alert(said_ms: int, a: FleetAlert) -> tuple[Any, ...]:
    times = (said_ms, a.started_ms, a.ended_ms)
    return (
        a.alert_id,
        a.kind.value,
        *times,
        a.vehicle_id,
        a.trip_id,
        a.start_date,
        a.route_id,
        a.lon,
        a.lat,
        a.text.en,
        "" if a.detour is None else " ".join(a.detour.missed_stop_ids),
        a.stop_id,
        a.hold_s,
    )
