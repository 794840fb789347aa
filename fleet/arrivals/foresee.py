"""What comes next for a bus, and what its arrivals teach about how well that was foreseen."""

import math
from dataclasses import dataclass, field

import numpy as np

from fleet.arrivals.facts import write_moving
from fleet.arrivals.features import (
    DELAY,
    FACTS,
    MOST_DELAY_S,
    MOVING,
    NEXT_TRIP,
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
from fleet.arrivals.learner import Learner
from fleet.arrivals.links import make_links
from fleet.arrivals.predict import HORIZON_S, Courses, Forecast, Situation, predict
from fleet.arrivals.roads import Roads
from fleet.arrivals.selfcheck import FARTHEST_S
from fleet.arrivals.snapshot import Snapshot
from fleet.arrivals.ways import Ways
from fleet.assignment.progress import Progress
from fleet.gtfs.timetable import Timetable
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
SET_OUT_M = 60.0
PACE_MEMORY_S = 900.0


@dataclass(slots=True)
class Foreseen:
    """What is said of a bus after a fix: its predictions, and how late it is, ``None`` where no times are."""

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
    ways : Ways, optional
        The edges of its links; without them states of roads say nothing.
    """

    def __init__(self, timetable: Timetable, fingerprint: str, ways: Ways | None = None) -> None:
        self._timetable = timetable
        self._links = make_links(timetable)
        self.courses = Courses(timetable, self._links)
        self.learner = Learner(self._links, timetable.timezone, Roads(ways) if ways is not None else None)
        self._fingerprint = fingerprint
        # Plain numbers are read faster than those in arrays.
        self._is_slot: list[bool] = (timetable.trip_headway_s > 0).tolist()
        self._next_of: list[int] = self._links.next_of.tolist()
        self._fact, self._start = np.zeros(FACTS), np.zeros(4)
        # Whose facts stand in ``_fact``: the bus, its fix, and how late it is.
        self._noted: tuple[Vehicle, Fix, float | None] | None = None

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
        stop = int(self._timetable.time_sequence[rows].searchsorted(event.stop_sequence))
        if stop == 0:
            vehicle.link_from = (0, event.departure_ms or event.arrival_ms)
            return [self._left(vehicle, watch, event, known_ms)] if event.departure_ms is not None else []
        if event.departure_ms is not None:
            return []
        row, came_ms = rows.start + stop, watch.passed_ms.get(stop, event.arrival_ms)
        seen = vehicle.link_from is not None and vehicle.link_from[0] == stop - 1
        took_s = (came_ms - vehicle.link_from[1]) / 1000.0 if vehicle.link_from is not None else 0.0
        planned_s = float(self._links.planned_s[row])
        vehicle.link_from = (stop, came_ms)
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
                arrival_ms=came_ms,
                facts=self._facts_before(vehicle, watch.run.trip, came_ms),
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
            self._note_facts(vehicle, vehicle.progress, fix, x, y)
            vehicle.memory.keep(self._fact)

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
        if is_off_route(progress) and not waiting:
            out.delay_s = self.delay_of(vehicle, fix.time_ms)
            return out
        noted, self._noted = self._noted, None
        if noted is not None and noted[0] is vehicle and noted[1] is fix:
            out.delay_s = noted[2]  # it was remembered a moment ago
        else:
            out.delay_s = self._note_facts(vehicle, progress, fix, x, y)
        fact, start = self._fact, self._start
        snapshot, trip = self.learner.at(fix.time_ms), progress.run.trip
        start_of(fact, start)
        age_s = max(0.0, (fix.received_ms - fix.time_ms) / 1000.0)
        now = Situation(
            vehicle.vehicle_id, progress.run, WAITING if waiting else MOVING, fix.time_ms, age_s,
            1 if waiting else watch.ahead, out.delay_s, fact, start,
        )  # fmt: skip
        made = predict(self.courses.of(progress.run), snapshot, now)
        if made.prediction is not None:
            out.predictions.append(made.prediction)
        follows = self._next_of[trip]
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
            late_s = None if self.is_slot(follows) else float(start[START_LATE])
            later = Situation(
                now.vehicle_id, run, NEXT_TRIP, now.time_ms, now.age_s, 1, late_s, now.fact, start
            )  # fmt: skip
            forecast = predict(self.courses.of(run), snapshot, later)
            out.predictions += [forecast.prediction] if forecast.prediction is not None else []

    def _note_facts(self, vehicle: Vehicle, progress: Progress, fix: Fix, x: float, y: float) -> float | None:
        """Write the facts of a bus as ``features`` names them into ``_fact``; return how late it is, seconds.

        A slot of a headway has times only so that it has an order: nothing is late by them, so ``None``.
        """
        late_s: float | None = self._write_facts(vehicle, progress, fix, x, y)
        if self._is_slot[progress.run.trip]:
            self._fact[DELAY], late_s = 0.0, None
        self._noted = vehicle, fix, late_s
        return late_s

    def _write_facts(self, vehicle: Vehicle, progress: Progress, fix: Fix, x: float, y: float) -> float:
        watch, run, now_ms, table = vehicle.watch, progress.run, fix.time_ms, self._timetable
        assert watch is not None
        if vehicle.is_waiting:
            ready_ms = max(run.start_ms, (watch.arrival_ms or now_ms) + round(1000 * TURN_S))
            late_s = min(MOST_DELAY_S, (ready_ms - run.start_ms) / 1000.0)
            way_s = round(_way_to_start_m(progress, x, y) / DEADHEAD_MPS, 1)
            ready_s = (ready_ms - now_ms) / 1000.0
            self._fact[:] = (now_ms, run.trip, WAITING, 1, 0.0, late_s, 0.0, 0.0, 0.0, ready_s, way_s)
            return self._delay_s(vehicle, progress, now_ms)
        return write_moving(
            self._fact, now_ms, run.trip, run.day_start_ms, table.trip_row[run.trip], watch.ahead,
            watch.departure_ms is not None or watch.at != watch.ahead - 1, watch.arrival_ms or 0,
            now_ms if vehicle.anchor is None else vehicle.anchor[2], progress.distance_m, *vehicle.pace,
            progress.pattern.stop_distance_m, table.arrival_s, self._links.planned_s,
        )  # fmt: skip

    def is_slot(self, trip: int) -> bool:
        """Return whether a trip is a slot of a headway: it has no times to be late by."""
        return self._is_slot[trip]

    def delay_of(self, vehicle: Vehicle, time_ms: int) -> float | None:
        """Return how late a bus on a trip is at its newest fix, seconds; ``None`` where it has no times."""
        progress = vehicle.progress
        assert progress is not None
        return None if self.is_slot(progress.run.trip) else self._delay_s(vehicle, progress, time_ms)

    def _delay_s(self, vehicle: Vehicle, progress: Progress, time_ms: int) -> float:
        table = self._timetable
        second = (time_ms - progress.run.day_start_ms) / 1000.0
        rows = table.stops_of(progress.run.trip)
        if vehicle.is_waiting:
            return max(0.0, second - float(table.departure_s[rows.start]))
        return second - due_s(progress.distance_m, progress.pattern.stop_distance_m, table.arrival_s[rows])


def is_off_route(progress: Progress) -> bool:
    """Return whether a bus is too far beside its shape to be on its route."""
    return progress.off_m > (OFF_ROUTE_M if progress.pattern.drawn else OFF_UNDRAWN_M)


def _way_to_start_m(progress: Progress, x: float, y: float) -> float:
    # Who is on the shape beyond the first stop has set out, or will not drive back.
    if progress.distance_m > SET_OUT_M and progress.off_m < SET_OUT_M:
        return 0.0
    sx, sy = progress.pattern.begin_xy
    away = math.hypot(x - sx, y - sy)
    return max(0.0, away - 60.0) * 1.3
