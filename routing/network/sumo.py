"""Read a network of SUMO, the traffic simulator whose runs give the truth for estimates."""

import gzip
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from routing.network.build import RawEdges, lay_out
from routing.network.defaults import CLASS_CODE
from routing.network.errors import NetworkError
from routing.network.graph import Floats, RoadNetwork
from routing.network.vehicles import EVERYBODY, Vehicle

# Roads of a simulation bear no class of OpenStreetMap: by their limit.
CLASS_FROM_MPS = ((20.0, "trunk"), (13.0, "primary"), (9.0, "tertiary"), (0.0, "residential"))
ROAD_USERS = frozenset({"passenger", "bus", "taxi", "motorcycle", "private", "all"})


@dataclass(frozen=True)
class SumoFrame:
    """How x, y of SUMO's files become lon, lat: what was added to them, and a PROJ string.

    Raises
    ------
    pyproj.exceptions.CRSError
        If the string is none, as for a network that was drawn by hand.
    """

    offset_m: tuple[float, float]
    projection: str

    def __post_init__(self) -> None:
        CRS.from_proj4(self.projection)

    def to_lonlat(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Turn x, y into lon, lat (WGS 84)."""
        there = Transformer.from_crs(CRS.from_proj4(self.projection), 4326, always_xy=True)
        lon, lat = there.transform(np.asarray(x_m) - self.offset_m[0], np.asarray(y_m) - self.offset_m[1])
        return np.asarray(lon), np.asarray(lat)


@dataclass(frozen=True, eq=False)
class SumoNetwork:
    """A network of SUMO: the roads, what SUMO calls each edge, and its frame.

    Edges that end at the border of the cut are kept. The OSM way of an edge is its own row.
    """

    network: RoadNetwork
    edge_names: tuple[str, ...]
    frame: SumoFrame


@dataclass(frozen=True)
class _Edge:
    name: str
    start: str
    end: str
    limit_mps: float
    lanes: int
    bus_lanes: int
    shape: list[tuple[float, float]]


def read_sumo(path: Path) -> SumoNetwork:
    """Read a ``.net.xml`` or ``.net.xml.gz``.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    SumoNetwork
        Of all edges that road vehicles may drive, without those inside junctions.

    Raises
    ------
    NetworkError
        If it is no such file, holds no roads, or does not say where on Earth it lies.
    """
    try:
        data = path.read_bytes()
        # The person's own file; expat itself stops entities that grow without end.
        root = ET.fromstring(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)  # noqa: S314
    except (OSError, EOFError, ET.ParseError) as error:
        raise NetworkError(f"{path}: not a network of SUMO that can be read ({error})") from error
    where = root.find("location")
    if root.tag != "net" or where is None:
        raise NetworkError(f"{path}: not a network of SUMO; give the .net.xml that netconvert wrote")
    edges = [edge for element in root.iter("edge") if (edge := _edge_of(element)) is not None]
    if not edges:
        raise NetworkError(f"{path} holds no road that a bus may drive")
    signals = [j for j in root.iter("junction") if j.get("type", "").startswith("traffic_light")]
    offset = [float(v) for v in where.get("netOffset", "0,0").split(",")]
    projection = where.get("projParameter", "!")
    try:
        frame = SumoFrame((offset[0], offset[1]), projection)
    except CRSError as error:
        raise NetworkError(
            f"{path} does not say where on Earth it lies (projParameter {projection!r}); "
            "make it with netconvert --proj.utm or from a map of OpenStreetMap"
        ) from error
    network = _lay_out(frame, edges, [(float(j.get("x", 0)), float(j.get("y", 0))) for j in signals])
    return SumoNetwork(network, tuple(edge.name for edge in edges), frame)


def _edge_of(element: ET.Element) -> _Edge | None:
    """Return an edge of the file, ``None`` if it lies inside a junction or is not for road vehicles."""
    if element.get("function", "normal") not in ("normal", "connector"):
        return None
    lanes = [lane for lane in element.iter("lane") if _drivable(lane)]
    if not lanes:
        return None
    # A lane ends where vehicles wait; the line of the edge may go on to the middle of the junction.
    shape = lanes[len(lanes) // 2].get("shape") or element.get("shape") or ""
    points = [tuple(float(v) for v in point.split(",")[:2]) for point in shape.split()]
    limit = max(float(lane.get("speed", "13.89")) for lane in lanes)
    return _Edge(
        element.get("id", ""), element.get("from", ""), element.get("to", ""), limit, len(lanes),
        sum((lane.get("allow") or "").split() == ["bus"] for lane in lanes), [(p[0], p[1]) for p in points],
    )  # fmt: skip


def _drivable(lane: ET.Element) -> bool:
    allow, disallow = lane.get("allow"), lane.get("disallow", "")
    if allow is not None:
        return bool(ROAD_USERS & set(allow.split()))
    return "all" not in disallow.split() and not {"passenger", "bus"} <= set(disallow.split())


def _lay_out(frame: SumoFrame, edges: list[_Edge], signals: list[tuple[float, float]]) -> RoadNetwork:
    """Lay the edges out; each is a way of its own."""
    nodes = sorted({name for edge in edges for name in (edge.start, edge.end)})
    number = {name: row for row, name in enumerate(nodes)}
    xy = np.array([point for edge in edges for point in edge.shape])
    lon, lat = frame.to_lonlat(xy[:, 0], xy[:, 1])
    sizes = np.array([len(edge.shape) for edge in edges])
    offset = np.concatenate(([0], np.cumsum(sizes)))
    start = np.array([number[edge.start] for edge in edges])
    end = np.array([number[edge.end] for edge in edges])
    node_lon, node_lat = np.zeros(len(nodes)), np.zeros(len(nodes))
    for of, at in ((start, offset[:-1]), (end, offset[1:] - 1)):
        node_lon[of], node_lat[of] = lon[at], lat[at]
    count, ones = len(edges), np.ones(len(edges), dtype=bool)
    for_buses = np.array([edge.bus_lanes for edge in edges])
    of_buses = for_buses == np.array([edge.lanes for edge in edges])
    limit = np.array([edge.limit_mps for edge in edges])
    classes = [next(name for least, name in CLASS_FROM_MPS if value >= least) for value in limit.tolist()]
    raw = RawEdges(
        node_osm_id=np.arange(len(nodes)), node_lon=node_lon, node_lat=node_lat, edge_from=start, edge_to=end,
        limit_mps=limit, class_code=np.array([CLASS_CODE[name] for name in classes]),
        name=np.zeros(count, dtype=np.int64), lanes=np.array([edge.lanes for edge in edges]), oneway=ones,
        bridge=~ones,
        users=np.where(of_buses, int(Vehicle.BUS), int(EVERYBODY)).astype(np.uint8), bus_lane=for_buses > 0,
        piece_offset=np.arange(count + 1), piece_way=np.arange(count), piece_reversed=~ones,
        piece_share=np.ones(count), point_offset=offset, point_lon=lon, point_lat=lat,
    )  # fmt: skip
    lights = frame.to_lonlat(*np.array(signals, dtype=float).reshape(-1, 2).T)
    places = list(zip(lights[0].tolist(), lights[1].tolist(), strict=True))
    return lay_out(raw, ("",), places, (), ones, np.ones(len(nodes), dtype=bool))
