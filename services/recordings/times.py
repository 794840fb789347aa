"""Times as recordings write them, to milliseconds since 1970 UTC."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from services.recordings.refusal import number

MILLISECONDS_FROM = 1e11
FIRST_YEAR, LAST_YEAR = 1900, 9000


def parse_time_ms(value: object, timezone: str | None = None) -> int | None:
    """Read seconds or milliseconds since 1970, or an ISO 8601 time.

    Parameters
    ----------
    value : object
        A number, its text, or a text such as ``2015-03-07T10:03:34-06:00``.
    timezone : str, optional
        Zone of a local time that names none; without it such a time is not guessed.

    Returns
    -------
    int or None
        Milliseconds since 1970 UTC, ``None`` where it cannot be known.
    """
    seconds = number(value)
    if seconds is not None:
        return round(seconds if abs(seconds) >= MILLISECONDS_FROM else seconds * 1000.0)
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:  # beyond, zones cannot be converted
        return None
    if moment.tzinfo is None:
        if timezone is None:
            return None
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return round(moment.astimezone(UTC).timestamp() * 1000.0)
