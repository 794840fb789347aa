"""Take late fixes in their place: wind one bus back, take its fixes again in order, and say what is now otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from fleet.clone import overwrite
from fleet.course import Course
from fleet.history import Mark
from fleet.packing import unpack
from fleet.said import Correction, Said, correct
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.fleet_alert import FleetAlert
from schemas.position import BusPosition

KEPT = frozenset({"vehicle_id", "history", "quality"})
LONG_AGO_MS = -(2**62)


@dataclass(slots=True)
class Rewound:
    """What taking fixes again led to: positions and others said anew, and the rules that spoke, by time of the fix.

    ``dropped`` are the times of fixes of which a position was said and that are left out now.
    """

    said: Correction
    positions: list[BusPosition] = field(default_factory=list)
    rules: dict[int, tuple[str, ...]] = field(default_factory=dict)
    dropped: list[int] = field(default_factory=list)
    fixes: int = 0


def open_history(vehicle: Vehicle) -> None:
    """Begin the history of a bus of which nothing is known: its first fix may be late itself."""
    vehicle.history.marks.append(Mark(LONG_AGO_MS, Vehicle(vehicle.vehicle_id)))


def bare(vehicle: Vehicle) -> Vehicle:
    """Return a copy of a bus without history and quality, as marks keep it."""
    made = Vehicle(vehicle.vehicle_id)
    overwrite(made, vehicle, KEPT)
    return made


def rewind(course: Course, vehicle: Vehicle) -> Rewound:
    """Take the late fixes of a bus in their place.

    Parameters
    ----------
    course : Course
        Moves it.
    vehicle : Vehicle
        Its history holds fixes that were put in but not taken; afterwards it is as if they had come in time.

    Returns
    -------
    Rewound
        What is to be said.
    """
    history, opened = vehicle.history, dict(vehicle.alerts)
    start, first = history.wind_back()
    before, old = list(history.said[:first]), list(history.said[first:])
    new: list[Said] = []
    out = Rewound(Correction(), fixes=len(old))
    overwrite(vehicle, start, KEPT)
    for number, fix, (said, rules) in _again(course, vehicle, first):
        out.rules[fix.time_ms] = rules
        was = old[number - first]
        history.said[number] = None if said is None else said.short()
        if said is not None:
            new.append(said)
            if was is None or was.position != said.position:
                out.positions.append(course.position(vehicle))
        elif was is not None:
            out.dropped.append(fix.time_ms)
    out.said = correct(filter(None, before), filter(None, old), new)
    _close(vehicle, opened, out.said)
    history.prune()
    return out


def retell(course: Course, vehicle: Vehicle) -> None:
    """Work out anew what the fixes of a bus led to and the marks between them, as after a restart; say nothing."""
    history = vehicle.history
    history.wind_to_begin()
    overwrite(vehicle, history.marks[0].vehicle, KEPT)
    for number, _, (said, _) in _again(course, vehicle, 0):
        history.said[number] = None if said is None else said.short()
    history.is_told = True


def restart(course: Course, vehicle: Vehicle) -> None:
    """Find a bus anew, by another timetable, from the fixes of its last quarter of an hour; say nothing."""
    vehicle.history.marks = [Mark(LONG_AGO_MS, Vehicle(vehicle.vehicle_id))]
    vehicle.history.from_ms = None
    retell(course, vehicle)
    vehicle.history.prune()


def _again(
    course: Course, vehicle: Vehicle, first: int
) -> Iterator[tuple[int, Fix, tuple[Said | None, tuple[str, ...]]]]:
    history = vehicle.history
    for number in range(first, len(history.times)):
        fix = unpack(vehicle.vehicle_id, history.packed[number])
        yield number, fix, course.move(vehicle, fix)
        if history.is_mark_due(fix.time_ms):
            history.marks.append(Mark(fix.time_ms, bare(vehicle)))


def _close(vehicle: Vehicle, opened: dict[str, FleetAlert], said: Correction) -> None:
    """End what was open by the clock and is not open any more, as the silence of a bus that was heard of late."""
    told = {alert.alert_id for alert in said.alerts}
    still = {alert.alert_id for alert in vehicle.alerts.values()}
    at_ms = vehicle.history.times[-1]
    for alert in opened.values():
        if alert.alert_id not in told and alert.alert_id not in still:
            said.alerts.append(msgspec.structs.replace(alert, updated_ms=at_ms, ended_ms=at_ms))
