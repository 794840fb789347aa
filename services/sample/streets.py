"""The sample's main roads as stretches between the places where they meet, and the frame they are measured in."""

from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from schemas.earth import METRES_PER_DEGREE
from services.sample.points import POINTS
from services.sample.roads import Node, Road
from services.sample.roads_outer import ROADS

Floats = NDArray[np.float64]
Place = tuple[float, float]  # lat, lon

HOAN_KIEM: Place = (21.0285, 105.8525)
EAST_M = METRES_PER_DEGREE * float(np.cos(np.radians(HOAN_KIEM[0])))


@dataclass(frozen=True)
class Stretch:
    """A piece of a road between two joints, in the order the road is drawn.

    ``row`` and ``number`` name it: the road's row in `ROADS`, and which piece of it. ``line`` holds lat, lon.
    """

    road: Road = field(compare=False)
    row: int
    number: int
    line: tuple[Place, ...] = field(compare=False)

    @property
    def start(self) -> Place:
        """Its first joint."""
        return self.line[0]

    @property
    def end(self) -> Place:
        """Its last joint."""
        return self.line[-1]

    @property
    def length_m(self) -> float:
        """Metres along it."""
        return float(along_m(to_metres(self.line))[-1])


def place_of(node: Node) -> Place:
    """Return lat, lon of a place or a bend."""
    return POINTS[node] if isinstance(node, str) else node


def to_metres(line: tuple[Place, ...] | list[Place]) -> Floats:
    """Return metres east and north of Hoàn Kiếm, shape (n, 2), good to 0.2 % within the city."""
    lat, lon = np.array(line, dtype=np.float64).T
    return np.column_stack([(lon - HOAN_KIEM[1]) * EAST_M, (lat - HOAN_KIEM[0]) * METRES_PER_DEGREE])


def to_places(xy: Floats) -> list[Place]:
    """Return lat, lon of metres; the inverse of `to_metres`, at six decimals."""
    lat = HOAN_KIEM[0] + xy[:, 1] / METRES_PER_DEGREE
    lon = HOAN_KIEM[1] + xy[:, 0] / EAST_M
    return [(round(float(a), 6), round(float(b), 6)) for a, b in zip(lat, lon, strict=True)]


def along_m(xy: Floats) -> Floats:
    """Return the metres along a line from its first point."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])


@cache
def joints() -> dict[Place, int]:
    """Return where roads meet or end, with how many arms meet there; named places always count."""
    arms: dict[Place, int] = {}
    named: set[Place] = set()
    for road in ROADS:
        for number, node in enumerate(road.nodes):
            place = place_of(node)
            arms[place] = arms.get(place, 0) + (1 if number in (0, len(road.nodes) - 1) else 2)
            if isinstance(node, str):
                named.add(place)
    return {place: count for place, count in arms.items() if place in named or count > 2}


@cache
def stretches() -> tuple[Stretch, ...]:
    """Cut every road at its joints."""
    cut = joints()
    made = []
    for row, road in enumerate(ROADS):
        places = [place_of(node) for node in road.nodes]
        at = [k for k, place in enumerate(places) if place in cut or k in (0, len(places) - 1)]
        made += [Stretch(road, row, number, tuple(places[a : b + 1])) for number, (a, b) in enumerate(pairwise(at))]
    return tuple(made)


def centre_km(place: Place) -> float:
    """Return the kilometres from Hoàn Kiếm."""
    return float(np.hypot(*to_metres([place])[0])) / 1000.0
