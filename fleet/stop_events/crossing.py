"""Arrivals and departures between two fixes, by the way driven between them."""

import numpy as np
from numpy.typing import NDArray

from fleet.stop_events.call import STANDING_MPS, STANDS_AFTER_M, TELLING_MS

Floats = NDArray[np.float64]
BEFORE_STOP_M = 20.0
AFTER_STOP_M = 20.0
# Doors that open so far before a stop open for that stop: others stand there.
DOOR_BEFORE_M = 60.0
# A longer silence is not filled in, and one longer than the other teaches nothing.
MAX_GAP_MS = 900_000
TEACHES_GAP_MS = 300_000
# So a bus brakes before a stop that it drove up to, and who was slower did not.
BRAKES_MPS2 = 1.0
DRIVES_MPS = 3.0


def crossing_ms(line_m: float, from_m: float, from_ms: int, to_m: float, to_ms: int) -> int:
    """Return when a bus passed a line across its way, as if it drove evenly between two fixes.

    Parameters
    ----------
    line_m : float
        The line, metres along.
    from_m : float
        Where the older fix lies, metres along.
    from_ms : int
        Its time.
    to_m : float
        Where the newer fix lies, metres along.
    to_ms : int
        Its time.

    Returns
    -------
    int
        Milliseconds since 1970, between the two times.
    """
    if to_m <= from_m:
        return to_ms
    part = min(1.0, max(0.0, (line_m - from_m) / (to_m - from_m)))
    return from_ms + round(part * (to_ms - from_ms))


def coming_ms(
    stop_m: float, from_m: float, from_ms: int, to_m: float, to_ms: int, speeds_mps: tuple[float | None, float | None]
) -> int:
    """Return when a bus came to a stop whose line, 20 m before it, it passed between two fixes.

    One that stands there at the newer fix drove on at its speed at the older one and braked, and one that still rolls
    came no sooner than it is at the stop or that fix was made. Where speeds do not tell, the line is when it came.

    Parameters
    ----------
    stop_m : float
        The stop, metres along.
    from_m, from_ms, to_m, to_ms : float and int
        The two fixes, as `crossing_ms` takes them.
    speeds_mps : tuple of float or None
        What each of them said of the speed.

    Returns
    -------
    int
        Milliseconds since 1970, between the two times.
    """
    before, after = speeds_mps
    line_m = stop_m - BEFORE_STOP_M
    if before is None or after is None or to_m >= stop_m + STANDS_AFTER_M:
        return crossing_ms(line_m, from_m, from_ms, to_m, to_ms)
    if after >= STANDING_MPS:
        return crossing_ms(min(stop_m, to_m), from_m, from_ms, to_m, to_ms)
    if before < DRIVES_MPS or to_ms - from_ms > TELLING_MS:
        return crossing_ms(line_m, from_m, from_ms, to_m, to_ms)
    way_m, brakes_s = max(0.0, min(stop_m, to_m) - from_m), before / BRAKES_MPS2
    drives = way_m > before * brakes_s / 2.0
    took_s = way_m / before + brakes_s / 2.0 if drives else 2.0 * way_m / before
    return min(to_ms, from_ms + round(1000.0 * took_s))


def first_ahead(stop_distance_m: Floats, distance_m: float) -> int:
    """Return the number of the first stop whose arrival line (20 m before it) lies ahead, the first stop never.

    Parameters
    ----------
    stop_distance_m : array
        Stops, metres along.
    distance_m : float
        Where the bus is.

    Returns
    -------
    int
        From 1 to the number of stops; that number where none lies ahead.
    """
    return max(1, int((stop_distance_m - BEFORE_STOP_M).searchsorted(distance_m)))
