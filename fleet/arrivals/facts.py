"""The facts of a bus at one fix, as ``features`` names them, worked out in one compiled piece."""

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.features import (
    AHEAD,
    CALLED,
    DELAY,
    KIND,
    MADE_MS,
    MOST_DELAY_S,
    MOST_STANDING_S,
    MOVING,
    PACE,
    PART,
    READY,
    STANDS,
    TRIP,
    WAY,
)
from fleet.arrivals.kernel import due_s
from fleet.kernels import compiled
from fleet.stop_events.crossing import BEFORE_STOP_M

Floats = NDArray[np.float64]
PACE_PRIOR_S = 300.0
CALL_S = 20.0
CALL_SHARE = 0.3


@compiled
def write_moving(
    fact: Floats, now_ms: int, trip: int, day_start_ms: int, row: int, ahead: int, gone: bool, came_ms: int,
    stood_ms: int, distance_m: float, took_s: float, pace_s: float, stop_m: Floats, arrival_s: Floats,
    planned_s: Floats,
) -> float:  # fmt: skip
    """Write the facts of a bus that has left its first stop; return how late it is, seconds.

    Parameters
    ----------
    fact : array, shape (FACTS,)
        Where to.
    now_ms : int
        Time of the fix.
    trip, day_start_ms, row : int
        The trip, when its service day began, and its first row in the stop times.
    ahead : int
        The number of the next stop.
    gone : bool
        Whether the bus has left the stop before it.
    came_ms : int
        When it came to its last stop, 0 where it has not.
    stood_ms : int
        Since when it has stood.
    distance_m : float
        Its way along the shape.
    took_s, pace_s : float
        What it took for its last links, and what was planned for them.
    stop_m : array, shape (stops,)
        Stops along the shape.
    arrival_s, planned_s : array, shape (rows,)
        The timetable's arrivals, seconds of the service day, and running times of links.

    Returns
    -------
    float
        Negative where it is early.
    """
    stops = len(stop_m)
    late = (now_ms - day_start_ms) / 1000.0 - due_s(distance_m, stop_m, arrival_s[row : row + stops])
    stands = (now_ms - stood_ms) / 1000.0
    part, called = 1.0, 0.0
    if ahead < stops:
        start = stop_m[ahead - 1] - (BEFORE_STOP_M if ahead > 1 else 0.0)
        length = stop_m[ahead] - BEFORE_STOP_M - start
        part = min(1.0, max(0.0, (distance_m - start) / length)) if length > 0.0 else 0.0
        call = min(CALL_S, CALL_SHARE * planned_s[row + ahead])
        called = call * (1.0 - part) if gone else min(call, stands)
    fact[MADE_MS], fact[TRIP], fact[KIND], fact[AHEAD] = now_ms, trip, MOVING, ahead
    fact[PART] = round(part, 3)
    fact[DELAY] = round(max(-MOST_DELAY_S, min(MOST_DELAY_S, late)), 1)
    fact[STANDS] = round(max(0.0, min(MOST_STANDING_S, stands) - CALL_S), 1)
    fact[CALLED] = round(called, 1)
    fact[PACE] = round((took_s + PACE_PRIOR_S) / (pace_s + PACE_PRIOR_S) - 1.0, 3)
    fact[READY] = (came_ms - now_ms) / 1000.0 if ahead >= stops and came_ms else 0.0
    fact[WAY] = 0.0
    return late
