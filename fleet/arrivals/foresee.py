"""What comes next for a bus, and what its arrivals teach about how well that was foreseen."""

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from fleet.arrivals.features import (
    CALLED,
    CIRCUMSTANCES,
    EARLY,
    LATE,
    MOVING,
    NEXT_TRIP,
    OVERDUE,
    PACE,
    STANDS,
    START_SD,
    WAITING,
)  # fmt: skip
from fleet.arrivals.kernel import due_s
from fleet.arrivals.learner import Learner, Snapshot
from fleet.arrivals.links import make_links
from fleet.arrivals.memory import PredictionMemory
from fleet.arrivals.predict import HORIZON_S, Courses, Forecast, Situation, predict
from fleet.assignment.progress import Progress
from fleet.gtfs.timetable import Timetable
from fleet.stop_events.crossing import BEFORE_STOP_M
from fleet.stop_events.watch import StopWatch
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.lesson import Lesson
from schemas.prediction import TripPrediction
from schemas.stop_event import StopEvent

OFF_ROUTE_M = 250.0
DEADHEAD_MPS = 5.0
TURN_MS = 90_000
START_SD_S = 60.0
PACE_PRIOR_S = 300.0
PACE_MEMORY_S = 900.0
MOST_DELAY_S = 900.0
MOST_STANDING_S = 600.0
CALL_S = 20.0
CALL_SHARE = 0.3


@dataclass(slots=True)
class Foreseen:
    """What is said of a bus after a fix: its predictions, and how late it is."""

    predictions: list[TripPrediction] = field(default_factory=list)
    delay_s: float | None = None


