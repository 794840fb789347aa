"""What comes next for a bus, and what its arrivals teach about how well that was foreseen."""

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from fleet.arrivals.learner import Learner
from fleet.arrivals.links import make_links
from fleet.arrivals.predict import HORIZON_S, Situation, forecast, predict
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
MIN_LAYOVER_MS = 120_000


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
        self.learner = Learner(self._links)
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
            return []
        if event.departure_ms is not None:
            return []
        row = rows.start + stop
        seen = vehicle.link_from is not None and vehicle.link_from[0] == stop - 1
        took_s = (event.arrival_ms - vehicle.link_from[1]) / 1000.0 if vehicle.link_from is not None else 0.0
        kinds, horizons, errors = memory.errors_at(stop, event.arrival_ms, HORIZON_S)
        vehicle.link_from = (stop, event.arrival_ms)
        lesson = Lesson(
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
        return [lesson]

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
        out.delay_s = self._delay_s(progress, fix.time_ms, waiting=waiting)
        if progress.off_m > OFF_ROUTE_M and not waiting:
            return out
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
        snapshot = self.learner.at(fix.time_ms)
        made = forecast(self._timetable, self._links, snapshot, now)
        memory.keep(fix.time_ms, made)
        out.predictions += [p for p in (predict(self._timetable, snapshot, now, made),) if p is not None]
        follows = self._next_of.get(progress.run.trip)
        left_s = float(made.seconds[-1]) if len(made.seconds) else 0.0
        if follows is not None and left_s <= HORIZON_S:
            ready = fix.time_ms + round(left_s * 1000.0) + MIN_LAYOVER_MS
            self._predict_next(follows, now, ready, out)
        return out

    def _predict_next(self, follows: int, now: Situation, ready_ms: int, out: Foreseen) -> None:
        run = self._timetable.run_of(follows, now.run.start_date)
        late_s = max(0.0, (ready_ms - run.start_ms) / 1000.0)
        later = Situation(
            now.vehicle_id, run, now.time_ms, now.age_s, 1, 0.0, True, ready_ms, late_s, next_trip=True
        )  # fmt: skip
        snapshot = self.learner.at(now.time_ms)
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
