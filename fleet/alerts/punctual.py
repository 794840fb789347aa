"""Late and early as states: told at calls, with one limit to begin and a nearer one to end."""

from collections.abc import Iterable

from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind
from schemas.stop_event import StopEvent

# A bus between the two limits stays what it was.
LATE_S, LATE_ENDS_S = 600.0, 420.0
EARLY_S, EARLY_ENDS_S = -180.0, -60.0
SURE = 0.9


def note_calls(vehicle: Vehicle, timetable: Timetable, events: Iterable[StopEvent]) -> None:
    """Note how late a bus left the last stop that it called at.

    Parameters
    ----------
    vehicle : Vehicle
        After its newest fix; ``late_s`` is changed.
    timetable : Timetable
        Against slots of a headway nobody is late or early.
    events : iterable of StopEvent
        Its calls at that fix, those without a departure too.
    """
    if vehicle.progress is None:
        vehicle.late_s = None
        return
    for event in events:
        if event.departure_ms is None or event.scheduled_arrival_ms is None:
            continue
        late_s = (event.departure_ms - event.scheduled_arrival_ms) / 1000.0
        trip, watch = vehicle.progress.run.trip, vehicle.watch
        is_first = watch is not None and watch.at == 0
        if timetable.trip_headway_s[trip] > 0 or vehicle.probability < SURE:
            vehicle.late_s = None
        else:  # who leaves the terminal early is another alert's matter
            vehicle.late_s = max(0.0, late_s) if is_first else late_s


def late_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return since when a bus has been ten minutes late; seven are enough to stay so."""
    del timetable
    late_s = vehicle.late_s
    if late_s is None or late_s < LATE_ENDS_S:
        return None
    if late_s < LATE_S and AlertKind.LATE not in vehicle.alerts:
        return None
    return vehicle.since.get(AlertKind.LATE.value, time_ms)


def running_early_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return since when a bus has left stops three minutes before their time; one is enough to stay so."""
    del timetable
    late_s = vehicle.late_s
    if late_s is None or late_s > EARLY_ENDS_S:
        return None
    if AlertKind.RUNNING_EARLY not in vehicle.alerts and (late_s > EARLY_S or not serves(vehicle)):
        return None
    return vehicle.since.get(AlertKind.RUNNING_EARLY.value, time_ms)


def serves(vehicle: Vehicle) -> bool:
    """Return whether a bus stood at a stop of its trip, and at no fewer than it passed: an empty one is early anywhere.

    Where its reports do not tell who stands nothing speaks against it.
    """
    calls = [] if vehicle.watch is None else [call for number, call in vehicle.watch.told.items() if number > 0]
    stood, passed = (sum(call[3] is verdict for call in calls) for verdict in (True, False))
    return stood >= max(1, passed) or (stood == passed == vehicle.serving.row == 0)
