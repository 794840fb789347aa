"""When a bus truly reached its stops: from its fixes and the trips its source names, never from what we predicted.

The scorers rest on this, so it shares nothing with the tracker: all fixes of a trip are laid along its shape at once,
each may look at those before and after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.gtfs.along import on_segment
from fleet.gtfs.timetable import Timetable, TripRun

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BEFORE_STOP_M = 20.0
MAX_GAP_MS = 300_000
ON_ROUTE_M = 100.0
GPS_M = 15.0
# Beyond it a fix says nothing of the place along the shape.
FAR_M = 150.0
# Doors that open so far before a stop open for that stop.
DOOR_BEFORE_M = 60.0
# Of a block: how far from its timetable a bus may be before that counts against a place.
SLACK_S = 900.0
# Earlier before its planned start a bus is taken to wait, wherever it stands: many wait beyond the first stops.
EARLY_MS = 300_000
# Where a feed draws no shape, a way is straight from stop to stop and streets lie so many times farther beside it.
UNDRAWN = 3.0


@dataclass(frozen=True, eq=False)
class Way:
    """The shapes of trips that one bus drives one after another, as one line.

    ``begins_m`` is where each trip's shape begins along it; ``due_s`` the timetable's time at each point, seconds
    since 1970.
    """

    runs: tuple[TripRun, ...]
    x: Floats
    y: Floats
    along_m: Floats
    due_s: Floats
    begins_m: Floats
    drawn: bool = True

    @property
    def on_route_m(self) -> float:
        """Beside the way by more than this a fix is not on it."""
        return ON_ROUTE_M if self.drawn else ON_ROUTE_M * UNDRAWN


@dataclass(frozen=True, eq=False)
class Laid:
    """Fixes along a way: the trip each lies on (place in ``Way.runs``), metres along that trip's shape, metres beside.

    One that ``waits`` is taken to be at the first stop.
    """

    run: Ints
    distance_m: Floats
    off_m: Floats
    waits: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A bus reached a stop, by the stop's place in its trip; of stop 0 it is the departure.

    ``known_ms`` is the time of the fix that showed it, ``gap_ms`` that between it and the fix before: the arrival lies
    anywhere in it. An open door tells the moment, and leaves no gap.
    """

    run: int
    stop: int
    arrival_ms: int
    known_ms: int
    gap_ms: int


def make_way(timetable: Timetable, runs: Sequence[TripRun]) -> Way:
    """Join the shapes of trips, in the order in which they are driven."""
    xs, ys, due, begins = [], [], [], []
    for run in runs:
        pattern = timetable.pattern_of(run.trip)
        times = timetable.arrival_s[timetable.stops_of(run.trip)]
        xs.append(pattern.x)
        ys.append(pattern.y)
        due.append(run.day_start_ms / 1000.0 + np.interp(pattern.along_m, pattern.stop_distance_m, times))
    x, y = np.concatenate(xs), np.concatenate(ys)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    first = np.cumsum([0, *(len(part) for part in xs[:-1])])
    begins = along[first]
    return Way(
        tuple(runs), x, y, along, np.concatenate(due), begins, all(timetable.pattern_of(run.trip).drawn for run in runs)
    )


def lay(way: Way, time_ms: Ints, x: Floats, y: Floats) -> Laid:
    """Lay fixes along a way so that, beyond the noise of GPS, none goes back.

    Parameters
    ----------
    way : Way
        Of one trip, or of all trips of a block; of several trips the one whose time is near is preferred.
    time_ms : array of int
        Times of the fixes, rising.
    x, y : array
        Their places in metres of the timetable's frame.

    Returns
    -------
    Laid
        One entry a fix.
    """
    due = way.due_s if len(way.runs) > 1 else np.full(len(way.x), np.nan)
    starts = np.array([run.start_ms for run in way.runs]) - EARLY_MS
    before = time_ms < starts[0]
    along, off = np.zeros(len(time_ms)), np.zeros(len(time_ms))
    under = ~before
    along[under], off[under] = _lay(
        x[under], y[under], time_ms[under] / 1000.0, way.x, way.y, way.along_m, due, 1.0 if way.drawn else UNDRAWN
    )
    on = under & (off <= way.on_route_m)
    along[on] = np.maximum.accumulate(along[on])
    run = np.maximum(0, np.searchsorted(way.begins_m, along, side="right") - 1)
    waits = time_ms < starts[run]
    return Laid(run, np.where(waits, 0.0, along - way.begins_m[run]), off, waits)


