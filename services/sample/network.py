"""The sample's roads as a small map: OpenStreetMap XML for the importer, and the way between two places."""

import heapq
from itertools import pairwise
from xml.sax.saxutils import quoteattr

from fleet.simulation.plan import gap_m
from services.sample.points import POINTS
from services.sample.roads import ROADS, Road, arms
from services.sample.water import GREEN, WATER, Outline

SPEED_KMH = {"trunk": 80, "primary": 60, "secondary": 50, "tertiary": 40}
SIGNAL_ARMS = 3
FIRST_AREA_NODE, FIRST_AREA_WAY = 10_000, 1_000

Leg = tuple[str, str, Road]


def make_osm() -> str:
    """Return the roads, lakes and parks as OpenStreetMap XML, the same text each time.

    Returns
    -------
    str
        Nodes, then ways; negative ids are not used, and none of them is an id of OpenStreetMap.
    """
    meeting = arms()
    number = {name: row for row, name in enumerate(POINTS, start=1)}
    nodes = []
    for name, (lat, lon) in POINTS.items():
        if meeting.get(name, 0) >= SIGNAL_ARMS:
            nodes.append(
                f'<node id="{number[name]}" lat="{lat}" lon="{lon}"><tag k="highway" v="traffic_signals"/></node>'
            )
        else:
            nodes.append(f'<node id="{number[name]}" lat="{lat}" lon="{lon}"/>')
    ways = [_way(row, road, number) for row, road in enumerate(ROADS, start=1)]
    for row, (name, outline, tag) in enumerate(_areas()):
        first = FIRST_AREA_NODE + row * 100
        nodes += [f'<node id="{first + k}" lat="{lat}" lon="{lon}"/>' for k, (lat, lon) in enumerate(outline)]
        refs = [*range(first, first + len(outline)), first]
        ways.append(_xml_way(FIRST_AREA_WAY + row, refs, {tag[0]: tag[1], "name": name}))
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="hanoi sample build">'
    return "\n".join([head, *nodes, *ways, "</osm>\n"])


def _areas() -> list[tuple[str, Outline, tuple[str, str]]]:
    water = [(name, outline, ("natural", "water")) for name, outline in WATER.items()]
    return water + [(name, outline, ("leisure", "park")) for name, outline in GREEN.items()]


def _way(row: int, road: Road, number: dict[str, int]) -> str:
    tags = {
        "highway": road.kind,
        "name": road.name,
        "lanes": str(2 * road.lanes),
        "maxspeed": str(SPEED_KMH[road.kind]),
    }
    if road.bridge:
        tags["bridge"] = "yes"
    return _xml_way(row, [number[point] for point in road.points], tags)


def _xml_way(way_id: int, refs: list[int], tags: dict[str, str]) -> str:
    inside = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    inside += "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())
    return f'<way id="{way_id}">{inside}</way>'


def way_m(start: str, end: str) -> float:
    """Return the metres between two places of the sample."""
    (lat_a, lon_a), (lat_b, lon_b) = POINTS[start], POINTS[end]
    return gap_m(lon_a, lat_a, lon_b, lat_b)


def make_graph() -> dict[str, list[tuple[str, float, Road]]]:
    """Return which places can be reached from each, how far they are, and on which road."""
    graph: dict[str, list[tuple[str, float, Road]]] = {name: [] for name in POINTS}
    for road in ROADS:
        for start, end in pairwise(road.points):
            far = way_m(start, end)
            graph[start].append((end, far, road))
            graph[end].append((start, far, road))
    return graph


def find_course(via: tuple[str, ...]) -> list[Leg]:
    """Find the shortest way through places, one leg a piece of road.

    Parameters
    ----------
    via : tuple of str
        Places in order.

    Returns
    -------
    list of (start, end, Road)
        Every piece driven.

    Raises
    ------
    ValueError
        If no road leads from one place to the next.
    """
    graph = make_graph()
    return [leg for start, end in pairwise(via) for leg in _shortest(graph, start, end)]


def _shortest(graph: dict[str, list[tuple[str, float, Road]]], start: str, end: str) -> list[Leg]:
    best: dict[str, float] = {start: 0.0}
    came: dict[str, Leg] = {}
    queue = [(0.0, start)]
    while queue:
        far, here = heapq.heappop(queue)
        if here == end:
            break
        if far > best[here]:
            continue
        for there, step, road in graph[here]:
            if far + step < best.get(there, float("inf")):
                best[there] = far + step
                came[there] = (here, there, road)
                heapq.heappush(queue, (far + step, there))
    if end not in best:
        raise ValueError(f"no road of the sample leads from {start} to {end}")
    legs: list[Leg] = []
    while end != start:
        legs.append(came[end])
        end = came[end][0]
    return legs[::-1]
