"""Which services run on which date, and how an ended calendar is repeated."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from fleet.gtfs.clock import format_date


@dataclass(frozen=True)
class Service:
    """One line of calendar.txt: seven weekdays from Monday, first and last day."""

    weekdays: tuple[bool, ...]
    first: date
    last: date


class ServiceCalendar:
    """The calendar of a feed.

    Parameters
    ----------
    services : dict
        Service id → its line in calendar.txt.
    added, removed : dict
        Date → service ids of calendar_dates.txt.
    """

    def __init__(
        self, services: dict[str, Service], added: dict[date, set[str]], removed: dict[date, set[str]]
    ) -> None:
        self.services = services
        self.added = added
        self.removed = removed
        days = [s.first for s in services.values()] + [s.last for s in services.values()] + list(added)
        self.first: date | None = min(days, default=None)
        self.last: date | None = max(days, default=None)
        self._typical: dict[int, frozenset[str]] = {}

    def services_on(self, day: date, *, repeat: bool = False) -> frozenset[str]:
        """Return the ids of the services that run on a day.

        Parameters
        ----------
        day : date
            The service date.
        repeat : bool
            Outside the calendar's span, take what that weekday usually was.

        Returns
        -------
        frozenset of str
            Service ids; empty where nothing runs.
        """
        if repeat and (self.first is None or self.last is None or not self.first <= day <= self.last):
            return self._usual(day.weekday())
        running = {name for name, s in self.services.items() if s.first <= day <= s.last and s.weekdays[day.weekday()]}
        return frozenset((running | self.added.get(day, set())) - self.removed.get(day, set()))

    def ended(self, day: date) -> bool:
        """Return whether the last day of the calendar lies before a day."""
        return self.last is None or self.last < day

    def _usual(self, weekday: int) -> frozenset[str]:
        if self.first is None or self.last is None:
            return frozenset()
        if weekday not in self._typical:
            first = self.first + timedelta(days=(weekday - self.first.weekday()) % 7)
            weeks = (self.last - first).days // 7 + 1
            sets = Counter(self.services_on(first + timedelta(weeks=week)) for week in range(max(0, weeks)))
            best = max(
                sets.items(), key=lambda item: (bool(item[0]), item[1], sorted(item[0])), default=(frozenset(), 0)
            )
            self._typical[weekday] = best[0]
        return self._typical[weekday]

    @property
    def span(self) -> tuple[str, str] | None:
        """First and last date as ``YYYYMMDD``, ``None`` for an empty calendar."""
        if self.first is None or self.last is None:
            return None
        return format_date(self.first), format_date(self.last)
