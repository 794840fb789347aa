"""Networkx graphs, as osmnx makes them, in; and out for people who want to go on with them."""

from collections.abc import Mapping
from typing import Any

import networkx as nx
import numpy as np

from routing.network.access import bus_lanes, list_users
from routing.network.build import RawEdges, finish
from routing.network.defaults import CLASS_CODE, limit_mps
from routing.network.errors import NetworkError
from routing.network.graph import Finding, RoadNetwork
from routing.network.tags import parse_limit
from routing.network.vehicles import WIDE
from schemas.text import Text


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _road_class(value: Any) -> str | None:
    known = [word for word in _listed(value) if word in CLASS_CODE]
    return min(known, key=CLASS_CODE.__getitem__) if known else None


def from_networkx(graph: Any, source: str) -> RoadNetwork:
    """Make a network of a graph as osmnx makes it (nodes with ``x``, ``y`` in degrees, edges with ``osmid``).

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Directed, simplified or not.
    source : str
        What to call it in an error.

    Returns
    -------
    RoadNetwork
        Its largest part in which every place reaches every other.

    Raises
    ------
    NetworkError
        If nodes lack places or no road is left.
    """
    try:
        places = {node: (float(data["x"]), float(data["y"])) for node, data in graph.nodes(data=True)}
    except (KeyError, TypeError, ValueError) as error:
        raise NetworkError(f"{source}: not a graph made by osmnx (a node lacks x and y: {error})") from error
    order = {node: row for row, node in enumerate(sorted(places, key=_node_id))}
    rows = _Rows()
    for start, end, data in graph.edges(data=True):
        road_class = _road_class(data.get("highway"))
        if road_class is not None:
            rows.add(order[start], order[end], (places[start], places[end]), road_class, data)
    if not rows.edge_from:
        raise NetworkError(f"{source}: holds no road that vehicles may drive; give a drive network made by osmnx")
    lon, lat = np.array([places[node] for node in order]).T
    raw, names = rows.raw(np.array([_node_id(node) for node in order], dtype=np.int64), lon, lat)
    signals = [places[n] for n, data in graph.nodes(data=True) if data.get("highway") == "traffic_signals"]
    return finish(raw, names, signals, rows.findings(), source)


def _node_id(node: Any) -> int:
    try:
        return int(node)
    except (TypeError, ValueError):
        raise NetworkError(f"node {node!r} has no OSM id; give a graph made by osmnx") from None


def _users_of(data: Mapping[str, Any], road_class: str) -> tuple[int, bool]:
    """Return who may drive an edge and whether it has a lane for buses: as our own graphs say it, else by its tags.

    An edge of osmnx is driven in its direction, so only its tags of access count.
    """
    if "users" in data:
        return int(data["users"]), str(data.get("bus_lane", "False")) == "True"
    tags = {key: str(_first(value)) for key, value in data.items() if ":" not in key and key != "oneway"}
    users, _ = list_users({**tags, "highway": road_class, "oneway": "yes"})
    return int(users) or int(WIDE), bus_lanes({**tags, "highway": road_class})[0]


