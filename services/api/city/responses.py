"""What the API says about the city."""

from services.api.responses import Model, TextOut


class PartsOut(Model):
    """Which parts the city has; pages say what is lacking."""

    gtfs: bool
    network: bool
    cameras: bool
    roster: bool
    map: bool


class CalendarOut(Model):
    """The span of the timetable's calendar."""

    first_date: str
    last_date: str
    ended: bool
    repeat: bool


class ClockOut(Model):
    """The city's time; ``speed`` 10 means ten seconds of the day per second."""

    now_ms: int
    speed: float
    played: bool


class CityOut(Model):
    """The city."""

    id: str
    name: TextOut
    timezone: str
    bbox: tuple[float, float, float, float]
    origin: str
    languages: list[str]
    parts: PartsOut
    calendar: CalendarOut | None
    doubts: list[TextOut]
    clock: ClockOut
    setup_needed: bool
