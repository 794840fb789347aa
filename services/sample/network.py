"""The sample's roads, water, parks and local streets as OpenStreetMap XML for the importer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import quoteattr

from services.sample.districts import NEIGHBOURHOODS
from services.sample.land import water_outlines
from services.sample.mesh import Mesh, make_mesh
from services.sample.roads import Road
from services.sample.roads_outer import ROADS
from services.sample.streets import Place, centre_km, joints, place_of
from services.sample.water import GREEN, ISLANDS, RIVERS

SPEED_KMH = {"motorway": 80, "trunk": 70, "primary": 60, "secondary": 50, "tertiary": 40, "residential": 30}
LOCAL_TAGS = {"highway": "residential", "lanes": "2", "maxspeed": "30"}
MAIN_RIVER = "Sông Hồng"
SIGNAL_ARMS, SIGNALS_WITHIN_KM = 3, 16.0


@dataclass
class OsmText:
    """Nodes and ways as they are written; the same place is one node."""

    nodes: dict[Place, int] = field(default_factory=dict)
    ways: list[str] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)
    tags: dict[Place, dict[str, str]] = field(default_factory=dict)

    def node(self, place: Place) -> int:
        """Return the number of a place."""
        return self.nodes.setdefault(place, len(self.nodes) + 1)

    def tag(self, place: Place, tags: dict[str, str]) -> None:
        """Say something of a place."""
        self.node(place)
        self.tags[place] = tags

    def way(self, line: Sequence[Place], tags: dict[str, str]) -> None:
        """Add a way."""
        inside = "".join(f'<nd ref="{self.node(place)}"/>' for place in line)
        self.ways.append(f'<way id="{len(self.ways) + 1}">{inside}{xml_tags(tags)}</way>')

    def area(self, outline: Sequence[Place], tags: dict[str, str], holes: Sequence[Sequence[Place]] = ()) -> None:
        """Add an area, with what is cut out of it."""
        if not holes:
            self.way([*outline, outline[0]], tags)
            return
        members = ""
        for ring, role in ((outline, "outer"), *((hole, "inner") for hole in holes)):
            self.way([*ring, ring[0]], {})
            members += f'<member type="way" ref="{len(self.ways)}" role="{role}"/>'
        said = xml_tags({"type": "multipolygon", **tags})
        self.relations.append(f'<relation id="{len(self.relations) + 1}">{members}{said}</relation>')

    def write(self) -> str:
        """Return the whole file."""
        nodes = [
            f'<node id="{number}" lat="{lat}" lon="{lon}">{xml_tags(self.tags.get((lat, lon), {}))}</node>'
            for (lat, lon), number in self.nodes.items()
        ]
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="hanoi sample build">'
        return "\n".join([head, *nodes, *self.ways, *self.relations, "</osm>\n"])


def xml_tags(tags: dict[str, str]) -> str:
    """Return tags as XML."""
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def make_osm(seed: int) -> str:
    """Return the sample's map, the same text each time.

    Parameters
    ----------
    seed : int
        Lays the local streets.

    Returns
    -------
    str
        OpenStreetMap XML; none of its ids is an id of OpenStreetMap.
    """
    text = OsmText()
    mesh = make_mesh(seed)
    for road in ROADS:
        text.way(joined_line(road, mesh), road_tags(road))
    for street in mesh.streets:
        text.way(street, LOCAL_TAGS)
    for name, outline in GREEN.items():
        text.area(outline, {"leisure": "park", "name": name})
    for name, outline in water_outlines().items():
        holes = tuple(ISLANDS.values()) if name == MAIN_RIVER else ()
        text.area(outline, {"natural": "water", "name": name}, holes)
    for name, course in RIVERS.items():
        text.way([(lat, lon) for lat, lon, _ in course], {"waterway": "river", "name": name})
    for name, (lat, lon, kind) in NEIGHBOURHOODS.items():
        text.tag((lat, lon), {"place": kind, "name": name})
    for place in signals():
        text.tag(place, {"highway": "traffic_signals"})
    return text.write()


def joined_line(road: Road, mesh: Mesh) -> list[Place]:
    """Return the line of a road with the points where local streets join it."""
    places = [place_of(node) for node in road.nodes]
    line = places[:1]
    for piece in pairwise(places):
        if not road.bridge and road.kind != "motorway":
            line += mesh.joined.get(piece, ())
        line.append(piece[1])
    return line


def road_tags(road: Road) -> dict[str, str]:
    """Return what OpenStreetMap would say of a road."""
    tags = {
        "highway": road.kind,
        "name": road.name,
        "lanes": str(road.lanes if road.oneway else 2 * road.lanes),
        "maxspeed": str(SPEED_KMH[road.kind]),
    }
    if road.oneway:
        tags["oneway"] = "yes"
    if road.bridge:
        tags |= {"bridge": "yes", "layer": "1"}
    return tags


def signals() -> set[Place]:
    """Return the joints with lights: three arms or more, inside the city."""
    return {place for place, arms in joints().items() if arms >= SIGNAL_ARMS and centre_km(place) < SIGNALS_WITHIN_KM}
