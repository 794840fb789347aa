"""A bus that runs as it should not: off its way, before its time, with open doors."""

from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind
from schemas.trip import Phase

OFF_ROUTE_M = 250.0
EARLY_MS = 120_000
MOVING_MPS = 3.0
SURE = 0.9
SKIPPED_MS = 600_000
LEFT_OF_LATE_MS = 600_000


def off_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return since when a bus has been further than 250 m from its line."""
    del timetable
    progress = vehicle.progress
    if progress is None or progress.off_m < OFF_ROUTE_M or vehicle.phase not in (Phase.DETOUR, Phase.IN_SERVICE):
        return None
    return vehicle.since.get(AlertKind.OFF_ROUTE.value, time_ms)


def early_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return when a bus left its first stop, if that was two minutes before its time and its trip is sure by now.

    Which trip it runs is sure only after it has left: what it did at the first stop is remembered until then.
    """
    watch = vehicle.watch
    left = None if watch is None else watch.told.get(0)
    if watch is None or left is None or vehicle.probability < SURE or timetable.trip_headway_s[watch.run.trip] > 0:
        return None
    departure_ms = left[2]
    if departure_ms is None or time_ms - departure_ms > LEFT_OF_LATE_MS:
        return None
    return departure_ms if watch.run.start_ms - departure_ms > EARLY_MS else None


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
