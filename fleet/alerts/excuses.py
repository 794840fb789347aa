"""Buses that may yet run, or do run, a trip that nobody is believed to run: while there are any, it is not missing."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from fleet.gtfs.timetable import Timetable, TripRun
from fleet.vehicle import Vehicle

# A bus that was heard so lately is still under way.
UNDER_WAY_MS = 600_000
# A trip that should have ended longer ago than this is not the one before.
BEFORE_MS = 3_600_000
TURN_MS = 180_000
Key = tuple[str, str]
Side = tuple[int, int | None]


def side_of(timetable: Timetable, trip: int) -> Side:
    """Return the line and direction of a trip."""
    return timetable.trip_route[trip], timetable.trip_direction[trip]


def count_on_their_way(
    timetable: Timetable, trips_seen: Mapping[Key, int], missing: Iterable[TripRun], now_ms: int
) -> Counter[Side]:
    """Count, for each direction, the buses of the line that are late on the way to where it begins.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    trips_seen : mapping
        When buses were seen on runs (trip id, start date).
    missing : iterable of TripRun
        The trips in question.
    now_ms : int
        The city's time.

    Returns
    -------
    Counter
        Late buses by line and direction. Which of them runs which trip is not asked: on a busy line blocks are mistaken
        for each other, but a late bus is late on each.
    """
    last_ms: dict[Side, int] = {}
    for run in missing:
        side = side_of(timetable, run.trip)
        last_ms[side] = max(run.start_ms, last_ms.get(side, 0))
    routes = {route for route, _ in last_ms}
    late: Counter[Side] = Counter()
    for (trip_id, date), seen_ms in trips_seen.items():
        trip = timetable.trip_number.get(trip_id)
        if trip is None or now_ms - seen_ms > UNDER_WAY_MS or timetable.trip_route[trip] not in routes:
            continue
        end_ms = timetable.run_of(trip, date).end_ms
        for side, start_ms in last_ms.items():
            comes = side[0] == timetable.trip_route[trip] and side[1] != timetable.trip_direction[trip]
            if comes and start_ms - BEFORE_MS <= end_ms <= start_ms + TURN_MS and seen_ms >= end_ms - TURN_MS:
                late[side] += 1
    return late


def count_nearer(timetable: Timetable, vehicles: Iterable[Vehicle], run: TripRun) -> int:
    """Count the buses in a trip's direction whose place and time fit that trip better than the one they are taken for.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    vehicles : iterable of Vehicle
        At least those of its line.
    run : TripRun
        The trip in question.

    Returns
    -------
    int
        Any of them may be running it: a bus is often taken for that of the trip before or after.
    """
    side, count = side_of(timetable, run.trip), 0
    for vehicle in vehicles:
        watch = vehicle.watch
        if watch is not None and side_of(timetable, watch.run.trip) == side:
            late_ms = _late_ms(timetable, vehicle)
            count += abs(late_ms + watch.run.start_ms - run.start_ms) < abs(late_ms)
    return count


def _late_ms(timetable: Timetable, vehicle: Vehicle) -> float:
    progress, last = vehicle.progress, vehicle.last
    if progress is None or last is None:
        return 0.0
    rows = timetable.stops_of(progress.run.trip)
    times = timetable.departure_s[rows]
    due_s = times[0] if vehicle.is_waiting else np.interp(progress.distance_m, progress.pattern.stop_distance_m, times)
    return last.time_ms - (progress.run.day_start_ms + float(due_s) * 1000.0)
