"""Arrivals and departures between two fixes, by the way driven between them."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BEFORE_STOP_M = 20.0
AFTER_STOP_M = 20.0
# Doors that open so far before a stop open for that stop: others stand there.
DOOR_BEFORE_M = 60.0
# A longer silence is not filled in, and one longer than the other teaches nothing.
MAX_GAP_MS = 900_000
TEACHES_GAP_MS = 300_000


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
