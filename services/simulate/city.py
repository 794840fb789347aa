"""What the simulator needs of a city: its timetable, its signals, its time zone and where traffic may be blocked."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from fleet.gtfs import GtfsError, Timetable
from fleet.simulation.day import plan_period
from fleet.simulation.plan import Plan
from fleet.simulation.simulation import Options, Simulation
from fleet.simulation.traffic import TrafficField, draw_blockages
from services.city.folder import CityError, CityFolder
from services.city.timetable import read_city_timetable

HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Streets:
    """A city as the simulator sees it; ``signals`` are lon, lat in degrees."""

    name: str
    timetable: Timetable
    signals: list[tuple[float, float]]

    def utc_offset_s(self, now_ms: int) -> int:
        """Return local time minus UTC at a moment, in seconds."""
        zone = ZoneInfo(str(self.timetable.timezone))
        offset = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).utcoffset()
        return round(offset.total_seconds()) if offset is not None else 0


def read_streets(city: CityFolder, *, repeat_calendar: bool | None = None) -> Streets:
    """Read what the simulator needs.

    Parameters
    ----------
    city : CityFolder
        The city.
    repeat_calendar : bool, optional
        Whether an ended calendar runs again; what ``city.json`` says by default.

    Returns
    -------
    Streets
        Without signals where the city has no roads.

    Raises
    ------
    CityError
        If the city has no timetable, or one that cannot be read.
    """
    if city.gtfs is None:
        raise CityError(f"{city.root} has no timetable (gtfs.zip): buses cannot be simulated; import one with --gtfs")
    calendar = city.city.calendar
    repeat = repeat_calendar if repeat_calendar is not None else bool(calendar and calendar.repeat)
    try:
        timetable = read_city_timetable(city.gtfs, repeat_calendar=repeat)
    except GtfsError as error:
        raise CityError(str(error)) from error
    signals_file = city.find("signals.json")
    raw = msgspec.json.decode(signals_file.read_bytes(), type=list[dict[str, float]]) if signals_file else []
    return Streets(city.city.name.en, timetable, [(entry["lon"], entry["lat"]) for entry in raw])


@dataclass(frozen=True)
class Wish:
    """What to simulate: the period, how many buses, how many blockages, and the seed of everything."""

    start_ms: int
    hours: float
    seed: int
    buses: int | None = None
    blockages: int = 0
    options: Options = field(default_factory=Options)

    @property
    def end_ms(self) -> int:
        """End of the period, milliseconds since 1970."""
        return self.start_ms + round(self.hours * HOUR_MS)


def make_simulation(streets: Streets, wish: Wish) -> Simulation | None:
    """Set every bus where it should be when the period begins.

    Parameters
    ----------
    streets : Streets
        The city.
    wish : Wish
        What to simulate.

    Returns
    -------
    Simulation or None
        ``None`` where the timetable has no trip in the period.
    """
    plan = plan_period(streets.timetable, wish.start_ms, wish.end_ms, buses=wish.buses, seed=wish.seed)
    if not plan.duties:
        return None
    blocked = draw_blockages(wish.seed, wish.blockages, _busy_places(plan, wish.seed), wish.start_ms, wish.end_ms)
    traffic = TrafficField(wish.seed, streets.utc_offset_s(wish.start_ms), blocked)
    return Simulation(plan, traffic, streets.signals, start_ms=wish.start_ms, seed=wish.seed, options=wish.options)


def _busy_places(plan: Plan, seed: int) -> list[tuple[float, float]]:
    """Draw places on the courses that buses drive, away from their ends."""
    rng = np.random.default_rng([seed, 8])
    used = sorted({plan.runs[r].path for duty in plan.duties for r in duty.runs})
    places = []
    for index in used:
        course = plan.paths[index]
        row = int(np.searchsorted(course.along_m, course.length_m * float(rng.uniform(0.25, 0.75))))
        places.append((float(course.lon[row]), float(course.lat[row])))
    return places
