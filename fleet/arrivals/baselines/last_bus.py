"""The last bus: each link takes as long as it took the latest earlier bus.

TheTransitClock calls it ``LastVehicle``. Its fairest reading: any bus of any line between the same two stops, from the
moment it reached the second one; the timetable's time where none has yet.
"""

import numpy as np

from fleet.arrivals.baselines.links import Ahead, Drives, Floats


def last_bus(drives: Drives, ahead: Ahead) -> Floats:
    """Return the seconds that each link took the latest earlier bus, NaN where there was none."""
    return newest(drives, ahead, drives.took_s)


def newest(drives: Drives, ahead: Ahead, value: Floats) -> Floats:
    """Return, of the newest drive of each link that was known, the value beside it; NaN where there was none."""
    if not len(drives.link):
        return np.full(len(ahead.link), np.nan)
    place = drives.count_until(ahead.link, ahead.at_ms) - 1
    known = (place >= 0) & (drives.link[np.maximum(place, 0)] == ahead.link)
    return np.where(known, value[np.maximum(place, 0)], np.nan)
