"""Times of a timetable: seconds of a service day that may run past 24:00."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HALF_DAY = timedelta(hours=12)


@lru_cache(maxsize=4096)
def service_day_start_ms(start_date: str, timezone: str) -> int:
    """Return the zero of a service day: noon of that date minus 12 h (GTFS).

    Parameters
    ----------
    start_date : str
        ``YYYYMMDD``.
    timezone : str
        Of the agency, for instance ``Asia/Ho_Chi_Minh``.

    Returns
    -------
    int
        Milliseconds since 1970 UTC; on a day the clocks change this is not midnight.
    """
    day = parse_date(start_date)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(timezone))
    return round((noon.timestamp() - HALF_DAY.total_seconds()) * 1000)


@lru_cache(maxsize=64)
def is_same_clock(one: str, other: str, year: int) -> bool:
    """Return whether two zones tell the same time all through a year, whatever they are called.

    Parameters
    ----------
    one, other : str
        For instance ``Asia/Ho_Chi_Minh`` and ``Asia/Saigon``; one that does not exist is like no other.
    year : int
        Of the calendar.

    Returns
    -------
    bool
        Whether a change from one to the other changes nothing.
    """
    try:
        zones = ZoneInfo(one), ZoneInfo(other)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return one == other
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(366)]
    return all(noon.astimezone(zones[0]).utcoffset() == noon.astimezone(zones[1]).utcoffset() for noon in noons)


def parse_date(text: str) -> date:
    """Read ``YYYYMMDD``; raises ``ValueError`` for anything else."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is not YYYYMMDD")
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def format_date(day: date) -> str:
    """Write a date as ``YYYYMMDD``."""
    return day.strftime("%Y%m%d")


def local_date(time_ms: int, timezone: str) -> date:
    """Return the calendar day at a moment in the timetable's zone."""
    return datetime.fromtimestamp(time_ms / 1000, tz=ZoneInfo(timezone)).date()
