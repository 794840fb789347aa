"""Go over to a new timetable of the city while buses are tracked."""

from collections.abc import Callable

import structlog

from fleet.alerts.limits import SpeedLimits
from fleet.arrivals.links import make_links
from fleet.arrivals.ways import Ways, lay_links
from fleet.cleaning import Area
from fleet.gtfs import GtfsError, Timetable
from fleet.roster import RosterError, read_roster
from fleet.tracker import Tracker
from routing.network import NetworkError, RoadNetwork, load_network
from services.city.folder import CityFolder
from services.city.timetable import read_city_timetable
from services.city.watch import CityWatch
from services.track.days import Days

MARGIN_DEG = 0.3
_log = structlog.get_logger("track")


def timetable_of(city: CityFolder, *, repeat: bool = False) -> Timetable | None:
    """Return the timetable of a city, ``None`` where it has none; raises ``GtfsError`` where it cannot be used."""
    calendar = city.city.calendar
    repeat = repeat or (calendar is not None and calendar.repeat)
    return read_city_timetable(city.gtfs, repeat_calendar=repeat) if city.gtfs is not None else None


def tracker_maker(
    city: CityFolder, timetable: Timetable | None, speed_limit_kmh: float = 60.0
) -> Callable[[], Tracker]:
    """Return what makes trackers of a city: with its timetable, roster, area and roads, as far as it has them."""
    roster = read_roster(city.roster) if city.roster is not None else None
    west, south, east, north = city.city.bbox
    area = Area(west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)
    network = roads_of(city)
    ways, limits = ways_of(network, timetable), SpeedLimits(speed_limit_kmh / 3.6, network)
    return lambda: Tracker(timetable, roster, area, ways, limits)


def roads_of(city: CityFolder) -> RoadNetwork | None:
    """Return the roads of a city; ``None``, after a line that says why, where they cannot be read."""
    if city.network is None:
        return None
    try:
        return load_network(city.network)
    except NetworkError as error:
        _log.error("states of roads are no input of arrivals, one speed limit holds everywhere", reason=str(error))
        return None


def ways_of(network: RoadNetwork | None, timetable: Timetable | None) -> Ways | None:
    """Return the edges under a timetable's links, where there are both."""
    if timetable is None or network is None:
        return None
    ways = lay_links(timetable, make_links(timetable), network)
    _log.info("the links lie on the roads", links=ways.metres.shape[0], edges=len(ways.number))
    return ways


class Swap:
    """Looks for a new timetable and hands it to the tracker; one that cannot be read is said, the one before stays.

    Parameters
    ----------
    city : CityFolder
        As it is in use.
    days : Days
        Holds the tracker.
    repeat : bool
        Run an ended calendar again.
    speed_limit_kmh : float
        Where no road tells another.
    """

    def __init__(self, city: CityFolder, days: Days, *, repeat: bool, speed_limit_kmh: float = 60.0) -> None:
        self._watch = CityWatch(city.root)
        self._days = days
        self._repeat = repeat
        self._speed_limit_kmh = speed_limit_kmh

    def look(self) -> None:
        """Go over to a new timetable if there is one."""
        city = self._watch.find_new()
        if city is None:
            return
        try:
            timetable = timetable_of(city, repeat=self._repeat)
            make = tracker_maker(city, timetable, self._speed_limit_kmh)
        except (GtfsError, RosterError) as error:
            _log.error("the new timetable cannot be used; the one before stays", reason=str(error))
            return
        self._days.adopt(make)
        _log.info("another timetable is in use", trips=0 if timetable is None else len(timetable.trip_ids))
