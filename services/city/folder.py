"""The city folder: one place on disk with everything that makes a city.

::

    city.json            what is here, of what age, what is doubtful in one line each
    gtfs.zip             the timetable, shapes added where the feed had none   (optional)
    timetable.bin        the timetable compiled for the services, made of gtfs.zip   (optional)
    laid.msgpack         lines laid on the roads, for the next timetable       (optional)
    network/             the road network of `hanoi network build`             (optional)
    map.pmtiles          base map: layers roads, lines, stops, water, green    (optional)
    cameras/ID.yaml      one file a camera                                     (optional)
    roster.csv           vehicle_id,route_id[,service_date]                    (optional)
    signals.json         [{lon, lat}] of traffic signals                       (optional)
    report.json          what the import repaired or found doubtful
    before/              the timetable before the last `hanoi city swap`       (optional)
"""

import re
from pathlib import Path

import msgspec

from schemas.message import Message
from schemas.text import Text

CITY_FILE = "city.json"


class Calendar(Message, frozen=True):
    """The span of the feed's calendar; ``repeat`` maps each weekday onto the current week."""

    first_date: str
    last_date: str
    ended: bool
    repeat: bool = False


class Part(Message, frozen=True):
    """One source file the city was made from."""

    name: str
    file: str
    sha256: str
    count: dict[str, int]


class City(Message, frozen=True):
    """What ``city.json`` says; ``bbox`` is west, south, east, north in degrees (WGS 84).

    ``epsg`` is the metric frame used inside. ``origin`` is ``import`` or
    ``sample``: pages say when a city is made up.
    """

    id: str
    name: Text
    timezone: str
    bbox: tuple[float, float, float, float]
    epsg: int
    origin: str
    languages: tuple[str, ...] = ("vi", "en")
    parts: tuple[Part, ...] = ()
    calendar: Calendar | None = None
    doubts: tuple[Text, ...] = ()


class CityFolder:
    """A city folder that was read; paths of absent parts are ``None``.

    Parameters
    ----------
    root : Path
        The folder.

    Raises
    ------
    CityError
        If the folder has no ``city.json`` or it cannot be read.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        path = root / CITY_FILE
        try:
            self.city = msgspec.json.decode(path.read_bytes(), type=City)
        except FileNotFoundError:
            raise CityError(f"{path} is absent: make it with `hanoi city import` or `hanoi sample build`") from None
        except msgspec.MsgspecError as error:
            raise CityError(f"{path} cannot be read: {error}") from error

    def find(self, name: str) -> Path | None:
        """Return the path of a part, ``None`` where the city lacks it."""
        path = self.root / name
        return path if path.exists() else None

    @property
    def gtfs(self) -> Path | None:
        """The timetable."""
        return self.find("gtfs.zip")

    @property
    def network(self) -> Path | None:
        """The folder of the road network."""
        return self.find("network")

    @property
    def pmtiles(self) -> Path | None:
        """The base map."""
        return self.find("map.pmtiles")

    @property
    def roster(self) -> Path | None:
        """The plate-to-route roster."""
        return self.find("roster.csv")

    @property
    def watching_cameras(self) -> tuple[Path, ...]:
        """Camera files that name a source of pictures; looked at, not checked."""
        return tuple(path for path in self.cameras if re.search(rb"(?m)^source\s*:", path.read_bytes()))

    @property
    def cameras(self) -> tuple[Path, ...]:
        """One file a camera, by name."""
        return tuple(sorted((self.root / "cameras").glob("*.yaml")))


class CityError(Exception):
    """A city folder that cannot be used; the text says which file and how to mend it."""


def write_city(root: Path, city: City) -> None:
    """Write ``city.json``, whole or not at all.

    Parameters
    ----------
    root : Path
        The city folder; made if absent.
    city : City
        What to write.
    """
    root.mkdir(parents=True, exist_ok=True)
    new = root / (CITY_FILE + ".new")
    new.write_bytes(msgspec.json.format(msgspec.json.encode(city)))
    new.replace(root / CITY_FILE)
