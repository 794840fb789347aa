"""The base map as one PMTiles file: vector tiles of roads, lines, stops, water and green."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from routing.network.areas import MapAreas
from routing.network.graph import Floats, RoadNetwork


@dataclass(frozen=True, slots=True)
class MapLine:
    """The shape of a bus line; ``lonlat`` has shape (n, 2)."""

    route_id: str
    short_name: str
    lonlat: Floats


@dataclass(frozen=True, slots=True)
class MapStop:
    """A place where buses stop."""

    stop_id: str
    name: str
    lon: float
    lat: float


def write_pmtiles(
    path: Path,
    network: RoadNetwork | None,
    *,
    lines: Sequence[MapLine] = (),
    stops: Sequence[MapStop] = (),
    areas: MapAreas | None = None,
    name: str = "city",
) -> None:
    """Write the base map; layers without features are left out.

    Parameters
    ----------
    path : Path
        The file; replaced whole.
    network : RoadNetwork or None
        Layer ``roads``: feature id is the edge's row; ``class``, ``name``, ``lanes``.
    lines : sequence of MapLine
        Layer ``lines``: ``route_id``, ``short_name``.
    stops : sequence of MapStop
        Layer ``stops``: ``stop_id``, ``name``.
    areas : MapAreas, optional
        Layers ``water`` and ``green``.
    name : str
        What the map calls itself.
    """
    raise NotImplementedError
