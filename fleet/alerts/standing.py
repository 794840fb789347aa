"""A bus that stands: in traffic, too long at a stop, or only as its receiver tells."""

from math import hypot

import numpy as np

from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.trip import Phase

NEAR_END_M = 150.0
AT_STOP_M = 45.0
# The speedometer of a bus that drives; its receiver says that it is still where it was.
DRIVES_MPS = 4.0
# The receiver of a bus that stands errs by tens of metres; who came no further than this in five minutes is stuck.
REST_M = 60.0
# Who has stood for less does not count as standing yet: nearly every bus, at nearly every fix.
YOUNG_MS = 60_000
# Two reports of one stand lie so near to each other, this long apart or longer.
SAME_STAND_M, STAND_MS = 8.0, 15_000
# The two reports of a stand and the first one after it.
STAND_POINTS = 3
# Stands that tell how a receiver behaves, and which share of them is alike to the digit where it wanders, and where it
# holds its place.
LEAST_STANDS, ALIKE_SHARE, HOLDS_SHARE = 3, 0.25, 0.6
# Who is so far from where it stood, faster than any bus, did not stand: its receiver was frozen.
LEAP_M, LEAP_MPS = 100.0, 20.0


def stuck_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return since when a bus in service has stood away from its terminals, unless it waits for its time."""
    rest = vehicle.rest
    if rest is None or not _stands_in_service(vehicle, rest[2], time_ms) or waits_for_time(vehicle, timetable, time_ms):
        return None
    return None if may_be_frozen(vehicle) else rest[2]


def long_stop_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return since when a bus has stood at a stop on its way, unless it waits for its time."""
    anchor, progress = vehicle.anchor, vehicle.progress
    if anchor is None or not _stands_in_service(vehicle, anchor[2], time_ms):
        return None
    if progress is None or waits_for_time(vehicle, timetable, time_ms):
        return None
    nearest = float(np.min(np.abs(progress.pattern.stop_distance_m - progress.distance_m)))
    return anchor[2] if nearest <= AT_STOP_M and not may_be_frozen(vehicle) else None


def frozen_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return since when a receiver tells one place though its own speed, or its habit, says that it should not."""
    del timetable
    last = vehicle.last
    if last is None or vehicle.anchor is None:
        return None
    if (last.speed_mps or 0.0) >= DRIVES_MPS:
        return vehicle.anchor[2] if last.time_ms > vehicle.anchor[2] else None
    if time_ms - vehicle.anchor[2] < YOUNG_MS or vehicle.phase is not Phase.IN_SERVICE:
        return None
    return repeats_since(vehicle)


def note_rest(vehicle: Vehicle, time_ms: int) -> None:
    """Note the place from which a bus has not gone far since."""
    rest = vehicle.rest
    if rest is None or abs(vehicle.x - rest[0]) > REST_M or abs(vehicle.y - rest[1]) > REST_M:
        vehicle.rest = (vehicle.x, vehicle.y, time_ms)


def note_stand(vehicle: Vehicle) -> None:
    """Count a stand that has ended, by whether its first and its last report are the same to the digit.

    One that ended with a leap was none: the bus drove on while its receiver was frozen.
    """
    if len(vehicle.trail) < STAND_POINTS:
        return
    x0, y0, from_ms, _, _ = vehicle.trail[-3]
    alike, wandered, counted_ms = vehicle.stands
    if from_ms <= counted_ms:
        return
    x, y, to_ms, _, _ = vehicle.trail[-2]
    leaps = hypot(vehicle.x - x, vehicle.y - y) > LEAP_M + LEAP_MPS * (vehicle.trail[-1][2] - to_ms) / 1000.0
    if not leaps and to_ms - from_ms >= STAND_MS and abs(x - x0) < SAME_STAND_M and abs(y - y0) < SAME_STAND_M:
        is_alike = (x0, y0) == (x, y)
        vehicle.stands = alike + is_alike, wandered + (not is_alike), from_ms


def repeats_since(vehicle: Vehicle) -> int | None:
    """Return since when a receiver repeats one place to the digit that wanders whenever its bus stands.

    Many receivers hold the place of a bus that stands, so that alone proves nothing: its own earlier stands say whether
    this one does.
    """
    alike, wandered, _ = vehicle.stands
    if alike + wandered < LEAST_STANDS or alike > ALIKE_SHARE * (alike + wandered):
        return None
    return _same_since(vehicle)


def may_be_frozen(vehicle: Vehicle) -> bool:
    """Return whether a bus that seems to stand may drive: its receiver repeats a place, and was not seen to hold any.

    So long as nobody knows what a receiver does when its bus stands, a repeated place says neither.
    """
    alike, wandered, _ = vehicle.stands
    holds = alike + wandered >= LEAST_STANDS and alike >= HOLDS_SHARE * (alike + wandered)
    return not holds and _same_since(vehicle) is not None


def _same_since(vehicle: Vehicle) -> int | None:
    if len(vehicle.trail) < 2:
        return None
    (x0, y0, from_ms, _, _), (x, y, to_ms, _, _) = vehicle.trail[-2:]
    return from_ms if (x0, y0) == (x, y) and to_ms - from_ms >= STAND_MS else None


def waits_for_time(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> bool:
    """Return whether a bus has arrived at a stop that the timetable lets it leave later only."""
    watch = vehicle.watch
    if watch is None or watch.at is None or watch.departure_ms is not None:
        return False
    row = timetable.stops_of(watch.run.trip).start + watch.at
    return time_ms < watch.run.day_start_ms + float(timetable.departure_s[row]) * 1000.0


def _stands_in_service(vehicle: Vehicle, since_ms: int, time_ms: int) -> bool:
    progress = vehicle.progress
    if time_ms - since_ms < YOUNG_MS:
        return False
    if progress is None or vehicle.phase is not Phase.IN_SERVICE:
        return False
    if (0.0 if vehicle.last is None else vehicle.last.speed_mps or 0.0) >= DRIVES_MPS:
        return False
    stops = progress.pattern.stops_m
    return stops[0] + NEAR_END_M <= progress.distance_m <= stops[-1] - NEAR_END_M
