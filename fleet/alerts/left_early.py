"""A bus that left its first stop before its time; riders who came in time missed it."""

import math
from collections.abc import Sequence
from itertools import pairwise

from fleet.gtfs.timetable import Timetable
from fleet.stop_events.recall import Point
from fleet.vehicle import Vehicle

# Who leaves earlier than that runs another trip.
EARLY_MS, EARLIEST_MS = 120_000, 600_000
# So early it is gone: buses roll on while they wait, receivers wander, and it may have left as late as its next report.
GONE_MS, GONE_M = 60_000, 100.0
SURE = 0.8
OF_LATE_MS = 600_000
# Who drives by empty does not wait there.
WAITS_MS, WAITS_M = 60_000, 250.0


def early_since(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> int | None:
    """Return when a bus left its first stop, if that was two minutes before its time and its trip is sure by now.

    Which trip it runs is sure only after it has left: what it did at the first stop is remembered until then.

    Parameters
    ----------
    vehicle : Vehicle
        The bus after its newest fix.
    timetable : Timetable
        Slots of a headway have no times to leave before.
    time_ms : int
        Time of that fix.

    Returns
    -------
    int or None
        For ten minutes from then on.
    """
    watch = vehicle.watch
    left = None if watch is None else watch.told.get(0)
    if watch is None or left is None or vehicle.probability < SURE or timetable.trip_headway_s[watch.run.trip] > 0:
        return None
    left_ms, start_ms = left[2], watch.run.start_ms
    if left_ms is None or time_ms - left_ms > OF_LATE_MS or not EARLY_MS < start_ms - left_ms <= EARLIEST_MS:
        return None
    begin_xy = timetable.pattern_of(watch.run.trip).begin_xy
    away = (point[2] for point in vehicle.trail if point[2] > left_ms and math.dist(point[:2], begin_xy) > GONE_M)
    gone_ms = next(away, time_ms)
    return left_ms if start_ms - gone_ms > GONE_MS and has_waited(vehicle.trail, begin_xy, left_ms) else None


def has_waited(trail: Sequence[Point], at_xy: tuple[float, float], until_ms: int) -> bool:
    """Return whether a bus stood near a place until then.

    Parameters
    ----------
    trail : sequence of Point
        Where it was; of a stay the first and the last report.
    at_xy : tuple of float
        The place, metres.
    until_ms : int
        When it left.

    Returns
    -------
    bool
        For a minute at least.
    """
    before = [point for point in trail if point[2] <= until_ms and math.dist(point[:2], at_xy) < WAITS_M]
    stays = (two[2] - one[2] for one, two in pairwise(before) if math.dist(one[:2], two[:2]) < WAITS_M / 10.0)
    return sum(stays) >= WAITS_MS
