"""Water and green of the base map."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MapAreas:
    """Polygons (shapely, lon, lat) that lie under the roads of the map."""

    water: tuple[Any, ...] = ()
    green: tuple[Any, ...] = ()
