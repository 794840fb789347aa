"""Which days each service of a feed runs, faults left out."""

from datetime import date, timedelta

from fleet.gtfs.clock import parse_date
from fleet.gtfs.faults.raw import RawFeed

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_DAYS = 732


def days_of_services(feed: RawFeed) -> dict[str, frozenset[date]]:
    """Return service id → the days it runs.

    Parameters
    ----------
    feed : RawFeed
        Lines whose dates cannot be read are passed over.

    Returns
    -------
    dict
        At most two years of each service, those around today.
    """
    days: dict[str, set[date]] = {}
    for row in feed.table("calendar.txt", "service_id", *DAYS, "start_date", "end_date").iter_rows(named=True):
        first, last = read_date(row["start_date"]), read_date(row["end_date"])
        if first is None or last is None:
            continue
        if (last - first).days >= LONGEST_DAYS:  # the years around today
            begin = feed.today - timedelta(days=LONGEST_DAYS // 2)
            first = min(max(first, begin), last - timedelta(days=LONGEST_DAYS - 1))
        span = range(min((last - first).days + 1, LONGEST_DAYS))
        every = (first + timedelta(days=n) for n in span)
        days.setdefault(row["service_id"] or "", set()).update(d for d in every if row[DAYS[d.weekday()]] == "1")
    for row in feed.table("calendar_dates.txt", "service_id", "date", "exception_type").iter_rows(named=True):
        day = read_date(row["date"])
        if day is not None:
            known = days.setdefault(row["service_id"] or "", set())
            known.add(day) if row["exception_type"] == "1" else known.discard(day)
    return {name: frozenset(found) for name, found in days.items()}


def read_date(text: str | None) -> date | None:
    """Return a date written YYYYMMDD, ``None`` where it is none."""
    try:
        return parse_date(text or "")
    except ValueError:
        return None
