"""The roads as the simulator sees them: the network's edges, and made-up ones where a bus drives off the network."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fleet.simulation.plan import Course, Floats, Ints
from routing.network.defaults import ROAD_CLASSES
from routing.network.graph import RoadNetwork
from schemas.earth import METRES_PER_DEGREE

# Vehicles of all kinds an hour and lane that pass a signalled street of a class. Hanoi's measured 13,358 motorcycle
# equivalents an hour on two lanes (docs/simulate.md) are about 4,400 mixed vehicles a lane; signals halve that.
LANE_VEH_H = {"motorway": 3_300.0, "trunk": 2_800.0, "primary": 2_300.0, "secondary": 2_100.0, "tertiary": 1_800.0}
SMALL_LANE_VEH_H = 1_000.0
# How full a class of road is at the height of the rush, demand over capacity; small streets never fill.
RUSH_RATIO = {"motorway": 0.9, "trunk": 1.0, "primary": 1.0, "secondary": 0.92, "tertiary": 0.8}
SMALL_RUSH_RATIO = 0.4
MADE_UP_MPS = 38.0 / 3.6
MADE_UP_LANES = 2
PIECE_M = 400.0


@dataclass(frozen=True, eq=False)
class Roads:
    """Directed edges as arrays; the first ``network_edges`` rows are the network's own rows.

    ``lon``, ``lat`` is the middle of an edge, ``bearing_deg`` its direction, ``tail`` and ``head`` its nodes (-1 for
    made-up edges, whose predecessor is the row before). ``rush_ratio`` is demand over capacity at its height.
    """

    lon: Floats
    lat: Floats
    bearing_deg: Floats
    length_m: Floats
    free_mps: Floats
    lanes: Floats
    capacity_veh_h: Floats
    rush_ratio: Floats
    bridge: NDArray[np.bool_]
    tail: Ints
    head: Ints
    network_edges: int
    network: RoadNetwork | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.length_m)

    @property
    def centre(self) -> tuple[float, float]:
        """Where the city's heart is taken to be: the median of its larger roads, lon, lat."""
        large = self.rush_ratio >= np.quantile(self.rush_ratio, 0.5)
        return float(np.median(self.lon[large])), float(np.median(self.lat[large]))

    @cached_property
    def inward(self) -> Floats:
        """Cosine of the angle between each edge and the way to the centre: 1 drives straight in, -1 straight out."""
        lon, lat = self.centre
        to_centre = np.arctan2((lon - self.lon) * np.cos(np.radians(self.lat)), lat - self.lat)
        return np.asarray(np.cos(np.radians(self.bearing_deg) - to_centre))

    @cached_property
    def into_node(self) -> tuple[Ints, Ints]:
        """The edges sorted by the node they lead to, and those nodes."""
        order = np.argsort(self.head, kind="stable")
        return order, self.head[order]

    def feeders(self, edge: int) -> Ints:
        """Return the edges that lead into an edge."""
        if self.tail[edge] < 0:
            before = edge - 1
            return np.array([before] if before >= self.network_edges else [], dtype=np.int64)
        order, nodes = self.into_node
        low, high = np.searchsorted(nodes, [self.tail[edge], self.tail[edge] + 1])
        found = order[low:high]
        return np.asarray(found[self.tail[found] != self.head[edge]])


def roads_of(
    network: RoadNetwork | None, courses: Sequence[Course], spans: Sequence[tuple[int, float, float]]
) -> Roads:
    """Gather the network's edges and made-up ones.

    Parameters
    ----------
    network : RoadNetwork or None
        The city's roads, if it has any.
    courses : sequence of Course
        The ways of the buses.
    spans : sequence of (course, from_m, to_m)
        Stretches of courses that no edge of the network covers, each one edge of its own.

    Returns
    -------
    Roads
        Network rows first, one row a span behind them.
    """
    made = _made_up(courses, spans)
    if network is None:
        return made
    own = _of_network(network)
    names = ("lon", "lat", "bearing_deg", "length_m", "free_mps", "lanes", "capacity_veh_h", "rush_ratio", "bridge",
             "tail", "head")  # fmt: skip
    joined = {name: np.concatenate([getattr(own, name), getattr(made, name)]) for name in names}
    return Roads(**joined, network_edges=len(own), network=network)


