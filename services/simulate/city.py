"""What the simulator needs of a city: its timetable, its roads, its signals and its time zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from fleet.gtfs import GtfsError, Timetable
from fleet.roster import RosterError, read_roster
from fleet.simulation.build import Scene, build_world
from fleet.simulation.day import plan_period
from fleet.simulation.plates import plates_of_blocks
from fleet.simulation.simulation import Options, Simulation
from routing.network import NetworkError, RoadNetwork, load_network
from routing.paths import load_hierarchy
from services.city.folder import CityError, CityFolder
from services.city.timetable import read_city_timetable

HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Streets:
    """A city as the simulator sees it; ``signals`` are lon, lat in degrees, ``plates`` the vehicle of each block."""

    name: str
    timetable: Timetable
    signals: list[tuple[float, float]]
    network: RoadNetwork | None = None
    plates: Mapping[str, str] = field(default_factory=dict)

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
        Without signals and network where the city has no roads.

    Raises
    ------
    CityError
        If the city has no timetable, or one of its parts cannot be read.
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
    signals = [(entry["lon"], entry["lat"]) for entry in raw]
    return Streets(city.city.name.en, timetable, signals, _network(city), _plates(city, timetable))


def _plates(city: CityFolder, timetable: Timetable) -> dict[str, str]:
    try:
        return plates_of_blocks(timetable, read_roster(city.roster)) if city.roster is not None else {}
    except RosterError as error:
        raise CityError(str(error)) from error


def _network(city: CityFolder) -> RoadNetwork | None:
    if city.network is None:
        return None
    try:
        network = load_network(city.network)
    except NetworkError as error:
        raise CityError(str(error)) from error
    load_hierarchy(network, city.network)
    return network


@dataclass(frozen=True)
class Wish:
    """What to simulate: the period, how many buses, what share of trips falls out, what kind of day, and the seed."""

    start_ms: int
    hours: float
    seed: int
    buses: int | None = None
    cancelled: float = 0.0
    scene: Scene = field(default_factory=Scene)
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
    begin_ms = wish.start_ms - wish.options.spin_up_ms
    plan = plan_period(
        streets.timetable,
        begin_ms,
        wish.end_ms,
        buses=wish.buses,
        seed=wish.seed,
        plates=streets.plates,
        cancelled=wish.cancelled,
    )
    if not any(plan.runs[r].end_ms > wish.start_ms for duty in plan.duties for r in duty.runs):
        return None
    world = build_world(
        plan,
        streets.network,
        streets.signals,
        start_ms=wish.start_ms,
        end_ms=wish.end_ms,
        seed=wish.seed,
        offset_s=streets.utc_offset_s(wish.start_ms),
        scene=wish.scene,
    )
    return Simulation(world, start_ms=wish.start_ms, options=wish.options)
