"""Ways around closed edges: by road from the junction before to the junction after; stops between are left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.simulation.incidents import Incident
from fleet.simulation.lay import Chain
from fleet.simulation.legs import Way, way_on
from fleet.simulation.plan import Course, Floats, Ints
from fleet.simulation.roads import Roads
from routing.network.graph import RoadNetwork
from routing.paths.finder import PathFinder

LONGEST_EXTRA_M = 4_000.0
END_ROOM_M = 60.0


@dataclass(frozen=True)
class Detour:
    """While a road is closed buses of ``way`` drive ``by_way``: alike until ``leave_m``, again from ``join_m`` on.

    ``join_m`` counts along the shape, ``by_join_m`` along the detour.
    """

    incident_id: str
    way: int
    by_way: int
    leave_m: float
    join_m: float
    by_join_m: float
    start_ms: int
    end_ms: int

    def shape_m(self, along_m: Floats) -> Floats:
        """Return metres along the shape of metres along the detour, NaN while off the shape."""
        after = along_m - self.by_join_m + self.join_m
        return np.where(along_m <= self.leave_m, along_m, np.where(along_m >= self.by_join_m, after, np.nan))

    def by_m(self, shape_m: Floats) -> Floats:
        """Return metres along the detour of metres along the shape; what is left out lies where it leaves."""
        after = shape_m - self.join_m + self.by_join_m
        return np.where(shape_m <= self.leave_m, shape_m, np.where(shape_m >= self.join_m, after, self.leave_m))

    def leaves_out(self, shape_m: Floats) -> NDArray[np.bool_]:
        """Return which metres along the shape the detour leaves out."""
        return np.asarray((shape_m > self.leave_m) & (shape_m < self.join_m))


def find_detours(
    roads: Roads, ways: list[Way], courses: int, incidents: Sequence[Incident], finder: PathFinder | None
) -> tuple[Detour, ...]:
    """Find a way around every closed edge for every course that uses it, and append it to the ways.

    Parameters
    ----------
    roads : Roads
        The edges.
    ways : list of Way
        One a course; grows by the detours.
    courses : int
        How many of the ways are courses.
    incidents : sequence of Incident
        Of which the closures count.
    finder : PathFinder or None
        Without one nobody knows another way, and buses creep through.

    Returns
    -------
    tuple of Detour
        Where there is no way around of reasonable length there is no detour.
    """
    if roads.network is None or finder is None:
        return ()
    found = []
    for incident in incidents:
        if not incident.closed:
            continue
        for way in range(courses):
            detour = _around(roads, ways, way, incident, finder)
            if detour is not None:
                found.append(detour)
    return tuple(found)


def _around(roads: Roads, ways: list[Way], way: int, incident: Incident, finder: PathFinder) -> Detour | None:
    course, chain = ways[way].course, ways[way].chain
    hits = np.flatnonzero(chain.edge == incident.edge)
    network = roads.network
    if not len(hits) or network is None:
        return None
    k = int(hits[0])
    # Leave where the piece before begins to end, join where the piece after begins.
    before, after = k - 1, int(hits[-1]) + 1
    usable = (
        before >= 0 and after < len(chain.edge) and max(chain.edge[before], chain.edge[after]) < roads.network_edges
    )
    if not usable:
        return None
    leave_m, join_m = float(chain.end_m[before]), float(chain.end_m[after - 1])
    if leave_m < END_ROOM_M or course.length_m - join_m < END_ROOM_M:
        return None
    start, end = int(network.edge_to[chain.edge[before]]), int(network.edge_from[chain.edge[after]])
    back = np.flatnonzero((network.edge_from == network.edge_to[incident.edge])
                          & (network.edge_to == network.edge_from[incident.edge]))  # fmt: skip
    path = finder.shortest(start, end, {incident.edge, *back.tolist()})
    if path is None or not len(path.edges):
        return None
    length_m = float(network.edge_length_m[path.edges].sum())
    if length_m > join_m - leave_m + LONGEST_EXTRA_M:
        return None
    by_way, by_join_m = _spliced(network, ways[way], leave_m, join_m, path.edges)
    ways.append(by_way)
    return Detour(
        incident.incident_id, way, len(ways) - 1, leave_m, join_m, by_join_m, incident.start_ms, incident.end_ms
    )


def _spliced(network: RoadNetwork, way: Way, leave_m: float, join_m: float, edges: Ints) -> tuple[Way, float]:
    """Return a way with the part between two metres replaced by edges, and where it joins again."""
    course, chain = way.course, way.chain
    at = [(float(np.interp(m, course.along_m, course.lon)), float(np.interp(m, course.along_m, course.lat)))
          for m in (leave_m, join_m)]  # fmt: skip
    around = way_on(network, edges, at[0], at[1])
    first, last = course.along_m < leave_m, course.along_m > join_m
    lon = np.concatenate([course.lon[first], around.course.lon, course.lon[last]])
    lat = np.concatenate([course.lat[first], around.course.lat, course.lat[last]])
    # Metres before the detour are the shape's own; behind it they are shifted.
    by_join_m = leave_m + around.course.length_m
    along = np.concatenate([
        course.along_m[first], leave_m + around.course.along_m, course.along_m[last] - join_m + by_join_m,
    ])  # fmt: skip
    low, high = chain.end_m <= leave_m + 0.01, chain.end_m > join_m + 0.01
    edge = np.concatenate([chain.edge[low], around.chain.edge, chain.edge[high]])
    end_m = np.concatenate([
        chain.end_m[low], leave_m + around.chain.end_m, chain.end_m[high] - join_m + by_join_m,
    ])  # fmt: skip
    return Way(Course(lon, lat, along), Chain(edge, end_m)), by_join_m
