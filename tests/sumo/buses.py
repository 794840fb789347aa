"""Bus lines: which edges they drive, where they stop, how often they come."""

import random
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from tests.sumo.network import Net

STOP_M = 25.0
MIDDLE_STOP_S = 16.0
LEAST_STOP_S, MOST_STOP_S = 6.0, 45.0


@dataclass(frozen=True)
class BusLine:
    """One direction of a line; ``stops`` are edges with the share of their length where the bus stands."""

    name: str
    edges: tuple[str, ...]
    stops: tuple[tuple[str, float], ...]
    headway_s: float


def grid_lines(net: Net, headway_s: float) -> list[BusLine]:
    """Lay a line along every row and every column of a grid, both ways, a stop in the middle of each second edge."""
    lines = []
    for start in sorted(net.edges):
        edge = net.edges[start]
        if any(edge.start.startswith(side) for side in ("left", "right", "top", "bottom")):
            way = _straight_on(net, start)
            stops = tuple((name, 0.5) for name in way[1:-1:2])
            lines.append(BusLine(f"line-{start}", way, stops, headway_s))
    return lines


def _straight_on(net: Net, start: str) -> tuple[str, ...]:
    way = [start]
    while ahead := net.following[way[-1]]:
        here = net.edges[way[-1]].middle
        way.append(min(ahead, key=lambda name: _off_axis(here, net.edges[name].middle)))
    return tuple(way)


def _off_axis(here: tuple[float, float], there: tuple[float, float]) -> float:
    return min(abs(there[0] - here[0]), abs(there[1] - here[1]))


def add_buses(root: ET.Element, places: ET.Element, net: Net, lines: list[BusLine], until_s: float, seed: int) -> None:
    """Write stops, routes and the buses of all lines, each with its own times at its stops."""
    rng = random.Random(f"buses-{seed}")
    stops: dict[tuple[str, float], str] = {}
    for at in (at for line in lines for at in line.stops):
        stops.setdefault(at, f"stop.{len(stops)}")
    for (name, share), stop in stops.items():
        edge = net.edges[name]
        end = min(max(edge.length_m * share + STOP_M / 2, STOP_M), edge.length_m - 1.0)
        ET.SubElement(
            places, "busStop", id=stop, lane=f"{name}_{edge.lanes[0]}", startPos=f"{max(end - STOP_M, 0.1):.1f}",
            endPos=f"{end:.1f}",
        )  # fmt: skip
    buses = []
    for line in lines:
        time_s = rng.uniform(0.0, line.headway_s)
        while time_s < until_s:
            buses.append((round(time_s, 1), line))
            time_s += line.headway_s * rng.uniform(0.6, 1.4)
    for number, (depart_s, line) in enumerate(sorted(buses, key=lambda bus: (bus[0], bus[1].name))):
        bus = ET.SubElement(
            root, "vehicle", id=f"line_bus.{number}", type="line_bus", depart=str(depart_s), departLane="best",
            departSpeed="max", line=line.name,
        )  # fmt: skip
        ET.SubElement(bus, "route", edges=" ".join(line.edges))
        for at in line.stops:
            stand_s = min(max(rng.lognormvariate(0.0, 0.45) * MIDDLE_STOP_S, LEAST_STOP_S), MOST_STOP_S)
            ET.SubElement(bus, "stop", busStop=stops[at], duration=f"{stand_s:.0f}")
