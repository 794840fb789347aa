"""What comes next for a bus, and what its arrivals teach about how well that was foreseen."""

import math
from dataclasses import dataclass, field

import numpy as np

from fleet.arrivals.features import (
    AHEAD,
    KIND,
    MOST_DELAY_S,
    MOST_STANDING_S,
    MOVING,
    NEXT_TRIP,
    PART,
    READY,
    START_LATE,
    START_S,
    TRIP,
    TURN_S,
    WAITING,
    next_start_of,
    start_of,
)
from fleet.arrivals.kernel import due_s
from fleet.arrivals.learner import Learner, Snapshot
from fleet.arrivals.links import make_links
from fleet.arrivals.predict import HORIZON_S, Courses, Forecast, Situation, predict
from fleet.arrivals.selfcheck import FARTHEST_S
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
# Where a feed has no shape the line goes straight from stop to stop, and the street does not.
OFF_UNDRAWN_M = 750.0
DEADHEAD_MPS = 5.0
PACE_PRIOR_S = 300.0
PACE_MEMORY_S = 900.0
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
        self._asked: tuple[int, int, float, int, bool] | None = None
        self._answer_s = 0.0

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
        watch = vehicle.watch
        assert watch is not None
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
        planned_s = float(self._links.planned_s[row])
        vehicle.link_from = (stop, event.arrival_ms)
        if seen:
            self._note_pace(vehicle, planned_s, took_s)
        return [
            Lesson(
                known_ms=known_ms,
                vehicle_id=vehicle.vehicle_id,
                stop_sequence=event.stop_sequence,
                trip_id=event.trip_id,
                link=int(self._links.of_row[row]) if seen else -1,
                planned_s=planned_s,
                took_s=max(0.0, took_s),
                timetable=self._fingerprint,
                start_date=event.start_date,
                trip=watch.run.trip,
                stop=stop,
                start_ms=watch.run.start_ms,
                arrival_ms=event.arrival_ms,
                facts=self._facts_before(vehicle, watch.run.trip, event.arrival_ms),
            )
        ]

    def _facts_before(self, vehicle: Vehicle, trip: int, arrival_ms: int) -> tuple[float, ...]:
        """Return the situations of a bus on a trip, or on the one before it, flat."""
        facts = vehicle.memory.since(arrival_ms - 1000.0 * FARTHEST_S)
        of = facts[:, TRIP].astype(np.int64)
        return tuple(facts[(of == trip) | (self._links.next_of[of] == trip)].ravel().tolist())

    def _left(self, vehicle: Vehicle, watch: StopWatch, event: StopEvent, known_ms: int) -> Lesson:
        """Return what a departure from the first stop teaches about its terminal."""
        assert event.departure_ms is not None
        could_ms = max(watch.run.start_ms, event.arrival_ms + round(1000 * TURN_S))
        return Lesson(
            known_ms=known_ms,
            vehicle_id=vehicle.vehicle_id,
            stop_sequence=event.stop_sequence,
            trip_id=event.trip_id,
            link=-1,
            planned_s=0.0,
            took_s=0.0,
            timetable=self._fingerprint,
            start_date=event.start_date,
            terminal=int(self._links.terminal_of[watch.run.trip]),
            left_s=(event.departure_ms - could_ms) / 1000.0,
        )

    @staticmethod
    def _note_pace(vehicle: Vehicle, planned_s: float, took_s: float) -> None:
        """Note how the bus drove a link beside what was planned."""
        took, planned = vehicle.pace
        fade = math.exp(-planned_s / PACE_MEMORY_S)
        vehicle.pace = took * fade + min(max(0.0, took_s), 3.0 * planned_s + 60.0), planned * fade + planned_s

    def remember(self, vehicle: Vehicle, fix: Fix, x: float, y: float) -> None:
        """Remember the situation of a bus on a trip, until its arrivals show how right it was foreseen."""
        assert vehicle.progress is not None
        if vehicle.memory.is_due(fix.time_ms) and (not is_off_route(vehicle.progress) or vehicle.is_waiting):
            vehicle.memory.keep(self._facts(vehicle, vehicle.progress, fix, x, y))

    def predict(self, vehicle: Vehicle, fix: Fix, x: float, y: float) -> Foreseen:
        """Return what is foreseen for a bus on a trip; nothing of the bus is changed.

        Parameters
        ----------
        vehicle : Vehicle
            After its newest fix.
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
        progress, watch = vehicle.progress, vehicle.watch
        assert progress is not None
        assert watch is not None
        waiting = vehicle.is_waiting
        out.delay_s = self._delay_s(progress, fix.time_ms, waiting=waiting)
        if is_off_route(progress) and not waiting:
            return out
        fact, start = np.array(self._facts(vehicle, progress, fix, x, y)), np.empty(4)
        snapshot, trip = self.learner.at(fix.time_ms), progress.run.trip
        start_of(fact, float(snapshot.left_s[self._links.terminal_of[trip]]), start)
        age_s = max(0.0, (fix.received_ms - fix.time_ms) / 1000.0)
        now = Situation(
            vehicle.vehicle_id, progress.run, int(fact[KIND]), fix.time_ms, age_s, int(fact[AHEAD]), float(fact[PART]),
            out.delay_s, fact, start,
        )  # fmt: skip
        made = predict(self._courses.of(progress.run), snapshot, now)
        if made.prediction is not None:
            out.predictions.append(made.prediction)
        follows = int(self._links.next_of[trip])
        if follows >= 0 and made.last_s < HORIZON_S:
            self._predict_next(follows, now, made, snapshot, out)
        return out

    def _predict_next(self, follows: int, now: Situation, made: Forecast, snapshot: Snapshot, out: Foreseen) -> None:
        """Add the next trip of the block: it leaves when due, or after a short rest if the bus comes late."""
        run, start = self._timetable.run_of(follows, now.run.start_date), np.empty(4)
        left_s = float(snapshot.left_s[self._links.terminal_of[follows]])
        last_s = made.last_s if made.prediction is not None else float(now.fact[READY])
        next_start_of(last_s, made.root_s, (run.start_ms - now.time_ms) / 1000.0, left_s, start)
        if start[START_S] < HORIZON_S:
            later = Situation(
                now.vehicle_id, run, NEXT_TRIP, now.time_ms, now.age_s, 1, 0.0, float(start[START_LATE]), now.fact,
                start,
            )  # fmt: skip
            forecast = predict(self._courses.of(run), snapshot, later)
            out.predictions += [forecast.prediction] if forecast.prediction is not None else []

    def _facts(self, vehicle: Vehicle, progress: Progress, fix: Fix, x: float, y: float) -> tuple[float, ...]:
        """Return the facts of a bus as ``features`` names them."""
        watch, run, now_ms = vehicle.watch, progress.run, fix.time_ms
        assert watch is not None
        if vehicle.is_waiting:
            ready_ms = max(run.start_ms, (watch.arrival_ms or now_ms) + round(1000 * TURN_S))
            late_s = min(MOST_DELAY_S, (ready_ms - run.start_ms) / 1000.0)
            way_s = round(_way_to_start_m(progress, x, y) / DEADHEAD_MPS, 1)
            return (now_ms, run.trip, WAITING, 1, 0.0, late_s, 0.0, 0.0, 0.0, (ready_ms - now_ms) / 1000.0, way_s)
        took, planned = vehicle.pace
        stands_s = 0.0 if vehicle.anchor is None else (now_ms - vehicle.anchor[2]) / 1000.0
        delay_s = max(-MOST_DELAY_S, min(MOST_DELAY_S, self._delay_s(progress, now_ms, waiting=False)))
        part = _part(progress, watch)
        came_s = 0.0
        if watch.ahead >= len(progress.pattern.stop_index) and watch.arrival_ms is not None:
            came_s = (watch.arrival_ms - now_ms) / 1000.0
        return (
            now_ms, run.trip, MOVING, watch.ahead, round(part, 3), round(delay_s, 1),
            round(max(0.0, min(MOST_STANDING_S, stands_s) - CALL_S), 1),
            round(self._called_s(progress, watch, part, stands_s), 1),
            round((took + PACE_PRIOR_S) / (planned + PACE_PRIOR_S) - 1.0, 3), came_s, 0.0,
        )  # fmt: skip

    def _called_s(self, progress: Progress, watch: StopWatch, part: float, stands_s: float) -> float:
        """Return how much of the time that the link ahead has for the call at its first stop lies behind."""
        row = int(self._links.trip_start[progress.run.trip]) + watch.ahead
        if watch.ahead >= len(progress.pattern.stop_index):
            return 0.0
        call_s = min(CALL_S, CALL_SHARE * float(self._links.planned_s[row]))
        gone = watch.departure_ms is not None or watch.at != watch.ahead - 1
        return call_s * (1.0 - part) if gone else min(call_s, stands_s)

    def delay_of(self, vehicle: Vehicle, time_ms: int) -> float:
        """Return how late a bus on a trip is at its newest fix, seconds."""
        assert vehicle.progress is not None
        return self._delay_s(vehicle.progress, time_ms, waiting=vehicle.is_waiting)

    def _delay_s(self, progress: Progress, time_ms: int, *, waiting: bool) -> float:
        asked = (progress.run.trip, progress.run.day_start_ms, progress.distance_m, time_ms, waiting)
        if asked != self._asked:  # the facts, the prediction and the position ask the same
            self._asked, self._answer_s = asked, self._work_out_delay_s(progress, time_ms, waiting=waiting)
        return self._answer_s

    def _work_out_delay_s(self, progress: Progress, time_ms: int, *, waiting: bool) -> float:
        second = (time_ms - progress.run.day_start_ms) / 1000.0
        rows = self._timetable.stops_of(progress.run.trip)
        if waiting:
            return max(0.0, second - float(self._timetable.departure_s[rows.start]))
        return second - due_s(progress.distance_m, progress.pattern.stop_distance_m, self._timetable.arrival_s[rows])


def is_off_route(progress: Progress) -> bool:
    """Return whether a bus is too far beside its shape to be on its route."""
    return progress.off_m > (OFF_ROUTE_M if progress.pattern.drawn else OFF_UNDRAWN_M)


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