def _of_network(network: RoadNetwork) -> Roads:
    first, last = network.point_offset[:-1], network.point_offset[1:] - 1
    middle = (first + last) // 2
    east = network.point_x_m[last] - network.point_x_m[first]
    north = network.point_y_m[last] - network.point_y_m[first]
    kinds = [name.removesuffix("_link") for name in ROAD_CLASSES]
    lane = np.array([LANE_VEH_H.get(kind, SMALL_LANE_VEH_H) for kind in kinds])[network.edge_class]
    ratio = np.array([RUSH_RATIO.get(kind, SMALL_RUSH_RATIO) for kind in kinds])[network.edge_class]
    lanes = np.maximum(network.edge_lanes, 1).astype(float)
    return Roads(
        lon=(network.point_lon[middle] + network.point_lon[middle + (last > middle)]) / 2,
        lat=(network.point_lat[middle] + network.point_lat[middle + (last > middle)]) / 2,
        bearing_deg=np.degrees(np.arctan2(east, north)) % 360.0,
        length_m=network.edge_length_m,
        free_mps=network.edge_free_mps,
        lanes=lanes,
        capacity_veh_h=lane * lanes,
        rush_ratio=ratio,
        bridge=network.edge_bridge,
        tail=network.edge_from.astype(np.int64),
        head=network.edge_to.astype(np.int64),
        network_edges=network.edge_count,
        network=network,
    )


def _made_up(courses: Sequence[Course], spans: Sequence[tuple[int, float, float]]) -> Roads:
    ends = np.array([[_point(courses[c], begin), _point(courses[c], end)] for c, begin, end in spans]).reshape(-1, 2, 2)
    middle = ends.mean(axis=1)
    step = ends[:, 1] - ends[:, 0]
    size = len(spans)
    lane = LANE_VEH_H["secondary"]
    return Roads(
        lon=middle[:, 0],
        lat=middle[:, 1],
        bearing_deg=np.degrees(np.arctan2(step[:, 0] * np.cos(np.radians(middle[:, 1])), step[:, 1])) % 360.0,
        length_m=np.array([max(end - begin, 1.0) for _, begin, end in spans]),
        free_mps=np.full(size, MADE_UP_MPS),
        lanes=np.full(size, float(MADE_UP_LANES)),
        capacity_veh_h=np.full(size, lane * MADE_UP_LANES),
        rush_ratio=np.full(size, RUSH_RATIO["secondary"]),
        bridge=np.zeros(size, dtype=bool),
        tail=np.full(size, -1),
        head=np.full(size, -1),
        network_edges=0,
    )


def _point(course: Course, at_m: float) -> tuple[float, float]:
    return float(np.interp(at_m, course.along_m, course.lon)), float(np.interp(at_m, course.along_m, course.lat))


def straight_road(pieces: int, piece_m: float, *, free_mps: float = 10.0, lanes: int = 2) -> Roads:
    """Make one straight road of equal edges due east, for tests and known answers.

    Parameters
    ----------
    pieces : int
        How many edges.
    piece_m : float
        Metres of each.
    free_mps : float, default: 10.0
        Free speed.
    lanes : int, default: 2
        Lanes of each.

    Returns
    -------
    Roads
        Edge ``k`` leads into edge ``k + 1``; no demand at all.
    """
    degree = piece_m / (METRES_PER_DEGREE * np.cos(np.radians(21.0)))
    size = pieces
    return Roads(
        lon=105.80 + degree * (np.arange(size) + 0.5),
        lat=np.full(size, 21.0),
        bearing_deg=np.full(size, 90.0),
        length_m=np.full(size, piece_m),
        free_mps=np.full(size, free_mps),
        lanes=np.full(size, float(lanes)),
        capacity_veh_h=np.full(size, LANE_VEH_H["primary"] * lanes),
        rush_ratio=np.zeros(size),
        bridge=np.zeros(size, dtype=bool),
        tail=np.arange(size),
        head=np.arange(1, size + 1),
        network_edges=0,
    )
