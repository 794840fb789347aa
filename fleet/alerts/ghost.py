"""A bus whose source says that it runs a trip while it does not: it stands, or it is where that trip never goes."""

import numpy as np

from fleet.assignment.claim import find_claimed_run
from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind
from schemas.trip import Phase

# Who waits at the terminal so long after its time, with the trip's number set, is no late departure any more.
AFTER_START_MS = 600_000
STOOD_MS = 300_000
FAR_M = 1_000.0
RUNS = (Phase.IN_SERVICE, Phase.DETOUR)


def ghost_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return since when a bus has been on a trip in name only."""
    last, anchor = vehicle.last, vehicle.anchor
    if last is None or last.claimed_trip is None or anchor is None or vehicle.phase in RUNS:
        return None
    run = find_claimed_run(timetable, last.claimed_trip, time_ms)
    if run is None or not run.start_ms + AFTER_START_MS <= time_ms <= run.end_ms:
        return None
    if time_ms - anchor[2] >= STOOD_MS:
        return max(anchor[2], run.start_ms)
    line = timetable.pattern_of(run.trip)
    away_m = float(np.min(np.hypot(line.x - vehicle.x, line.y - vehicle.y)))
    return vehicle.since.get(AlertKind.GHOST.value, time_ms) if away_m > FAR_M else None
