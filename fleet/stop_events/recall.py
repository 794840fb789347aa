"""Lay the last quarter of an hour of a bus along the trip that it turned out to run."""

from itertools import pairwise

from fleet.assignment.model import FASTEST_MPS
from fleet.gtfs.along import match_point
from fleet.gtfs.patterns import Pattern
from fleet.stop_events.crossing import AFTER_STOP_M, MAX_GAP_MS
from fleet.stop_events.watch import StopWatch, Way
from schemas.fix import Fix
from schemas.stop_event import StopEvent

# A report: x, y in metres, when, speed, whether a door was open.
Point = tuple[float, float, int, float | None, bool | None]
# The same with metres along the shape in place of x and y.
Place = tuple[float, int, float | None, bool | None]

REMEMBERED_MS = 900_000
SAME_PLACE_M = 12.0
BESIDE_M = 120.0
BACK_M = 40.0
STRAY_POINTS = 3
AHEAD_M = 150.0


def note_point(trail: list[Point], fix: Fix, x: float, y: float) -> None:
    """Note where a bus is; of a stay only the first and the last report are kept, and where a place began to repeat."""
    point = (x, y, fix.time_ms, fix.speed_mps, fix.door_open)
    if len(trail) > 1 and _is_stay(trail[-2], trail[-1], x, y) and not _begins_to_repeat(trail, x, y):
        trail[-1] = point
    else:
        trail.append(point)
    while fix.time_ms - trail[0][2] > REMEMBERED_MS:
        trail.pop(0)


def _is_stay(one: Point, two: Point, x: float, y: float) -> bool:
    return (
        abs(two[0] - x) < SAME_PLACE_M
        and abs(two[1] - y) < SAME_PLACE_M
        and abs(one[0] - x) < SAME_PLACE_M
        and abs(one[1] - y) < SAME_PLACE_M
    )


def _begins_to_repeat(trail: list[Point], x: float, y: float) -> bool:
    """Return whether a place is the last one to the digit, and that was not the one before it."""
    return trail[-1][:2] == (x, y) != trail[-2][:2]


def walk_back(trail: list[Point], pattern: Pattern, at_m: float, time_ms: int) -> list[Place]:
    """Return the places of earlier reports along a trip on which a bus was seen only now, oldest first.

    Parameters
    ----------
    trail : list of Point
        Its reports.
    pattern : Pattern
        Of the trip.
    at_m : float
        Where along it the bus is now.
    time_ms : int
        When.

    Returns
    -------
    list of Place
        As far back as the reports lie on the shape and come forward along it, to where the bus stood at the first stop.
    """
    found: list[Place] = []
    start_m, strays = pattern.stops_m[0] + AFTER_STOP_M, 0
    for x, y, then_ms, speed_mps, door_open in reversed(trail):
        if then_ms >= time_ms:
            continue
        reach_m = FASTEST_MPS * (time_ms - then_ms) / 1000.0 + AHEAD_M
        low_m = max(start_m - AFTER_STOP_M, at_m - reach_m)
        line = (pattern.x, pattern.y, pattern.along_m)
        along_m, off_m, _ = match_point(x, y, *line, low_m, at_m + BACK_M, low_m, -1.0)
        if off_m > BESIDE_M or time_ms - then_ms > MAX_GAP_MS:
            strays += 1
            if strays > STRAY_POINTS:
                break
            continue
        strays, at_m, time_ms = 0, min(at_m, along_m), then_ms
        found.append((at_m, then_ms, speed_mps, door_open))
        if at_m <= start_m:
            break
    found.reverse()
    return found


def recall(watch: StopWatch, places: list[Place], *, fresh: bool) -> list[StopEvent]:
    """Drive a new watch along earlier places and return the events; ``fresh`` as `StopWatch.seat` takes it."""
    first_m, first_ms, _, _ = places[0]
    start_m = watch.timetable.pattern_of(watch.run.trip).stops_m[0]
    watch.seat(first_m, first_ms, waits=first_m <= start_m + AFTER_STOP_M, fresh=fresh)
    events: list[StopEvent] = []
    for (from_m, from_ms, before, _), (to_m, to_ms, after, door) in pairwise(places):
        events += watch.drive(Way(from_m, from_ms, to_m, to_ms, door, (before, after)))
    return events