def find_arrivals(
    timetable: Timetable, way: Way, laid: Laid, time_ms: Ints, door_open: NDArray[np.bool_]
) -> list[Arrival]:
    """Return when a bus passed the line 20 m before each stop, as if it drove evenly between two fixes.

    At the first stop of a trip, where a bus waits, it is the line 20 m behind it: the departure.

    Parameters
    ----------
    timetable : Timetable
        Of the way.
    way : Way
        What it drove.
    laid : Laid
        As of `lay`.
    time_ms : array of int
        Times of the fixes.
    door_open : array of bool
        Where a fix says that a door is open; within 60 m before a stop the bus is there.

    Returns
    -------
    list of Arrival
        None where the fixes around the line are more than five minutes apart.
    """
    on = (laid.off_m <= way.on_route_m) & ~laid.waits
    along, times, doors = (way.begins_m[laid.run] + laid.distance_m)[on], time_ms[on], door_open[on]
    found: list[Arrival] = []
    for number, run in enumerate(way.runs):
        lines = timetable.pattern_of(run.trip).stop_distance_m + way.begins_m[number] - BEFORE_STOP_M
        lines[0] += 2 * BEFORE_STOP_M
        for stop, line in enumerate(lines):
            after = int(np.searchsorted(along, line))
            if not 0 < after < len(along) or times[after] - times[after - 1] > MAX_GAP_MS:
                continue
            part = (line - along[after - 1]) / (along[after] - along[after - 1])
            at_ms = int(times[after - 1] + round(part * (times[after] - times[after - 1])))
            opened = times[:after][doors[:after] & (along[:after] >= line + BEFORE_STOP_M - DOOR_BEFORE_M)]
            gap_ms = int(times[after] - times[after - 1])
            if stop and len(opened) and opened[0] <= at_ms:
                at_ms, gap_ms = int(opened[0]), 0
            found.append(Arrival(number, stop, at_ms, int(times[after]), gap_ms))
    return found


@numba.njit(cache=True)
def _lay(
    fx: Floats, fy: Floats, time_s: Floats, x: Floats, y: Floats, along: Floats, due_s: Floats, loose: float
) -> tuple[Floats, Floats]:
    fixes, segments = len(fx), len(x) - 1
    if fixes == 0:
        return np.zeros(0), np.zeros(0)
    back = np.zeros((fixes, segments), dtype=np.int32)
    best, new = np.zeros(segments), np.zeros(segments)
    for i in range(fixes):
        least, arg = np.inf, 0
        for j in range(segments):
            if best[j] < least:
                least, arg = best[j], j
            _, d2 = on_segment(fx[i], fy[i], x[j], y[j], x[j + 1], y[j + 1])
            cost = min(d2 / (loose * loose), FAR_M * FAR_M) / (GPS_M * GPS_M)
            late = abs(time_s[i] - due_s[j]) - SLACK_S
            if late > 0.0:  # never of NaN
                cost += (late / SLACK_S) ** 2
            new[j] = least + cost
            back[i, j] = arg
        best[:] = new
    place, off = np.zeros(fixes), np.zeros(fixes)
    j = int(np.argmin(best))
    for i in range(fixes - 1, -1, -1):
        part, d2 = on_segment(fx[i], fy[i], x[j], y[j], x[j + 1], y[j + 1])
        place[i] = along[j] + part * (along[j + 1] - along[j])
        off[i] = np.sqrt(d2)
        j = back[i, j]
    return place, off
