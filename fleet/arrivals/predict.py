"""When a bus will arrive at each of its next stops."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.features import MOVING, STANDS, START_S
from fleet.arrivals.kernel import ROOM, run_ahead
from fleet.arrivals.links import Links
from fleet.arrivals.reason import OLD_S, ON_TIME_S, STANDS_S, reason_of
from fleet.arrivals.snapshot import Snapshot
from fleet.gtfs.timetable import Timetable, TripRun
from schemas.prediction import StopPrediction, TripPrediction
from schemas.text import Text

Floats = NDArray[np.float64]
HORIZON_S = 3000.0
MODEL = "links-2"
MOST_COURSES = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What is said of each stop of one trip on one day, prepared once; ``times`` and ``room`` are there to work in."""

    planned_s: Floats
    link: NDArray[np.int32]
    due_ms: Floats
    stop_ids: list[str]
    sequence: list[int]
    scheduled_ms: list[int]
    places: list[str]
    route_id: str
    headsign: str
    direction_id: int | None
    terminal: int
    times: NDArray[np.int64]
    room: Floats


class Courses:
    """The courses of the trips that run, made when first asked for.

    Parameters
    ----------
    timetable : Timetable
        Of the trips.
    links : Links
        Of the timetable.
    """

    def __init__(self, timetable: Timetable, links: Links) -> None:
        self._timetable = timetable
        self._links = links
        self._made: dict[tuple[int, int], Course] = {}
        self._times: dict[int, NDArray[np.int64]] = {}
        self._room = np.empty(ROOM)

    def of(self, run: TripRun) -> Course:
        """Return the course of a trip on a day."""
        found = self._made.get((run.trip, run.day_start_ms))
        if found is None:
            if len(self._made) >= MOST_COURSES:
                self._made.clear()
            found = self._made[run.trip, run.day_start_ms] = self._make(run)
        return found

    def _make(self, run: TripRun) -> Course:
        table, rows = self._timetable, self._timetable.stops_of(run.trip)
        stops = table.time_stop[rows].tolist()
        due = run.day_start_ms + np.rint(table.arrival_s[rows] * 1000.0).astype(np.int64)
        return Course(
            planned_s=np.ascontiguousarray(self._links.planned_s[rows]),
            link=np.ascontiguousarray(self._links.of_row[rows]),
            due_ms=run.day_start_ms + 1000.0 * self._links.due_s[rows],
            stop_ids=[table.stop_ids[stop] for stop in stops],
            sequence=table.time_sequence[rows].tolist(),
            scheduled_ms=due.tolist(),
            places=[table.stop_names[stop] for stop in stops],
            route_id=table.route_ids[table.trip_route[run.trip]],
            headsign=table.headsign_of(run.trip),
            direction_id=table.trip_direction[run.trip],
            terminal=int(self._links.terminal_of[run.trip]),
            times=self._times.setdefault(len(stops), np.empty((4, len(stops)), dtype=np.int64)),
            room=self._room,
        )


class Situation(NamedTuple):
    """A bus on a trip at its newest fix.

    ``delay_s`` is ``None`` for a slot of a headway; ``fact`` and ``start`` as in ``features``, the fact of the trip it
    runs now, the start of the trip that is foreseen.
    """

    vehicle_id: str
    run: TripRun
    kind: int
    time_ms: int
    age_s: float
    ahead: int
    delay_s: float | None
    fact: Floats
    start: Floats


class Forecast(NamedTuple):
    """What is said of a trip; the links' seconds to its last stop and their deviation, infinite beyond the horizon."""

    prediction: TripPrediction | None
    last_s: float
    root_s: float


def predict(course: Course, snapshot: Snapshot, now: Situation) -> Forecast:
    """Return the prediction for a bus, ``None`` in it where no stop lies within 50 minutes.

    Parameters
    ----------
    course : Course
        Of the trip.
    snapshot : Snapshot
        What was learnt.
    now : Situation
        The bus.

    Returns
    -------
    Forecast
        All stops ahead within the horizon, times never going back along the trip.
    """
    first = now.ahead
    count, last_s, root_s, lost_s, where, seen_ms = run_ahead(
        course.planned_s, course.link, course.due_ms, first, snapshot.laid, snapshot.calibration.laid, now.time_ms,
        now.kind, now.fact, now.start, HORIZON_S, course.times, course.room,
    )  # fmt: skip
    last = first + count
    last_s = last_s if last >= len(course.sequence) else math.inf
    if last <= first:
        return Forecast(None, last_s, root_s)
    stops = tuple(
        map(
            StopPrediction, course.stop_ids[first:last], course.sequence[first:last], *course.times[:, :count].tolist(),
            course.scheduled_ms[first:last],
        )
    )  # fmt: skip
    prediction = TripPrediction(
        vehicle_id=now.vehicle_id,
        trip_id=now.run.trip_id,
        start_date=now.run.start_date,
        route_id=course.route_id,
        made_at_ms=now.time_ms,
        fix_time_ms=now.time_ms,
        fix_age_s=now.age_s,
        delay_s=round(now.delay_s or 0.0, 1),
        reason=_reason(course, now, snapshot, lost_s, where),
        model=MODEL,
        stops=stops,
        direction_id=course.direction_id,
        headsign=course.headsign,
        links_age_s=max(0.0, (now.time_ms - seen_ms) / 1000.0) if seen_ms else None,
        roads_age_s=_roads_age_s(snapshot, course.link[first:last], now.time_ms) if len(snapshot.told_ms) else None,
    )
    return Forecast(prediction, last_s, root_s)


def _roads_age_s(snapshot: Snapshot, links: NDArray[np.int32], now_ms: int) -> float | None:
    """Return the age of the newest state of the roads ahead, ``None`` where none is known."""
    newest_ms = float(snapshot.told_ms[links].max())
    return max(0.0, (now_ms - newest_ms) / 1000.0) if newest_ms else None


def _told_minutes(snapshot: Snapshot, link: int, now_ms: int) -> int:
    """Return how old the states of roads are that tell most of what a link loses, minutes; -1 where buses do."""
    if not len(snapshot.moved) or 2.0 * snapshot.moved[link] < snapshot.ratio[link] - snapshot.usual[link]:
        return -1
    return max(0, round((now_ms - float(snapshot.told_ms[link])) / 60_000.0))


def _reason(course: Course, now: Situation, snapshot: Snapshot, lost_s: float, where: int) -> Text:
    stands_s = float(now.fact[STANDS]) if now.kind == MOVING else 0.0
    stands = round(stands_s / 60.0) if stands_s >= STANDS_S else 0
    lost = round(lost_s / 60.0) if lost_s >= ON_TIME_S and not stands else 0
    delay_s = now.delay_s
    late = None if delay_s is None else round(delay_s / 60.0) if abs(delay_s) >= ON_TIME_S else 0
    old = round(now.age_s / 60.0) if now.age_s >= OLD_S else 0
    place = course.places[now.ahead + (where if lost else 0)] if lost or stands else ""
    told = _told_minutes(snapshot, int(course.link[now.ahead + where]), now.time_ms) if lost else -1
    return reason_of(
        now.kind, late, stands, round(float(now.start[START_S]) / 60.0), lost, place, old, course.places[0], told
    )