class _Rows:
    """The columns of `RawEdges` while edges are added one by one."""

    def __init__(self) -> None:
        self.edge_from: list[int] = []
        self.edge_to: list[int] = []
        self.limit: list[float] = []
        self.class_code: list[int] = []
        self.name: list[str] = []
        self.lanes: list[int] = []
        self.oneway: list[bool] = []
        self.bridge: list[bool] = []
        self.users: list[int] = []
        self.bus_lane: list[bool] = []
        self.ways: list[list[int]] = []
        self.reversed: list[bool] = []
        self.points: list[Any] = []
        self.no_limit = 0
        self.merged = 0

    def add(self, start: int, end: int, ends: tuple[Any, Any], road_class: str, data: dict[str, Any]) -> None:
        """Add one edge."""
        oneway = str(_first(data.get("oneway", False))) in {"True", "yes", "1"}
        lanes = self._lanes(data.get("lanes"), oneway)
        limit = min(filter(None, (parse_limit(str(v)) for v in _listed(data.get("maxspeed", "")))), default=None)
        self.no_limit += limit is None
        ways = [int(way) for way in _listed(data.get("osmid", 0))]
        self.merged += len(ways) > 1
        name = _first(data.get("name", ""))
        self.edge_from.append(start)
        self.edge_to.append(end)
        self.limit.append(limit or limit_mps(road_class, oneway=oneway, lanes=lanes))
        self.class_code.append(CLASS_CODE[road_class])
        self.name.append(name if isinstance(name, str) else "")
        self.lanes.append(lanes)
        self.oneway.append(oneway)
        self.bridge.append(any(str(v) not in {"no", "None"} for v in _listed(data.get("bridge", "no"))))
        users, bus_lane = _users_of(data, road_class)
        self.users.append(users)
        self.bus_lane.append(bus_lane)
        self.ways.append(ways)
        self.reversed.append(str(_first(data.get("reversed", False))) == "True")
        shape = data.get("geometry")
        self.points.append(np.array(ends) if shape is None else np.asarray(shape.coords)[:, :2])

    @staticmethod
    def _lanes(value: Any, oneway: bool) -> int:
        try:
            total = min(int(float(v)) for v in _listed(value))
        except (TypeError, ValueError):
            return 1
        return max(1, min(10, total if oneway else (total + 1) // 2))

    def raw(self, osm_id: Any, lon: Any, lat: Any) -> tuple[RawEdges, tuple[str, ...]]:
        """Turn the columns into arrays."""
        names = ("", *sorted(set(self.name) - {""}))
        code = {name: i for i, name in enumerate(names)}
        sizes = [len(p) for p in self.points]
        pieces = [len(w) for w in self.ways]
        points = np.concatenate(self.points)
        return RawEdges(
            node_osm_id=osm_id,
            node_lon=lon,
            node_lat=lat,
            edge_from=np.array(self.edge_from),
            edge_to=np.array(self.edge_to),
            limit_mps=np.array(self.limit),
            class_code=np.array(self.class_code),
            name=np.array([code[name] for name in self.name]),
            lanes=np.array(self.lanes),
            oneway=np.array(self.oneway),
            bridge=np.array(self.bridge),
            users=np.array(self.users, dtype=np.uint8),
            bus_lane=np.array(self.bus_lane),
            piece_offset=np.concatenate(([0], np.cumsum(pieces))),
            piece_way=np.array([way for ways in self.ways for way in ways], dtype=np.int64),
            piece_reversed=np.repeat(np.array(self.reversed), pieces),
            piece_share=np.array([(i + 1) / n for n in pieces for i in range(n)]),
            point_offset=np.concatenate(([0], np.cumsum(sizes))),
            point_lon=points[:, 0],
            point_lat=points[:, 1],
        ), names

    def findings(self) -> list[Finding]:
        """Return what was assumed."""
        roads = len(self.edge_from)
        found = []
        if self.no_limit:
            found.append(Finding("no_limit", self.no_limit, Text(
                vi=f"{self.no_limit} trên {roads} đoạn không ghi tốc độ tối đa: dùng mức theo loại đường",
                en=f"{self.no_limit} of {roads} edges state no speed limit: the limit of their class is used",
            )))  # fmt: skip
        if self.merged:
            found.append(Finding("merged_ways", self.merged, Text(
                vi=f"{self.merged} đoạn gồm nhiều đường OSM gộp lại: chỗ nối giữa chúng chỉ là ước lượng",
                en=f"{self.merged} edges join several OSM ways: where one ends and the next begins is a guess",
            )))  # fmt: skip
        return found


def to_networkx(network: RoadNetwork) -> Any:
    """Return the network as a graph that osmnx and networkx work on.

    Parameters
    ----------
    network : RoadNetwork
        The network.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes by OSM id with ``x``, ``y``; edges with ``osmid``, ``length``, ``highway``,
        ``name``, ``edge_index``, ``lanes`` (of both directions), ``maxspeed`` and ``speed_kph``
        (our limit), ``users`` (bits of `Vehicle`), ``bus_lane``, ``bridge``, ``edge_id``,
        ``geometry`` (shapely, lon, lat).
    """
    import shapely

    graph = nx.MultiDiGraph(crs="EPSG:4326", simplified=True)
    ids = network.node_osm_id.tolist()
    for node, lon, lat in zip(ids, network.node_lon.tolist(), network.node_lat.tolist(), strict=True):
        graph.add_node(node, x=lon, y=lat)
    for edge in range(network.edge_count):
        graph.add_edge(
            ids[int(network.edge_from[edge])],
            ids[int(network.edge_to[edge])],
            osmid=int(network.piece_way[network.piece_offset[edge]]),
            edge_index=edge,
            length=float(network.edge_length_m[edge]),
            highway=network.class_of(edge),
            name=network.name_of(edge),
            lanes=int(network.edge_lanes[edge]) * (1 if network.edge_oneway[edge] else 2),
            maxspeed=f"{float(network.edge_speed_limit_mps[edge]) * 3.6:.6g}",
            oneway=bool(network.edge_oneway[edge]),
            reversed=bool(network.piece_reversed[network.piece_offset[edge]]),
            bridge="yes" if network.edge_bridge[edge] else "no",
            users=int(network.edge_users[edge]),
            bus_lane=bool(network.edge_bus_lane[edge]),
            edge_id=network.edge_ids[edge],
            speed_kph=float(network.edge_speed_limit_mps[edge]) * 3.6,
            geometry=shapely.LineString(network.lonlat_of(edge)),
        )
    return graph
