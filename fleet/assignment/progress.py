"""Where a bus is along the shape of its trip: never back, unless it is clear that we were wrong."""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.gtfs.along import match_point
from fleet.gtfs.patterns import Pattern
from fleet.gtfs.timetable import Timetable, TripRun

Floats = NDArray[np.float64]
BACK_M = 40.0
MAX_SPEED_MPS = 28.0
AHEAD_M = 150.0
ON_ROUTE_M = 60.0
RESEAT_AFTER = 2
WRONG_WAY_AFTER = 3
FIRST_SLACK_M = 4000.0


@dataclass(slots=True)
class Progress:
    """A bus on one trip: its way along the shape at its newest fix.

    ``distance_m`` never goes back except when the bus is seated anew; then ``seated_ms`` is the time of that.
    ``strange`` counts fixes in a row that fit another part of the shape better, ``backward`` those that went back.
    """

    run: TripRun
    pattern: Pattern
    distance_m: float
    off_m: float
    angle_rad: float
    time_ms: int
    seated_ms: int
    strange: int = 0
    backward: int = 0

    @property
    def is_at_start(self) -> bool:
        """Whether the bus stands within 80 m of the first stop's place on the shape."""
        return self.distance_m <= self.pattern.stops_m[0] + 80.0

    @property
    def is_at_end(self) -> bool:
        """Whether the bus is within 30 m of the last stop's place on the shape, or past it."""
        return self.distance_m >= self.pattern.stops_m[-1] - 30.0


def scheduled_distance_m(timetable: Timetable, run: TripRun, time_ms: int) -> float:
    """Return where along its shape the timetable has a trip at a moment, metres."""
    rows = timetable.stops_of(run.trip)
    second = (time_ms - run.day_start_ms) / 1000.0
    stop_m = timetable.pattern_of(run.trip).stop_distance_m
    return place_at(second, timetable.arrival_s[rows], timetable.departure_s[rows], stop_m)


@numba.njit(cache=True)
def place_at(second: float, arrival_s: Floats, departure_s: Floats, stop_m: Floats) -> float:
    """Return how far along its shape a trip should be: at a stop from arrival to departure, evenly in between."""
    for i in range(len(stop_m)):
        if second <= arrival_s[i]:
            gap_s = arrival_s[i] - departure_s[i - 1] if i > 0 else 0.0
            part = (arrival_s[i] - second) / gap_s if gap_s > 0.0 else 0.0
            return float(stop_m[i] - part * (stop_m[i] - stop_m[i - 1])) if part > 0.0 else float(stop_m[i])
        if second <= departure_s[i]:
            return float(stop_m[i])
    return float(stop_m[-1])


def seat(
    timetable: Timetable, run: TripRun, x: float, y: float, time_ms: int, *, at_m: float | None = None
) -> Progress:
    """Put a bus on a trip for the first time: near ``at_m``, else anywhere, by the timetable if in doubt."""
    pattern = timetable.pattern_of(run.trip)
    expected = scheduled_distance_m(timetable, run, time_ms) if at_m is None else at_m
    slack = FIRST_SLACK_M if at_m is None else AHEAD_M
    low, high = (0.0, pattern.length_m) if at_m is None else (max(0.0, at_m - AHEAD_M), at_m + AHEAD_M)
    along, off, angle = match_point(x, y, pattern.x, pattern.y, pattern.along_m, low, high, expected, slack)
    return Progress(run, pattern, along, off, angle, time_ms, time_ms)


def advance(timetable: Timetable, progress: Progress, x: float, y: float, time_ms: int) -> bool:
    """Move a bus along its trip to a newer fix.

    Parameters
    ----------
    timetable : Timetable
        The timetable of the trip.
    progress : Progress
        Changed in place.
    x, y : float
        The fix in metres of the timetable's frame.
    time_ms : int
        Its time, after that of ``progress``.

    Returns
    -------
    bool
        True where the way between the two places was driven in between; false where the bus was seated anew.
    """
    pattern = progress.pattern
    dt_s = (time_ms - progress.time_ms) / 1000.0
    low = max(0.0, progress.distance_m - BACK_M)
    high = progress.distance_m + AHEAD_M + MAX_SPEED_MPS * dt_s
    expected = progress.distance_m + 5.0 * min(dt_s, 120.0)
    slack = 150.0 + 10.0 * dt_s
    line = (pattern.x, pattern.y, pattern.along_m)
    along, off, angle = match_point(x, y, *line, low, high, expected, slack)
    progress.backward = progress.backward + 1 if along < progress.distance_m - BACK_M / 2 else 0
    if off > ON_ROUTE_M:
        fresh = seat(timetable, progress.run, x, y, time_ms)
        progress.strange = progress.strange + 1 if fresh.off_m < min(ON_ROUTE_M, off / 2) else 0
        if progress.strange >= RESEAT_AFTER:
            progress.distance_m, progress.off_m, progress.angle_rad = fresh.distance_m, fresh.off_m, fresh.angle_rad
            progress.time_ms = progress.seated_ms = time_ms
            progress.strange = 0
            return False
    else:
        progress.strange = 0
    if off <= ON_ROUTE_M or off < 4 * ON_ROUTE_M:
        progress.distance_m = max(progress.distance_m, along)
    progress.off_m, progress.angle_rad, progress.time_ms = off, angle, time_ms
    return True
