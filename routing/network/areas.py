"""Water, green and names of the base map."""

from dataclasses import dataclass
from typing import Any

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
