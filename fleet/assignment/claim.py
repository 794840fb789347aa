"""A claimed trip, made a trip on a service date."""

from datetime import timedelta

from fleet.gtfs.clock import format_date, local_date, parse_date
from fleet.gtfs.timetable import Timetable, TripRun
from schemas.trip import TripRef

DAY_MS = 24 * 3_600_000


def find_claimed_run(timetable: Timetable, claim: TripRef | None, time_ms: int) -> TripRun | None:
    """Return the trip a source says the bus runs, ``None`` where the timetable does not know it.

    Without a service date the date whose run lies nearest to the moment is taken, today's first.

    Parameters
    ----------
    timetable : Timetable
        Where to look.
    claim : TripRef or None
        As it came with the fix.
    time_ms : int
        Time of the fix.

    Returns
    -------
    TripRun or None
        The trip on its date.
    """
    trip = timetable.trip_number.get(claim.trip_id) if claim is not None and claim.trip_id is not None else None
    if trip is None or claim is None:
        return None
    if claim.start_date is not None:
        try:
            return _dated(timetable, trip, claim.start_date, time_ms)
        except ValueError:
            pass
    today = local_date(time_ms, timetable.timezone)
    runs = [timetable.run_of(trip, format_date(today + timedelta(days=shift))) for shift in (0, -1, 1)]
    return min(runs, key=lambda run: _away_ms(run, time_ms))


def _dated(timetable: Timetable, trip: int, start_date: str, time_ms: int) -> TripRun:
    """Return a trip on the date it is claimed on, or on the day before where that date is the one on the wall.

    After midnight many feeds tell the day's date instead of the service date: the trip would be a day too early.
    """
    run = timetable.run_of(trip, start_date)
    if run.start_ms - time_ms < DAY_MS // 2:
        return run
    before = timetable.run_of(trip, format_date(parse_date(start_date) - timedelta(days=1)))
    return min(run, before, key=lambda run: _away_ms(run, time_ms))


def _away_ms(run: TripRun, time_ms: int) -> int:
    return max(run.start_ms - time_ms, time_ms - run.end_ms, 0)
