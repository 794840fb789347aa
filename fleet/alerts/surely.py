"""How sure it is on which way a bus is, whichever trip of that way it runs."""

import numpy as np

from fleet.assignment.rows import LOGW, TRIP
from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle

SURE = 0.7


def way_probability(vehicle: Vehicle, timetable: Timetable) -> float:
    """Return how sure it is that a bus drives the way it is taken to drive, whichever trip of it."""
    rows = vehicle.belief.rows
    if vehicle.probability >= SURE or not len(rows) or vehicle.progress is None:
        return vehicle.probability
    trips = rows[:, TRIP].astype(np.int64)
    same = (trips >= 0) & (timetable.trip_pattern[np.maximum(trips, 0)] == vehicle.progress.pattern.index)
    return float(np.sum(np.exp(rows[same, LOGW])))
