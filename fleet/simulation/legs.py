"""Empty ways: from the depot to the first stop, between the end of one trip and the start of the next, and home."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fleet.simulation.lay import Chain
from fleet.simulation.plan import Course, Floats, Ints, gap_m, make_path
from fleet.simulation.roads import Roads
from routing.network.graph import RoadNetwork
from routing.network.index import EdgeIndex
from routing.paths.finder import PathFinder
from routing.paths.line import line_of
from schemas.earth import METRES_PER_DEGREE

NEAR_M = 60.0
BUSES_A_DEPOT = 90
DEPOT_AWAY_M = (300.0, 900.0)

Place = tuple[float, float]


@dataclass(frozen=True)
class Way:
    """A line on the ground with the edges under it."""

    course: Course
    chain: Chain


class LegMaker:
    """Draws empty ways by road, or straight where the city has no network.

    Parameters
    ----------
    roads : Roads
        The edges.
    finder : PathFinder, optional
        Finds fastest ways; made from the network if absent.
    """

    def __init__(self, roads: Roads, finder: PathFinder | None = None) -> None:
        self._network: RoadNetwork | None = roads.network
        self._index = EdgeIndex(self._network) if self._network is not None else None
        self._finder = finder or (PathFinder(self._network) if self._network is not None else None)
        self._nodes: dict[Place, int] = {}

    def make(self, start: Place, end: Place, edge: int) -> Way:
        """Return the way from one place to another.

        Parameters
        ----------
        start, end : (lon, lat)
            Degrees (WGS 84).
        edge : int
            The edge whose speed a straight way takes.

        Returns
        -------
        Way
            By road where there is a network and a way, else straight.
        """
        found = self._by_road(start, end)
        if found is not None:
            return found
        ends = np.array([start, end])
        course = make_path(ends[:, 0], ends[:, 1])
        return Way(course, Chain(np.array([edge]), np.array([course.length_m])))

    def _by_road(self, start: Place, end: Place) -> Way | None:
        if self._network is None or self._finder is None:
            return None
        path = self._finder.shortest(self._node(start), self._node(end))
        if path is None or not len(path.edges):
            return None
        return way_on(self._network, path.edges, start, end)

    def _node(self, place: Place) -> int:
        if place not in self._nodes:
            assert self._index is not None
            self._nodes[place] = self._index.nearest_node(*place)[0]
        return self._nodes[place]


def way_on(network: RoadNetwork, edges: Ints, start: Place, end: Place) -> Way:
    """Return the way from a place along edges to another place.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    edges : ndarray of int
        Rows of edges that follow each other.
    start, end : (lon, lat)
        Where it begins and ends, joined to the edges by straight lines.

    Returns
    -------
    Way
        Line and chain.
    """
    line = np.concatenate([[start], line_of(network, edges), [end]])
    course = make_path(line[:, 0], line[:, 1])
    counts = network.point_offset[edges + 1] - network.point_offset[edges]
    last_vertex = 1 + np.cumsum(counts - 1)
    end_m = course.along_m[last_vertex].copy()
    end_m[-1] = course.length_m
    return Way(course, Chain(edges.astype(np.int64), end_m))


def place_depots(seed: int, homes: Sequence[Place]) -> list[Place]:
    """Place depots a short way from terminals, one for about ninety buses, spread over the city.

    Parameters
    ----------
    seed : int
        Same seed, same depots.
    homes : sequence of (lon, lat)
        The first stop of each vehicle.

    Returns
    -------
    list of (lon, lat)
        The depot of each vehicle, the nearest one.
    """
    rng = np.random.default_rng([seed, 13])
    places = np.array(sorted(set(homes)))
    chosen = [int(rng.integers(len(places)))]
    away = np.full(len(places), np.inf)
    for _ in range(min(-(-len(homes) // BUSES_A_DEPOT), len(places)) - 1):
        lon, lat = places[chosen[-1]]
        away = np.minimum(away, [gap_m(lon, lat, float(x), float(y)) for x, y in places])
        chosen.append(int(np.argmax(away)))
    centre = places[chosen]
    angle, far_m = rng.uniform(0.0, 2 * np.pi, len(chosen)), rng.uniform(*DEPOT_AWAY_M, len(chosen))
    lon = centre[:, 0] + far_m * np.cos(angle) / (METRES_PER_DEGREE * np.cos(np.radians(centre[:, 1])))
    lat = centre[:, 1] + far_m * np.sin(angle) / METRES_PER_DEGREE
    home = np.array(homes)
    gaps: Floats = np.hypot((home[:, :1] - lon) * np.cos(np.radians(home[:, 1:])), home[:, 1:] - lat)
    return [(float(lon[k]), float(lat[k])) for k in gaps.argmin(axis=1)]
