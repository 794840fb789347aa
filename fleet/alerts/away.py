"""The way of a bus beside its line, from where it left to where it came back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.trip import Phase

LEAVE_M = 90.0
RETURN_M = 50.0
LEAST_M = 200.0
MOST_M = 8_000.0
LEAST_POINTS = 3
MOST_POINTS = 150
MOST_MS = 40 * 60_000
MISSED_M = 100.0
SURE = 0.7


@dataclass(frozen=True, eq=False)
class Excursion:
    """One bus left its line at ``from_m`` along it and came back at ``to_m``; ``way`` is x and y in between, metres."""

    vehicle_id: str
    trip: int
    from_m: float
    to_m: float
    from_ms: int
    to_ms: int
    way: NDArray[np.float64]


def note_away(vehicle: Vehicle, time_ms: int) -> Excursion | None:
    """Note where a bus is while it is beside its line.

    Parameters
    ----------
    vehicle : Vehicle
        The bus after its newest fix; its way so far is kept with it.
    time_ms : int
        Time of the fix.

    Returns
    -------
    Excursion or None
        When it has come back, and it was no slip of the receiver or of the assignment.
    """
    progress = vehicle.progress
    # A line that the feed does not draw runs straight from stop to stop: every bus is beside it.
    if progress is None or not progress.pattern.drawn or vehicle.phase not in (Phase.IN_SERVICE, Phase.DETOUR):
        vehicle.away.clear()
        return None
    if progress.off_m > LEAVE_M:
        if not vehicle.away:
            x, y, _ = progress.pattern.point_at(progress.distance_m)
            vehicle.away.append((x, y, progress.distance_m, time_ms))
        if len(vehicle.away) < MOST_POINTS:
            vehicle.away.append((vehicle.x, vehicle.y, progress.distance_m, time_ms))
        return None
    if progress.off_m > RETURN_M or not vehicle.away:
        return None
    way, vehicle.away = vehicle.away, []
    from_m, from_ms = way[0][2], way[0][3]
    is_real = (
        len(way) > LEAST_POINTS
        and LEAST_M <= progress.distance_m - from_m <= MOST_M
        and time_ms - from_ms <= MOST_MS
        and vehicle.probability >= SURE
    )
    if not is_real:
        return None
    points = np.array([(x, y) for x, y, _, _ in way] + [(vehicle.x, vehicle.y)])
    return Excursion(vehicle.vehicle_id, progress.run.trip, from_m, progress.distance_m, from_ms, time_ms, points)


def find_missed(timetable: Timetable, one: Excursion) -> NDArray[np.int64]:
    """Return the stops of the line, by their place in it, that a bus left out on its way beside it."""
    pattern = timetable.pattern_of(one.trip)
    along = pattern.stop_distance_m
    here = np.column_stack([timetable.stop_x[pattern.stop_index], timetable.stop_y[pattern.stop_index]])
    between = np.flatnonzero((along > one.from_m) & (along < one.to_m))
    far = [distance_between(here[n][None, :], one.way) > MISSED_M for n in between]
    return np.asarray(between[np.array(far, dtype=bool)])


def distance_between(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return how far the points of a way lie from another way on average, metres."""
    start, step = other[:-1], np.diff(other, axis=0)
    length2 = np.maximum(np.sum(step**2, axis=1), 1e-9)
    to_point = one[:, None, :] - start[None, :, :]
    part = np.clip(np.sum(to_point * step[None, :, :], axis=2) / length2, 0.0, 1.0)
    nearest = start[None, :, :] + part[:, :, None] * step[None, :, :]
    return float(np.mean(np.min(np.linalg.norm(one[:, None, :] - nearest, axis=2), axis=1)))
