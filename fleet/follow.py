"""Follow one bus along its trip: place, stop events, what is learnt from them, what comes next."""

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from fleet.arrivals.learner import Learner
from fleet.arrivals.links import Links
from fleet.arrivals.memory import PredictionMemory
from fleet.arrivals.predict import HORIZON_S, Situation, forecast, predict
from fleet.assignment.progress import Progress, advance, seat
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.stop_events.crossing import BEFORE_STOP_M
from fleet.stop_events.watch import StopWatch
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.lesson import Lesson
from schemas.prediction import TripPrediction
from schemas.stop_event import StopEvent
from schemas.trip import Phase

OFF_ROUTE_M = 250.0
FINISH_M = 800.0
DEADHEAD_MPS = 5.0
MIN_LAYOVER_MS = 120_000
STANDING_MPS = 0.8
EARLY_MS = 90_000


@dataclass(slots=True)
class Followed:
    """What one fix led to."""

    stop_events: list[StopEvent] = field(default_factory=list)
    predictions: list[TripPrediction] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    delay_s: float | None = None


class Follower:
    """Follows buses of one timetable.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    links : Links
        Its links.
    learner : Learner
        What all buses teach.
    fingerprint : str
        Of the timetable; stands in the lessons.
    """

    def __init__(self, timetable: Timetable, links: Links, learner: Learner, fingerprint: str) -> None:
        self._timetable = timetable
        self._links = links
        self._learner = learner
        self._fingerprint = fingerprint
        self._next_of = _next_trips(timetable)

    def follow(self, vehicle: Vehicle, run: TripRun, fix: Fix, x: float, y: float) -> Followed:
        """Move a bus to its newest fix on the trip it runs.

        Parameters
        ----------
        vehicle : Vehicle
            Changed in place.
        run : TripRun
            What it runs now.
        fix : Fix
            The cleaned fix.
        x, y : float
            Its place in metres.

        Returns
        -------
        Followed
            Events and predictions.
        """
        out = Followed()
        progress = vehicle.progress
        if progress is None or (progress.run.trip, progress.run.start_date) != (run.trip, run.start_date):
            if progress is not None and progress.distance_m > progress.pattern.length_m - FINISH_M:
                self._move(vehicle, progress, fix, x, y, out)
            self._begin(vehicle, run, fix, x, y)
        else:
            self._move(vehicle, progress, fix, x, y, out)
        self._judge_phase(vehicle)
        self._predict(vehicle, fix, x, y, out)
        return out

    def _begin(self, vehicle: Vehicle, run: TripRun, fix: Fix, x: float, y: float) -> None:
        progress = vehicle.progress = seat(self._timetable, run, x, y, fix.time_ms)
        vehicle.watch = StopWatch(self._timetable, run, vehicle.vehicle_id, 1)
        vehicle.memory = PredictionMemory(len(progress.pattern.stop_index))
        self._seat_watch(vehicle, fix)

    def _move(self, vehicle: Vehicle, progress: Progress, fix: Fix, x: float, y: float, out: Followed) -> None:
        watch = vehicle.watch
        assert watch is not None
        if vehicle.held:
            # Where a bus stands before its trip says nothing about how far it came; its first place afterwards does.
            vehicle.progress = seat(self._timetable, progress.run, x, y, fix.time_ms)
            self._seat_watch(vehicle, fix)
            return
        before_m, before_ms = progress.distance_m, progress.time_ms
        if not advance(self._timetable, progress, x, y, fix.time_ms):
            self._seat_watch(vehicle, fix)
            return
        events = watch.drive(before_m, before_ms, progress.distance_m, fix.time_ms, door_open=fix.door_open)
        for event in events:
            self._learn(vehicle, event, fix.time_ms, out)
        out.stop_events += events

    def _seat_watch(self, vehicle: Vehicle, fix: Fix) -> None:
        progress, watch = vehicle.progress, vehicle.watch
        assert progress is not None
        assert watch is not None
        vehicle.held = fix.time_ms < progress.run.start_ms - EARLY_MS
        if vehicle.held:
            progress.distance_m = float(progress.pattern.stop_distance_m[0])
        watch.seat(progress.distance_m, fix.time_ms, waits=vehicle.held or _waits(progress, fix))
        vehicle.link_from = None

    def _learn(self, vehicle: Vehicle, event: StopEvent, known_ms: int, out: Followed) -> None:
        watch, memory = vehicle.watch, vehicle.memory
        assert watch is not None
        assert memory is not None
        rows = self._timetable.stops_of(watch.run.trip)
        stop = int(np.searchsorted(self._timetable.time_sequence[rows], event.stop_sequence))
        if stop == 0:
            vehicle.link_from = (0, event.departure_ms or event.arrival_ms)
            return
        if event.departure_ms is not None:
            return
        row = rows.start + stop
        seen = vehicle.link_from is not None and vehicle.link_from[0] == stop - 1
        took_s = (event.arrival_ms - vehicle.link_from[1]) / 1000.0 if vehicle.link_from is not None else 0.0
        kinds, horizons, errors = memory.errors_at(stop, event.arrival_ms, HORIZON_S)
        out.lessons.append(
            Lesson(
                known_ms=known_ms,
                vehicle_id=vehicle.vehicle_id,
                stop_sequence=event.stop_sequence,
                trip_id=event.trip_id,
                link=int(self._links.of_row[row]) if seen else -1,
                planned_s=float(self._links.planned_s[row]),
                took_s=max(0.0, took_s),
                kinds=kinds,
                horizons_s=horizons,
                errors_s=errors,
                timetable=self._fingerprint,
            )
        )
        vehicle.link_from = (stop, event.arrival_ms)

    def _judge_phase(self, vehicle: Vehicle) -> None:
        progress = vehicle.progress
        assert progress is not None
        assert vehicle.watch is not None
        waiting = _is_waiting(vehicle)
        done = progress.is_at_end and vehicle.watch.ahead >= len(progress.pattern.stop_index)
        if progress.off_m > OFF_ROUTE_M:
            vehicle.phase = Phase.DEADHEAD if waiting or progress.is_at_end else Phase.DETOUR
        elif waiting or done:
            vehicle.phase = Phase.LAYOVER
        else:
            vehicle.phase = Phase.IN_SERVICE

    def _predict(self, vehicle: Vehicle, fix: Fix, x: float, y: float, out: Followed) -> None:
        progress, watch, memory = vehicle.progress, vehicle.watch, vehicle.memory
        assert progress is not None
        assert watch is not None
        assert memory is not None
        waiting = _is_waiting(vehicle)
        out.delay_s = self._delay_s(progress, fix.time_ms, waiting=waiting)
        if progress.off_m > OFF_ROUTE_M and not waiting:
            return
        age_s = max(0.0, (fix.received_ms - fix.time_ms) / 1000.0)
        away_m = _way_to_start_m(progress, x, y) if waiting else 0.0
        now = Situation(
            vehicle_id=vehicle.vehicle_id,
            run=progress.run,
            time_ms=fix.time_ms,
            age_s=age_s,
            ahead=watch.ahead,
            part=_part(progress, watch),
            waiting=waiting,
            ready_ms=fix.time_ms + round(1000.0 * away_m / DEADHEAD_MPS),
            delay_s=out.delay_s,
        )
        snapshot = self._learner.at(fix.time_ms)
        made = forecast(self._timetable, self._links, snapshot, now)
        memory.keep(fix.time_ms, made)
        out.predictions += [p for p in (predict(self._timetable, snapshot, now, made),) if p is not None]
        follows = self._next_of.get(progress.run.trip)
        left_s = float(made.seconds[-1]) if len(made.seconds) else 0.0
        if follows is not None and left_s <= HORIZON_S:
            ready = fix.time_ms + round(left_s * 1000.0) + MIN_LAYOVER_MS
            self._predict_next(follows, now, ready, out)

    def _predict_next(self, follows: int, now: Situation, ready_ms: int, out: Followed) -> None:
        run = self._timetable.run_of(follows, now.run.start_date)
        late_s = max(0.0, (ready_ms - run.start_ms) / 1000.0)
        later = Situation(
            now.vehicle_id, run, now.time_ms, now.age_s, 1, 0.0, True, ready_ms, late_s, next_trip=True
        )  # fmt: skip
        snapshot = self._learner.at(now.time_ms)
        prediction = predict(self._timetable, snapshot, later, forecast(self._timetable, self._links, snapshot, later))
        out.predictions += [prediction] if prediction is not None else []

    def _delay_s(self, progress: Progress, time_ms: int, *, waiting: bool) -> float:
        second = (time_ms - progress.run.day_start_ms) / 1000.0
        rows = self._timetable.stops_of(progress.run.trip)
        if waiting:
            return max(0.0, second - float(self._timetable.departure_s[rows.start]))
        due = np.interp(progress.distance_m, progress.pattern.stop_distance_m, self._timetable.arrival_s[rows])
        return float(second - due)


