"""The one table of services: name, what it does, what of the city it needs."""

from collections.abc import Callable
from dataclasses import dataclass

from services.city.folder import CityFolder
from services.settings import Settings

Need = Callable[[CityFolder], str | None]


def _nothing(city: CityFolder) -> str | None:
    del city
    return None


def _timetable(city: CityFolder) -> str | None:
    return None if city.gtfs else "this city has no timetable (gtfs.zip)"


def _network(city: CityFolder) -> str | None:
    return None if city.network else "this city has no road network (network/)"


def _cameras(city: CityFolder) -> str | None:
    return None if city.watching_cameras else "this city has no cameras with pictures (cameras/*.yaml)"


def _ingest_door(settings: Settings) -> str:
    return f"http://{settings.ingest.host}:{settings.ingest.port}"


def _api_door(settings: Settings) -> str:
    return f"http://{settings.api.host}:{settings.api.port}"


@dataclass(frozen=True)
class Service:
    """One service; ``lacking`` says in one phrase what the city lacks for it, ``None`` if nothing.

    ``start_after_s`` holds it back at the first start, so that on few cores the pages and the doors,
    which people wait for, need not share them with everybody. ``door`` is where it answers HTTP.
    Only services of one ``family`` share a process. ``cores_…`` are parts of one core: about what `hanoi bench
    latency` measured with 1,769 buses that report every 10 s, the pages' doubled for the people who look at them.
    Several processes of one that ``shares_work`` share its partitions; one that ``grows`` is given more of them by
    itself.
    """

    name: str
    does: str
    lacking: Need = _nothing
    threads: int = 1
    start_after_s: float = 0.0
    door: Callable[[Settings], str] | None = None
    family: str = "city"
    cores_idle: float = 0.02
    cores_per_1000_vehicles: float = 0.0
    cores_per_camera: float = 0.0
    uses_store: bool = False
    shares_work: bool = False
    grows: bool = False

    @property
    def module(self) -> str:
        """Where its ``run(context)`` stands."""
        return f"services.{self.name}.pipeline"


SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        Service("ingest", "takes reports through the doors", door=_ingest_door, cores_per_1000_vehicles=0.015),
        Service(
            "track",
            "finds each bus's trip, stops and arrivals",
            start_after_s=0.5,
            cores_per_1000_vehicles=0.06,
            shares_work=True,
        ),
        Service(
            "estimate",
            "estimates speeds on roads and finds incidents",
            _network,
            start_after_s=2.0,
            cores_per_1000_vehicles=0.03,
        ),
        Service(
            "capture",
            "records cameras in segments",
            _cameras,
            start_after_s=2.0,
            family="cameras",
            cores_per_camera=0.03,
        ),
        Service(
            "detect",
            "watches segments for traffic rules",
            _cameras,
            threads=2,
            start_after_s=3.0,
            family="cameras",
            cores_per_camera=0.05,
            shares_work=True,
            grows=True,
        ),
        Service(
            "archive",
            "keeps results in the database",
            start_after_s=1.0,
            cores_per_1000_vehicles=0.04,
            uses_store=True,
            shares_work=True,
            grows=True,
        ),
        Service("api", "serves the pages and their API", door=_api_door, cores_per_1000_vehicles=0.08, uses_store=True),
        Service(
            "simulate",
            "drives simulated buses on the timetable",
            _timetable,
            start_after_s=1.5,
            cores_per_1000_vehicles=0.06,
        ),
    )
}


def choose_services(only: tuple[str, ...], city: CityFolder, simulate: bool | None) -> list[Service]:
    """List the services to start.

    Parameters
    ----------
    only : tuple of str
        Names asked for; all if empty.
    city : CityFolder
        A sample city is alive only with simulated buses.
    simulate : bool or None
        Whether simulated buses were asked for; ``None`` leaves it to the city.

    Returns
    -------
    list of Service
        In the order of the table.

    Raises
    ------
    KeyError
        If a name is not in the table; the text lists those that are.
    """
    strange = [name for name in only if name not in SERVICES]
    if strange:
        raise KeyError(f"no service {', '.join(strange)}; there are {', '.join(SERVICES)}")
    if only:
        return [service for service in SERVICES.values() if service.name in only]
    wanted = is_simulated(city, simulate)
    return [service for service in SERVICES.values() if service.name != "simulate" or wanted]


def is_simulated(city: CityFolder, asked: bool | None) -> bool:
    """Return whether simulated buses are driven: as asked, else in a sample city.

    Parameters
    ----------
    city : CityFolder
        The city.
    asked : bool or None
        ``None`` leaves it to the city.

    Returns
    -------
    bool
        Whether the service `simulate` has something to do.
    """
    return city.city.origin == "sample" if asked is None else asked
