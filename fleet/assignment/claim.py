"""A claimed trip, made a trip on a service date."""

from datetime import timedelta

import numpy as np

from fleet.gtfs.clock import format_date, local_date
from fleet.gtfs.timetable import Timetable, TripRun
from schemas.trip import TripRef

FAR_MS = 12 * 3_600_000
DAY_S = 86_400


def find_claimed_run(timetable: Timetable, claim: TripRef | None, time_ms: int) -> TripRun | None:
    """Return the trip a source says the bus runs, ``None`` where the timetable does not know it or it is long over.

    Without a service date, or with one whose run would begin half a day later, the date whose run lies nearest to the
    moment is taken: after midnight many feeds tell the date on the wall instead of the service date.

    Parameters
    ----------
    timetable : Timetable
        Where to look.
    claim : TripRef or None
        As it came with the fix: a trip, a trip of frequencies.txt and its start time, or a route and a start time.
    time_ms : int
        Time of the fix.

    Returns
    -------
    TripRun or None
        The trip on its date.
    """
    if claim is None:
        return None
    trip = None if claim.trip_id is None else timetable.trip_number.get(claim.trip_id)
    if trip is not None:
        return _on_its_date(timetable, trip, claim.start_date, time_ms)
    if claim.start_time is None:
        return None
    runs = [
        run
        for named in _departures(timetable, claim, _seconds(claim.start_time))
        if (run := _on_its_date(timetable, named, claim.start_date, time_ms)) is not None
        and run.trip in timetable.day_plan(run.start_date).trips
    ]
    return runs[0] if len(runs) == 1 else None


def _departures(timetable: Timetable, claim: TripRef, start_s: int) -> list[int]:
    """Return the trips that start at a time: of a trip of frequencies.txt the nearest departure, else of a route."""
    if claim.trip_id is not None:
        exact = timetable.trip_number.get(f"{claim.trip_id}#{start_s}")
        return _nearest_slot(timetable, claim.trip_id, start_s) if exact is None else [exact]
    # Past midnight some tell the time on the wall.
    starts = timetable.trip_first_s
    return [
        int(trip)
        for trip in np.flatnonzero((starts == start_s) | (starts == start_s + DAY_S))
        if timetable.route_ids[timetable.trip_route[trip]] == claim.route_id
        and claim.direction_id in (None, timetable.trip_direction[trip])
    ]


def _nearest_slot(timetable: Timetable, trip_id: str, start_s: int) -> list[int]:
    """Return the departure within half a headway: without exact times buses start when they start."""
    away = np.abs(timetable.trip_first_s - start_s)
    near = [int(trip) for trip in np.flatnonzero(2 * away <= timetable.trip_headway_s)]
    near = [trip for trip in near if timetable.trip_ids[trip].rpartition("#")[0] == trip_id]
    return [min(near, key=lambda trip: int(away[trip]))] if near else []


def _on_its_date(timetable: Timetable, trip: int, start_date: str | None, time_ms: int) -> TripRun | None:
    if start_date is not None:
        run = _find_run(timetable, trip, start_date)
        if run is not None and run.start_ms - time_ms < FAR_MS:
            return run if time_ms - run.end_ms < FAR_MS else None
    today = local_date(time_ms, timetable.timezone)
    runs = [timetable.run_of(trip, format_date(today + timedelta(days=shift))) for shift in (0, -1, 1)]
    return min(runs, key=lambda run: _away_ms(run, time_ms))


def _find_run(timetable: Timetable, trip: int, start_date: str) -> TripRun | None:
    try:
        return timetable.run_of(trip, start_date)
    except ValueError:
        return None


def _away_ms(run: TripRun, time_ms: int) -> int:
    return max(run.start_ms - time_ms, time_ms - run.end_ms, 0)


def _seconds(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)