def _next_trips(timetable: Timetable) -> dict[int, int]:
    blocks: dict[tuple[str, str], list[int]] = {}
    for trip, block in enumerate(timetable.trip_block):
        if block is not None:
            blocks.setdefault((block, timetable.trip_service[trip]), []).append(trip)
    follows: dict[int, int] = {}
    for trips in blocks.values():
        trips.sort(key=lambda trip: (timetable.trip_first_s[trip], trip))
        follows |= {
            trip: later
            for trip, later in pairwise(trips)
            if timetable.trip_first_s[later] >= timetable.trip_last_s[trip] - 120
        }
    return follows


def _waits(progress: Progress, fix: Fix) -> bool:
    return progress.is_at_start and (fix.time_ms < progress.run.start_ms or (fix.speed_mps or 0.0) < STANDING_MPS)


def _is_waiting(vehicle: Vehicle) -> bool:
    watch = vehicle.watch
    return watch is not None and watch.at == 0 and watch.departure_ms is None


def _way_to_start_m(progress: Progress, x: float, y: float) -> float:
    sx, sy, _ = progress.pattern.point_at(float(progress.pattern.stop_distance_m[0]))
    away = math.hypot(x - sx, y - sy)
    return max(0.0, away - 60.0) * 1.3


def _part(progress: Progress, watch: StopWatch) -> float:
    stops = progress.pattern.stop_distance_m
    if watch.ahead >= len(stops):
        return 1.0
    start = stops[watch.ahead - 1] - (BEFORE_STOP_M if watch.ahead > 1 else 0.0)
    length = stops[watch.ahead] - BEFORE_STOP_M - start
    return float(min(1.0, max(0.0, (progress.distance_m - start) / length))) if length > 0 else 0.0
