"""Water, green and names of the base map."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import shapely

AREAS_FILE = "areas.msgpack"

# Square kilometres of a lake or park → the zoom from which its name is shown.
AREA_ZOOM = ((2.0, 11), (0.25, 12), (0.04, 13), (0.01, 14), (0.0, 15))
# What OpenStreetMap calls a place → our kind, and the zoom from which its name is shown.
PLACE_KINDS = {
    "city": ("town", 9),
    "town": ("town", 9),
    "borough": ("district", 11),
    "suburb": ("district", 11),
    "quarter": ("quarter", 13),
    "neighbourhood": ("quarter", 14),
    "village": ("quarter", 13),
    "island": ("green", 12),
}


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A name at a point: ``kind`` is town, district, quarter, water or green; shown from ``min_zoom`` on."""

    name: str
    kind: str
    lon: float
    lat: float
    min_zoom: int


@dataclass(frozen=True, slots=True)
class MapRiver:
    """The line along which a river's name is written; ``line`` is a shapely line in lon, lat."""

    name: str
    line: Any


@dataclass(frozen=True, slots=True)
class MapAreas:
    """Polygons (shapely, lon, lat) that lie under the roads of the map, and the names that lie over them."""

    water: tuple[Any, ...] = ()
    green: tuple[Any, ...] = ()
    places: tuple[MapPlace, ...] = ()
    rivers: tuple[MapRiver, ...] = ()


def area_zoom(square_km: float) -> int:
    """Return the zoom from which the name of an area is shown."""
    return next(zoom for least, zoom in AREA_ZOOM if square_km >= least)


def save_areas(areas: MapAreas, folder: Path) -> None:
    """Write the areas into the folder of a network, so that its map can be drawn again without its source."""
    data = {
        "water": [shapely.to_wkb(area) for area in areas.water],
        "green": [shapely.to_wkb(area) for area in areas.green],
        "places": [(p.name, p.kind, p.lon, p.lat, p.min_zoom) for p in areas.places],
        "rivers": [(r.name, shapely.to_wkb(r.line)) for r in areas.rivers],
    }
    (folder / AREAS_FILE).write_bytes(msgspec.msgpack.encode(data))


def load_areas(folder: Path) -> MapAreas:
    """Read what `save_areas` wrote; a network without such a file has no areas."""
    path = folder / AREAS_FILE
    if not path.exists():
        return MapAreas()
    data = msgspec.msgpack.decode(path.read_bytes())
    return MapAreas(
        water=tuple(shapely.from_wkb(area) for area in data["water"]),
        green=tuple(shapely.from_wkb(area) for area in data["green"]),
        places=tuple(MapPlace(*place) for place in data["places"]),
        rivers=tuple(MapRiver(name, shapely.from_wkb(line)) for name, line in data["rivers"]),
    )