class Foresight:
    """Foresees the arrivals of the buses of one timetable, and learns from those it saw.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    fingerprint : str
        Of the timetable; stands in the lessons.
    """

    def __init__(self, timetable: Timetable, fingerprint: str) -> None:
        self._timetable = timetable
        self._links = make_links(timetable)
        self._courses = Courses(timetable, self._links)
        self.learner = Learner(self._links, timetable.timezone)
        self._fingerprint = fingerprint
        self._next_of = _next_trips(timetable)

    def learn_from(self, vehicle: Vehicle, events: list[StopEvent], known_ms: int) -> list[Lesson]:
        """Return what the stop events of a bus teach; the bus remembers from where its next link begins.

        Parameters
        ----------
        vehicle : Vehicle
            The bus that caused the events.
        events : list of StopEvent
            In order.
        known_ms : int
            Time of the fix that showed them.

        Returns
        -------
        list of Lesson
            Not yet learnt.
        """
        return [lesson for event in events for lesson in self._learn(vehicle, event, known_ms)]

    def _learn(self, vehicle: Vehicle, event: StopEvent, known_ms: int) -> list[Lesson]:
        watch, memory = vehicle.watch, vehicle.memory
        assert watch is not None
        assert memory is not None
        rows = self._timetable.stops_of(watch.run.trip)
        stop = int(np.searchsorted(self._timetable.time_sequence[rows], event.stop_sequence))
        if stop == 0:
            vehicle.link_from = (0, event.departure_ms or event.arrival_ms)
            return [self._left(vehicle, watch, event, known_ms)] if event.departure_ms is not None else []
        if event.departure_ms is not None:
            return []
        row = rows.start + stop
        seen = vehicle.link_from is not None and vehicle.link_from[0] == stop - 1
        took_s = (event.arrival_ms - vehicle.link_from[1]) / 1000.0 if vehicle.link_from is not None else 0.0
        judged = memory.judge(stop, event.arrival_ms, HORIZON_S)
        vehicle.link_from = (stop, event.arrival_ms)
        link, planned_s = int(self._links.of_row[row]), float(self._links.planned_s[row])
        if seen:
            self._note_pace(vehicle, link, planned_s, took_s, event.arrival_ms)
        lesson = Lesson(
            known_ms=known_ms,
            vehicle_id=vehicle.vehicle_id,
            stop_sequence=event.stop_sequence,
            trip_id=event.trip_id,
            link=link if seen else -1,
            planned_s=planned_s,
            took_s=max(0.0, took_s),
            kinds=judged.kinds,
            horizons_s=judged.horizons_s,
            errors_s=judged.errors_s,
            timetable=self._fingerprint,
            start_date=event.start_date,
            spreads_s=judged.spreads_s,
            sums=judged.sums,
        )
        return [lesson]

    def _left(self, vehicle: Vehicle, watch: StopWatch, event: StopEvent, known_ms: int) -> Lesson:
        """Return what a departure from the first stop teaches about its terminal."""
        assert event.departure_ms is not None
        could_ms = max(watch.run.start_ms, event.arrival_ms + TURN_MS)
        return Lesson(
            known_ms=known_ms,
            vehicle_id=vehicle.vehicle_id,
            stop_sequence=event.stop_sequence,
            trip_id=event.trip_id,
            link=-1,
            planned_s=0.0,
            took_s=0.0,
            kinds=(),
            horizons_s=(),
            errors_s=(),
            timetable=self._fingerprint,
            start_date=event.start_date,
            terminal=int(self._links.terminal_of[watch.run.trip]),
            left_s=(event.departure_ms - could_ms) / 1000.0,
        )

    def _note_pace(self, vehicle: Vehicle, link: int, planned_s: float, took_s: float, time_ms: int) -> None:
        """Note how the bus drove a link beside what was expected of it."""
        expected_s = planned_s * float(self.learner.at(time_ms).ratio[link])
        took, expected = vehicle.pace
        fade = math.exp(-expected_s / PACE_MEMORY_S)
        vehicle.pace = (
            took * fade + min(max(0.0, took_s), 3.0 * expected_s + 60.0), expected * fade + expected_s,
        )  # fmt: skip

    def predict(self, vehicle: Vehicle, fix: Fix, x: float, y: float) -> Foreseen:
        """Return what is foreseen for a bus on a trip.

        Parameters
        ----------
        vehicle : Vehicle
            After its newest fix; what is said is remembered until it is known how wrong it was.
        fix : Fix
            That fix.
        x, y : float
            Its place in metres.

        Returns
        -------
        Foreseen
            One prediction a trip: the one it runs, and the next of its block where that begins soon.
        """
        out = Foreseen()
        progress, watch, memory = vehicle.progress, vehicle.watch, vehicle.memory
        assert progress is not None
        assert watch is not None
        assert memory is not None
        waiting = vehicle.is_waiting
        delay_s = out.delay_s = self._delay_s(progress, fix.time_ms, waiting=waiting)
        if progress.off_m > OFF_ROUTE_M and not waiting:
            return out
        snapshot, course = self.learner.at(fix.time_ms), self._courses.of(progress.run)
        age_s = max(0.0, (fix.received_ms - fix.time_ms) / 1000.0)
        if waiting:
            now = self._waits(vehicle, progress, fix, _way_to_start_m(progress, x, y) / DEADHEAD_MPS, snapshot, age_s)
        else:
            now = self._drives(vehicle, progress, watch, fix, delay_s, age_s)
        made = predict(course, snapshot, now)
        if memory.wants(fix.time_ms):
            basis = (now.circumstances, snapshot.beta[now.kind], snapshot.weight[now.kind])
            memory.keep(fix.time_ms, now.kind, now.ahead, basis, made.model)
        if made.prediction is not None:
            out.predictions.append(made.prediction)
        follows = self._next_of.get(progress.run.trip)
        if follows is not None and made.last_s < HORIZON_S:
            self._predict_next(vehicle, follows, now, made, snapshot, out)
        return out

    def _drives(
        self, vehicle: Vehicle, progress: Progress, watch: StopWatch, fix: Fix, delay_s: float, age_s: float
    ) -> Situation:
        took, expected = vehicle.pace
        stands_s = 0.0 if vehicle.anchor is None else (fix.time_ms - vehicle.anchor[2]) / 1000.0
        c = np.zeros(CIRCUMSTANCES)
        c[PACE] = (took + PACE_PRIOR_S) / (expected + PACE_PRIOR_S) - 1.0
        c[LATE], c[EARLY] = max(0.0, min(MOST_DELAY_S, delay_s)), max(0.0, min(MOST_DELAY_S, -delay_s))
        c[STANDS] = max(0.0, min(MOST_STANDING_S, stands_s) - CALL_S)
        part = _part(progress, watch)
        c[CALLED] = self._called_s(progress, watch, part, stands_s)
        return Situation(
            vehicle.vehicle_id, progress.run, MOVING, fix.time_ms, age_s, watch.ahead, part, 0.0, delay_s, c, stands_s
        )

    def _called_s(self, progress: Progress, watch: StopWatch, part: float, stands_s: float) -> float:
        """Return how much of the time that the link ahead has for the call at its first stop lies behind."""
        row = self._timetable.stops_of(progress.run.trip).start + watch.ahead
        if watch.ahead >= len(progress.pattern.stop_index):
            return 0.0
        call_s = min(CALL_S, CALL_SHARE * float(self._links.planned_s[row]))
        gone = watch.departure_ms is not None or watch.at != watch.ahead - 1
        return call_s * (1.0 - part) if gone else min(call_s, stands_s)

    def _waits(
        self, vehicle: Vehicle, progress: Progress, fix: Fix, way_s: float, snapshot: Snapshot, age_s: float
    ) -> Situation:
        run = progress.run
        left_s = float(snapshot.left_s[self._links.terminal_of[run.trip]])
        came_ms = vehicle.watch.arrival_ms if vehicle.watch is not None else None
        ready_ms = max(run.start_ms, (came_ms or fix.time_ms) + TURN_MS)
        start_s = (ready_ms - fix.time_ms) / 1000.0 + left_s
        c = np.zeros(CIRCUMSTANCES)
        c[LATE] = max(0.0, min(MOST_DELAY_S, (ready_ms - run.start_ms) / 1000.0))
        c[OVERDUE] = max(0.0, min(MOST_STANDING_S, -start_s))
        c[START_SD] = START_SD_S
        start_s = max(start_s, way_s, 0.0)
        return Situation(
            vehicle.vehicle_id, run, WAITING, fix.time_ms, age_s, 1, 0.0, start_s,
            max(0.0, (fix.time_ms - run.start_ms) / 1000.0), c,
        )  # fmt: skip

    def _predict_next(
        self, vehicle: Vehicle, follows: int, now: Situation, made: Forecast, snapshot: Snapshot, out: Foreseen
    ) -> None:
        """Add the next trip of the block: it leaves when due, or after a short rest if the bus comes late."""
        run = self._timetable.run_of(follows, now.run.start_date)
        last_s, root_s = made.last_s, float(made.model[1, -1]) if made.model.shape[1] else 0.0
        came_s, due_s = last_s + TURN_MS / 1000.0, (run.start_ms - now.time_ms) / 1000.0
        ready_s, ready_sd = latest_of(due_s, came_s, math.hypot(root_s, 0.1 * last_s) + 10.0)
        start_s = max(0.0, ready_s + float(snapshot.left_s[self._links.terminal_of[follows]]))
        if start_s >= HORIZON_S:
            return
        c = np.zeros(CIRCUMSTANCES)
        c[LATE] = max(0.0, min(MOST_DELAY_S, came_s - due_s))
        c[START_SD] = math.hypot(START_SD_S, ready_sd)
        later = Situation(
            now.vehicle_id, run, NEXT_TRIP, now.time_ms, now.age_s, 1, 0.0, start_s, max(0.0, ready_s - due_s), c
        )
        course = self._courses.of(run)
        forecast = predict(course, snapshot, later)
        memory = vehicle.next_memory
        if vehicle.next_trip != (run.trip, run.start_date) or memory is None:
            vehicle.next_trip = (run.trip, run.start_date)
            memory = vehicle.next_memory = PredictionMemory(len(course.sequence))
        if memory.wants(now.time_ms):
            memory.keep(
                now.time_ms, NEXT_TRIP, 1, (c, snapshot.beta[NEXT_TRIP], snapshot.weight[NEXT_TRIP]), forecast.model
            )
        out.predictions += [forecast.prediction] if forecast.prediction is not None else []

    def _delay_s(self, progress: Progress, time_ms: int, *, waiting: bool) -> float:
        second = (time_ms - progress.run.day_start_ms) / 1000.0
        rows = self._timetable.stops_of(progress.run.trip)
        if waiting:
            return max(0.0, second - float(self._timetable.departure_s[rows.start]))
        return second - due_s(progress.distance_m, progress.pattern.stop_distance_m, self._timetable.arrival_s[rows])


def latest_of(due_s: float, came_s: float, deviation_s: float) -> tuple[float, float]:
    """Return mean and deviation of the later of a fixed moment and one that falls as a bell.

    Parameters
    ----------
    due_s : float
        The fixed moment.
    came_s, deviation_s : float
        Mean and deviation of the other.

    Returns
    -------
    tuple of float
        Seconds.
    """
    k = (came_s - due_s) / deviation_s
    bell, share = math.exp(-0.5 * k * k) / math.sqrt(2.0 * math.pi), 0.5 * (1.0 + math.erf(k / math.sqrt(2.0)))
    mean = deviation_s * (bell + k * share)
    square = deviation_s**2 * ((1.0 + k * k) * share + k * bell)
    return due_s + mean, math.sqrt(max(0.0, square - mean * mean))


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
