"""Small road networks by code: a grid of two-way streets with known lengths."""

from collections.abc import Iterable

import numpy as np

from routing.network.build import Way, finish, join_ways
from routing.network.defaults import CLASS_CODE
from routing.network.graph import Projection, RoadNetwork
from routing.network.vehicles import EVERYBODY, Vehicle

HANOI = (105.85, 21.02)
PROJECTION = Projection(32648)
ORIGIN_X, ORIGIN_Y = (float(v) for v in PROJECTION.to_xy(np.array(HANOI[0]), np.array(HANOI[1])))


def lonlat(x_m: float, y_m: float) -> tuple[float, float]:
    """Return the place so many metres east and north of the builder's origin."""
    lon, lat = PROJECTION.to_lonlat(np.array([ORIGIN_X + x_m]), np.array([ORIGIN_Y + y_m]))
    return float(lon[0]), float(lat[0])


def way(way_id: int, nodes: Iterable[int], *, oneway: bool = False, name: str = "", road: str = "secondary") -> Way:
    """Return a road."""
    return Way(
        way_id=way_id,
        nodes=tuple(nodes),
        class_code=CLASS_CODE[road],
        name=name,
        limit_mps=50 / 3.6,
        users=(EVERYBODY, Vehicle(0) if oneway else EVERYBODY),
        oneway=oneway,
    )


def network(ways: list[Way], places_m: dict[int, tuple[float, float]], signals=()) -> RoadNetwork:
    """Return the network of roads through nodes given in metres from the origin."""
    places = {node: lonlat(*xy) for node, xy in places_m.items()}
    raw, names = join_ways(ways, places)
    return finish(raw, names, [lonlat(*s) for s in signals], (), "test")


def grid(columns: int, rows: int, block_m: float = 200.0, *, signals=()) -> RoadNetwork:
    """Return a grid; node ``100 * row + column + 1``; way ``row + 1`` runs east, way ``1001 + column`` north."""
    places = {100 * r + c + 1: (c * block_m, r * block_m) for r in range(rows) for c in range(columns)}
    ways = [way(r + 1, (100 * r + c + 1 for c in range(columns)), name=f"Phố {r + 1}") for r in range(rows)]
    ways += [
        way(1001 + c, (100 * r + c + 1 for r in range(rows)), name=f"Ngõ {c + 1}", road="tertiary")
        for c in range(columns)
    ]
    return network(ways, places, signals)
