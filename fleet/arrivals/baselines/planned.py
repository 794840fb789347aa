"""The timetable's time, and the timetable's time moved by how late the bus is now."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def schedule(scheduled_ms: Ints, made_ms: Ints) -> Ints:
    """Return the timetable's time, never before the moment of the question."""
    return np.maximum(scheduled_ms, made_ms)


def schedule_and_delay(scheduled_ms: Ints, made_ms: Ints, delay_s: Floats) -> Ints:
    """Return the timetable's time plus the bus's delay now, never before the moment of the question.

    What most feeds publish. An early bus that has not begun its trip is taken to leave on time.
    """
    return np.maximum(scheduled_ms + (delay_s * 1000.0).astype(np.int64), made_ms)
