"""The departures of each line and direction of a day, sorted once for all who ask about those beside a trip."""

from bisect import bisect_left, bisect_right
from operator import itemgetter

from fleet.alerts.excuses import Side, side_of
from fleet.gtfs.timetable import Timetable, TripRun

MOST_DAYS = 3
# When it leaves, seconds since the day's zero, and the number of the trip.
Departure = tuple[int, int]
_when = itemgetter(0)


class Departures:
    """Lists departures of a timetable.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    """

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self._days: dict[str, dict[Side, list[Departure]]] = {}

    def after(self, run: TripRun) -> list[Departure]:
        """Return the departures in a trip's direction later than it, the next one first."""
        same = self._beside(run)
        return same[bisect_right(same, start_s(run), key=_when) :]

    def between(self, run: TripRun, from_s: float, until_s: float) -> list[Departure]:
        """Return the departures in a trip's direction later than a time and earlier than another, in order."""
        same = self._beside(run)
        return same[bisect_right(same, from_s, key=_when) : bisect_left(same, until_s, key=_when)]

    def _beside(self, run: TripRun) -> list[Departure]:
        if run.start_date not in self._days:
            if len(self._days) >= MOST_DAYS:
                self._days.clear()
            plan, found = self._timetable.day_plan(run.start_date), dict[Side, list[Departure]]()
            for first_s, trip in zip(plan.first_s.tolist(), plan.trips.tolist(), strict=True):
                found.setdefault(side_of(self._timetable, trip), []).append((first_s, trip))
            for same in found.values():
                same.sort(key=_when)
            self._days[run.start_date] = found
        return self._days[run.start_date].get(side_of(self._timetable, run.trip), [])


def start_s(run: TripRun) -> float:
    """Return when a trip begins, seconds since its day's zero."""
    return (run.start_ms - run.day_start_ms) / 1000.0
