"""The road network: frozen arrays of nodes, directed edges, their geometry and where they came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from routing.network.defaults import DEFAULTS, ROAD_CLASSES
from schemas.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was repaired, dropped or is doubtful: how often, and in words."""

    code: str
    count: int
    text: Text


def _none() -> Ints:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """A directed road network as flat arrays; edge *i* is row *i* of every ``edge_`` array.

    Places are lon, lat (WGS 84) for the outside and x, y in metres of ``epsg`` for
    the inside. Points of edge *i* are rows ``point_offset[i]:point_offset[i + 1]``,
    in the direction of travel; ``edge_class`` indexes `ROAD_CLASSES`,
    ``edge_name`` indexes ``names`` (0 is no name), ``edge_lanes`` counts the lanes of
    the edge's own direction. The OSM ways of edge *i* are its pieces
    ``piece_offset[i]:piece_offset[i + 1]``: way, whether it is driven against
    the way's own direction, and the metre of the edge where the piece ends.
    ``edge_users`` says who may drive an edge (bits of `Vehicle`), ``edge_bus_lane`` whether it has a
    lane for buses alone.

    Forbidden turn *i*: the edges ``turn_edge[turn_offset[i]:turn_offset[i + 1]]``, one after another, may not be
    driven by ``turn_users[i]`` from minute ``turn_from_min[i]`` of the day to before ``turn_to_min[i]``.
    """

    epsg: int
    names: tuple[str, ...]
    findings: tuple[Finding, ...]
    node_osm_id: Ints
    node_lon: Floats
    node_lat: Floats
    node_x_m: Floats
    node_y_m: Floats
    edge_from: Ints
    edge_to: Ints
    edge_length_m: Floats
    edge_speed_limit_mps: Floats
    edge_class: Ints
    edge_name: Ints
    edge_lanes: Ints
    edge_oneway: Bools
    edge_bridge: Bools
    edge_users: NDArray[np.uint8]
    edge_bus_lane: Bools
    piece_offset: Ints
    piece_way: Ints
    piece_reversed: Bools
    piece_end_m: Floats
    point_offset: Ints
    point_lon: Floats
    point_lat: Floats
    point_x_m: Floats
    point_y_m: Floats
    signal_lon: Floats
    signal_lat: Floats
    turn_offset: Ints = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    turn_edge: Ints = field(default_factory=_none)
    turn_users: Ints = field(default_factory=_none)
    turn_from_min: Ints = field(default_factory=_none)
    turn_to_min: Ints = field(default_factory=_none)

    def __post_init__(self) -> None:
        for value in self.__dict__.values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    @property
    def node_count(self) -> int:
        """How many nodes there are."""
        return len(self.node_lon)

    @property
    def edge_count(self) -> int:
        """How many directed edges there are."""
        return len(self.edge_from)

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        lon, lat = self.point_lon, self.point_lat
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    @cached_property
    def edge_ids(self) -> tuple[str, ...]:
        """Stable name of each edge, ``way/from/to`` in OSM ids; a parallel edge gets ``/2``, ``/3`` behind it."""
        ways = self.piece_way[self.piece_offset[:-1]].tolist()
        starts = self.node_osm_id[self.edge_from].tolist()
        ends = self.node_osm_id[self.edge_to].tolist()
        seen: dict[str, int] = {}
        ids = []
        for way, start, end in zip(ways, starts, ends, strict=True):
            name = f"{way}/{start}/{end}"
            times = seen[name] = seen.get(name, 0) + 1
            ids.append(name if times == 1 else f"{name}/{times}")
        return tuple(ids)

    @cached_property
    def edge_index_of(self) -> Mapping[str, int]:
        """The row of each edge by its stable name."""
        return {name: row for row, name in enumerate(self.edge_ids)}

    @cached_property
    def edge_free_mps(self) -> Floats:
        """Speed of each edge when traffic is light: what its class is usually driven at, never above its limit."""
        free = np.array([DEFAULTS[name].free_mps for name in ROAD_CLASSES])
        free = np.minimum(free[self.edge_class], self.edge_speed_limit_mps)
        return np.asarray(free, dtype=float)

    @cached_property
    def point_m(self) -> Floats:
        """Metres from the start of its edge of every point, scaled so that the last equals the edge's length."""
        step = np.hypot(np.diff(self.point_x_m, prepend=0.0), np.diff(self.point_y_m, prepend=0.0))
        step[self.point_offset[:-1]] = 0.0
        total = np.cumsum(step)
        return np.asarray(total - np.repeat(total[self.point_offset[:-1]], np.diff(self.point_offset)), dtype=float)

    def name_of(self, edge: int) -> str:
        """Return the street's name of an edge, empty where it has none."""
        return self.names[int(self.edge_name[edge])]

    def class_of(self, edge: int) -> str:
        """Return the road class of an edge, for instance ``"primary"``."""
        return ROAD_CLASSES[int(self.edge_class[edge])]

    def lonlat_of(self, edge: int) -> Floats:
        """Return the points of an edge, shape (n, 2), lon, lat, in the direction of travel."""
        rows = slice(int(self.point_offset[edge]), int(self.point_offset[edge + 1]))
        return np.column_stack((self.point_lon[rows], self.point_lat[rows]))

    def xy_of(self, edge: int) -> Floats:
        """Return the points of an edge, shape (n, 2), x, y in metres, in the direction of travel."""
        rows = slice(int(self.point_offset[edge]), int(self.point_offset[edge + 1]))
        return np.column_stack((self.point_x_m[rows], self.point_y_m[rows]))

    def way_at(self, edge: int, along_m: float) -> tuple[int, bool]:
        """Return the OSM way at a metre of an edge, and whether it is driven against the way's direction.

        Parameters
        ----------
        edge : int
            Row of the edge.
        along_m : float
            Metres from its start; past the end counts as the end.

        Returns
        -------
        way : int
            OSM way id.
        reversed : bool
            True where travel runs against the way's own direction.
        """
        first, last = int(self.piece_offset[edge]), int(self.piece_offset[edge + 1])
        row = min(first + int(np.searchsorted(self.piece_end_m[first:last], along_m)), last - 1)
        return int(self.piece_way[row]), bool(self.piece_reversed[row])

    @cached_property
    def _transformer(self) -> "Projection":
        return Projection(self.epsg)

    def to_xy(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Turn lon, lat into x, y in metres of the network's frame."""
        return self._transformer.to_xy(lon, lat)

    def to_lonlat(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Turn x, y in metres of the network's frame into lon, lat."""
        return self._transformer.to_lonlat(x_m, y_m)


class Projection:
    """Degrees of WGS 84 to metres of one UTM zone and back.

    Parameters
    ----------
    epsg : int
        Code of the metric frame, for instance 32648.
    """

    def __init__(self, epsg: int) -> None:
        from pyproj import Transformer

        self.epsg = epsg
        self._forth = Transformer.from_crs(4326, epsg, always_xy=True)
        self._back = Transformer.from_crs(epsg, 4326, always_xy=True)

    def to_xy(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Turn lon, lat into x, y in metres."""
        x, y = self._forth.transform(np.asarray(lon, float), np.asarray(lat, float))
        return np.asarray(x), np.asarray(y)

    def to_lonlat(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Turn x, y in metres into lon, lat."""
        lon, lat = self._back.transform(np.asarray(x_m, float), np.asarray(y_m, float))
        return np.asarray(lon), np.asarray(lat)


def utm_epsg(lon: float, lat: float) -> int:
    """Return the EPSG code of the UTM zone (WGS 84) of a place.

    Parameters
    ----------
    lon, lat : float
        Degrees.

    Returns
    -------
    int
        326xx north of the equator, 327xx south of it.
    """
    zone = min(60, int((lon + 180.0) // 6.0) + 1)
    return (32600 if lat >= 0 else 32700) + zone
