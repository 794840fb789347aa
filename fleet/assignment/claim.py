"""A claimed trip, made a trip on a service date."""

from contextlib import suppress
from datetime import timedelta

from fleet.gtfs.clock import format_date, local_date
from fleet.gtfs.timetable import Timetable, TripRun
from schemas.trip import TripRef

FAR_MS = 12 * 3_600_000


def find_claimed_run(timetable: Timetable, claim: TripRef | None, time_ms: int) -> TripRun | None:
    """Return the trip a source says the bus runs, ``None`` where the timetable does not know it or it is long over.

    Without a service date, or with one whose run would begin half a day later, the date whose run lies nearest to the
    moment is taken: after midnight many feeds tell the date on the wall instead of the service date.

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
        with suppress(ValueError):
            run = timetable.run_of(trip, claim.start_date)
            if run.start_ms - time_ms < FAR_MS:
                return run if time_ms - run.end_ms < FAR_MS else None
    today = local_date(time_ms, timetable.timezone)
    runs = [timetable.run_of(trip, format_date(today + timedelta(days=shift))) for shift in (0, -1, 1)]
    return min(runs, key=lambda run: _away_ms(run, time_ms))


def _away_ms(run: TripRun, time_ms: int) -> int:
    return max(run.start_ms - time_ms, time_ms - run.end_ms, 0)
