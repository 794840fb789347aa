"""A bus that runs as it should not: off its way, past stops, with open doors."""

from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind
from schemas.trip import Phase

OFF_ROUTE_M = 250.0
MOVING_MPS = 3.0
SKIPPED_MS = 600_000


def off_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return since when a bus has been further than 250 m from its line."""
    del timetable
    progress = vehicle.progress
    if progress is None or progress.off_m < OFF_ROUTE_M or vehicle.phase not in (Phase.DETOUR, Phase.IN_SERVICE):
        return None
    return vehicle.since.get(AlertKind.OFF_ROUTE.value, time_ms)


def doors_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return since when a bus has been moving with a door open."""
    del timetable, time_ms
    last = vehicle.last
    if last is None or not last.door_open or (last.speed_mps or 0.0) < MOVING_MPS:
        return None
    return vehicle.since.get(AlertKind.DOORS_OPEN_MOVING.value, last.time_ms)


def skipped_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return when a bus came back to its line after it left stops out, for ten minutes."""
    del timetable
    if vehicle.skipped is None or time_ms - vehicle.skipped[0] > SKIPPED_MS:
        return None
    return vehicle.skipped[0]


def list_skipped(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> dict[str, object]:
    """Return the names of the stops that a bus left out."""
    del time_ms
    return {"skipped": ", ".join(timetable.stop_names[n] for n in (vehicle.skipped or (0, ()))[1])}
