"""The sample's roads, water, parks and local streets as OpenStreetMap XML for the importer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from services.sample.roads import Road
from services.sample.roads_outer import ROADS
from services.sample.streets import Place, centre_km, joints, place_of
from services.sample.water import GREEN, WATER, Outline

SPEED_KMH = {"motorway": 80, "trunk": 70, "primary": 60, "secondary": 50, "tertiary": 40, "residential": 30}
SIGNAL_ARMS, SIGNALS_WITHIN_KM = 3, 16.0


@dataclass
class OsmText:
    """Nodes and ways as they are written; the same place is one node."""

    nodes: dict[Place, int] = field(default_factory=dict)
    ways: list[str] = field(default_factory=list)

    def node(self, place: Place) -> int:
        """Return the number of a place."""
        return self.nodes.setdefault(place, len(self.nodes) + 1)

    def way(self, line: Sequence[Place], tags: dict[str, str]) -> None:
        """Add a way."""
        inside = "".join(f'<nd ref="{self.node(place)}"/>' for place in line)
        inside += "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())
        self.ways.append(f'<way id="{len(self.ways) + 1}">{inside}</way>')

    def write(self, signals: set[Place]) -> str:
        """Return the whole file."""
        light = '<tag k="highway" v="traffic_signals"/>'
        nodes = [
            f'<node id="{number}" lat="{lat}" lon="{lon}">{light if (lat, lon) in signals else ""}</node>'
            for (lat, lon), number in self.nodes.items()
        ]
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="hanoi sample build">'
        return "\n".join([head, *nodes, *self.ways, "</osm>\n"])


def make_osm() -> str:
    """Return the sample's map, the same text each time.

    Returns
    -------
    str
        OpenStreetMap XML; none of its ids is an id of OpenStreetMap.
    """
    text = OsmText()
    for road in ROADS:
        text.way([place_of(node) for node in road.nodes], road_tags(road))
    for name, outline, tag in _areas():
        text.way([*outline, outline[0]], {tag[0]: tag[1], "name": name})
    return text.write(signals())


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


def _areas() -> list[tuple[str, Outline, tuple[str, str]]]:
    water = [(name, outline, ("natural", "water")) for name, outline in WATER.items()]
    return water + [(name, outline, ("leisure", "park")) for name, outline in GREEN.items()]
