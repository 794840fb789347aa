"""The way of a bus beside its line, from where it left to where it came back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.alerts.recalled import recall_way
from fleet.alerts.surely import SURE, way_probability
from fleet.assignment.progress import Progress
from fleet.gtfs.patterns import Pattern
from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.trip import Phase

LEAVE_M = 80.0
RETURN_M = 50.0
LEAST_M = 80.0
MOST_M = 8_000.0
# With two reports from before it left.
LEAST_POINTS = 5
MOST_POINTS = 150
MOST_MS = 20 * 60_000
# A bus that comes so near to a stop serves it, or could; receivers err by less than half of that.
MISSED_M = 50.0
# A way around is longer than what it leaves out by so much; receivers make any way a little longer.
AROUND = 1.15
# What one bus alone left out must be further from its way: between tall buildings receivers err by a hundred metres.
ALONE_M = 150.0
# And seen beside its line so often: a jump or two are its receiver's.
ALONE_POINTS = 4
# No bus goes round so fast on average: it is the receiver that went.
FASTEST_MPS = 13.0
# Reports kept of just before it left, with the first one beside the line: the turning lies between two of them.
BEFORE = 3


@dataclass(frozen=True, eq=False)
class Excursion:
    """One bus left its line at ``from_m`` along it and came back at ``to_m``.

    ``way`` is x and y in between and of some reports before, metres.
    """

    vehicle_id: str
    trip: int
    from_m: float
    to_m: float
    from_ms: int
    to_ms: int
    way: NDArray[np.float64]


def note_away(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> Excursion | None:
    """Note where a bus is while it is beside the line it was on, whatever it is taken to do there.

    Parameters
    ----------
    vehicle : Vehicle
        The bus after its newest fix; its way so far is kept with it.
    timetable : Timetable
        Whose lines are run.
    time_ms : int
        Time of the fix.

    Returns
    -------
    Excursion or None
        When it has come back, and it was no slip of the receiver or of the assignment.
    """
    progress = vehicle.progress
    drives = progress is not None and vehicle.phase in (Phase.IN_SERVICE, Phase.DETOUR)
    if not vehicle.away:
        return _begin(vehicle, progress, timetable, time_ms) if progress is not None and drives else None
    if time_ms - vehicle.away[0][3] > MOST_MS:
        vehicle.away = []
        return None
    if progress is None or not drives or progress.pattern.index != vehicle.away_on or progress.off_m > RETURN_M:
        if len(vehicle.away) < MOST_POINTS:
            vehicle.away.append((vehicle.x, vehicle.y, vehicle.away[0][2], time_ms))
        return None
    return _come_back(vehicle, progress, timetable, time_ms)


def _begin(vehicle: Vehicle, progress: Progress, timetable: Timetable, time_ms: int) -> Excursion | None:
    """Note that a bus leaves its line; return the way by which one came to it that was taken for another until now."""
    # A line that the feed does not draw runs straight from stop to stop: every bus is beside it.
    if not progress.pattern.drawn:
        return None
    if progress.off_m > LEAVE_M:
        vehicle.away = [(x, y, progress.distance_m, at_ms) for x, y, at_ms, _, _ in vehicle.trail[-BEFORE:]]
    elif progress.seated_ms == time_ms and progress.off_m <= RETURN_M:
        vehicle.away = recall_way(vehicle.trail, progress)
    if not vehicle.away:
        return None
    vehicle.away_on = progress.pattern.index
    return _come_back(vehicle, progress, timetable, time_ms) if progress.off_m <= RETURN_M else None


def _come_back(vehicle: Vehicle, progress: Progress, timetable: Timetable, time_ms: int) -> Excursion | None:
    way, vehicle.away = vehicle.away, []
    from_m = way[0][2]
    is_real = len(way) >= LEAST_POINTS and LEAST_M <= progress.distance_m - from_m <= MOST_M
    if not is_real or way_probability(vehicle, timetable) < SURE:
        return None
    points = np.array([(x, y) for x, y, _, _ in way] + [(vehicle.x, vehicle.y)])
    if float(np.sum(np.hypot(*np.diff(points, axis=0).T))) > FASTEST_MPS * (time_ms - way[0][3]) / 1000.0:
        return None
    return Excursion(vehicle.vehicle_id, progress.run.trip, from_m, progress.distance_m, way[0][3], time_ms, points)


def goes_around(one: Excursion, timetable: Timetable) -> bool:
    """Return whether a way beside a line is longer than the line and took no less time than is planned for that.

    Who goes around a closed road loses time by it. A bus that has turned short takes a shorter or a faster way, and
    nobody gets on or off.
    """
    pattern, rows = timetable.pattern_of(one.trip), timetable.stops_of(one.trip)
    planned_s = np.interp([one.from_m, one.to_m], pattern.stop_distance_m, timetable.departure_s[rows])
    driven_m = float(np.sum(np.hypot(*np.diff(one.way, axis=0).T)))
    took_s = (one.to_ms - one.from_ms) / 1000.0
    return driven_m >= AROUND * (one.to_m - one.from_m) and took_s >= float(planned_s[1] - planned_s[0])


def find_missed(timetable: Timetable, ways: Sequence[Excursion], far_m: float = MISSED_M) -> NDArray[np.int64]:
    """Return the stops of a line, by their place in it, that all of some buses left out by so much on their ways."""
    one = ways[-1]
    pattern = timetable.pattern_of(one.trip)
    along = pattern.stop_distance_m
    here = np.column_stack([timetable.stop_x[pattern.stop_index], timetable.stop_y[pattern.stop_index]])
    before_m = float(np.hypot(*(one.way[min(BEFORE, len(one.way)) - 1] - one.way[0])))
    between = np.flatnonzero((along > one.from_m - before_m) & (along < one.to_m))
    far = [all(distance_between(here[n][None, :], way.way) > far_m for way in ways) for n in between]
    return np.asarray(between[np.array(far, dtype=bool)])


def is_often_beside(one: Excursion, timetable: Timetable) -> bool:
    """Return whether a way was seen beside its line so often that it is believed of one bus alone."""
    pattern = timetable.pattern_of(one.trip)
    line = np.column_stack([pattern.x, pattern.y])
    return sum(distance_between(point[None, :], line) > LEAVE_M for point in one.way) >= ALONE_POINTS


def mean_off(way: NDArray[np.float64], pattern: Pattern) -> float:
    """Return how far a way lies beside a line on average, metres; without the reports from before it left."""
    points = way[BEFORE - 1 : -1] if len(way) > BEFORE else way
    return distance_between(points, np.column_stack([pattern.x, pattern.y]))


def distance_between(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return how far the points of a way lie from another way on average, metres."""
    start, step = other[:-1], np.diff(other, axis=0)
    length2 = np.maximum(np.sum(step**2, axis=1), 1e-9)
    to_point = one[:, None, :] - start[None, :, :]
    part = np.clip(np.sum(to_point * step[None, :, :], axis=2) / length2, 0.0, 1.0)
    nearest = start[None, :, :] + part[:, :, None] * step[None, :, :]
    return float(np.mean(np.min(np.linalg.norm(one[:, None, :] - nearest, axis=2), axis=1)))
