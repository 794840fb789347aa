"""How sure it is on which way a bus is, whichever trip of that way it runs."""

import math

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.rows import LOGW, TRIP
from fleet.gtfs.timetable import Timetable
from fleet.kernels import compiled
from fleet.vehicle import Vehicle

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
SURE = 0.7


def way_probability(vehicle: Vehicle, timetable: Timetable) -> float:
    """Return how sure it is that a bus drives the way it is taken to drive, whichever trip of it."""
    rows = vehicle.belief.rows
    if vehicle.probability >= SURE or not len(rows) or vehicle.progress is None:
        return vehicle.probability
    return believed_in(rows, timetable.trip_pattern, vehicle.progress.pattern.index)


@compiled
def believed_in(rows: Floats, trip_pattern: Ints, pattern: int) -> float:
    """Return how much hypotheses speak for the trips of one pattern."""
    total = 0.0
    for i in range(len(rows)):
        if rows[i, TRIP] >= 0 and trip_pattern[int(rows[i, TRIP])] == pattern:
            total += math.exp(rows[i, LOGW])
    return total
