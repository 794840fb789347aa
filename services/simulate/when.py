"""When a simulation begins and ends, as people say it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from fleet.gtfs import Timetable
from fleet.gtfs.clock import format_date, local_date
from services.city.folder import CityError

HOUR_MS = 3_600_000
LONGEST_H = 48.0


def parse_moment(text: str, timezone: str, now_ms: int, option: str = "--from") -> int:
    """Return the moment a person meant, in milliseconds since 1970.

    Parameters
    ----------
    text : str
        ``now``, a time of today such as ``07:30``, or ISO 8601; without an offset it is local time of the city.
    timezone : str
        The city's zone.
    now_ms : int
        The present.
    option : str
        How the option is called, for the error.

    Returns
    -------
    int
        Held to a whole second.

    Raises
    ------
    CityError
        If it is no time.
    """
    if text == "now":
        return now_ms // 1000 * 1000
    zone = ZoneInfo(timezone)
    today = f"{datetime.fromtimestamp(now_ms / 1000, zone):%Y-%m-%d}T"
    try:
        moment = datetime.fromisoformat(text if "-" in text else today + text)
    except ValueError:
        raise CityError(f"{option} {text!r} is no time; write for instance 2026-01-05T07:00 or 07:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return int(moment.timestamp()) * 1000


def find_peak(timetable: Timetable, near_ms: int) -> int:
    """Return the middle of the busiest quarter of an hour of a service day, in milliseconds since 1970.

    Parameters
    ----------
    timetable : Timetable
        The city's timetable.
    near_ms : int
        A moment of the day.

    Returns
    -------
    int
        When most trips run.

    Raises
    ------
    CityError
        If none runs that day.
    """
    date = format_date(local_date(near_ms, timetable.timezone))
    plan = timetable.day_plan(date)
    if not len(plan.trips):
        raise CityError(f"no trip runs on {date}: give another --from, or --repeat-calendar for a calendar that ended")
    quarters = np.arange(0, int(plan.last_s.max()) + 900, 900)
    started = np.searchsorted(np.sort(plan.first_s), quarters, side="right")
    ended = np.searchsorted(np.sort(plan.last_s), quarters)
    return int(plan.day_start_ms + quarters[np.argmax(started - ended)] * 1000)


def choose_period(
    timetable: Timetable, now_ms: int, *, start: str, end: str | None, hours: float | None, peak: bool
) -> tuple[int, float]:
    """Return when to begin and how many hours to simulate.

    Parameters
    ----------
    timetable : Timetable
        The city's timetable.
    now_ms : int
        The present.
    start, end : str
        What was said of begin and end.
    hours : float, optional
        What was said of the length; one hour where nothing was.
    peak : bool
        Whether the busiest time of that day is meant.

    Returns
    -------
    tuple of (int, float)
        Milliseconds since 1970, and hours.

    Raises
    ------
    CityError
        If that is no period.
    """
    zone = str(timetable.timezone)
    start_ms = parse_moment(start, zone, now_ms)
    if end is not None and (hours is not None or peak):
        raise CityError("--to says where it ends: leave out --hours and --peak")
    if end is not None:
        length_h = (parse_moment(end, zone, start_ms, "--to") - start_ms) / HOUR_MS
        if not 0 < length_h <= LONGEST_H:
            raise CityError(f"--to {end}: must lie after --from {start}, by {LONGEST_H:.0f} hours at most")
        return start_ms, length_h
    length_h = hours or 1.0
    if peak:
        start_ms = find_peak(timetable, start_ms) - round(length_h * HOUR_MS / 2)
    return start_ms, length_h
