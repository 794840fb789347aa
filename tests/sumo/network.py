"""A network of SUMO as the builders need it: edges, lanes, lengths, what follows what."""

import gzip
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Edge:
    """One directed street between two junctions; ``lanes`` are those a bus may use, by SUMO's number."""

    name: str
    start: str
    end: str
    length_m: float
    lanes: tuple[int, ...]
    lane_count: int
    middle: tuple[float, float]
    speed_mps: float


@dataclass(frozen=True)
class Net:
    """Edges for road vehicles, and by name which edges may be taken next."""

    file: Path
    edges: dict[str, Edge]
    following: dict[str, tuple[str, ...]]


def read_net(file: Path) -> Net:
    """Read what netconvert or netgenerate wrote, gzipped or not."""
    data = file.read_bytes()
    root = ET.fromstring(gzip.decompress(data) if file.suffix == ".gz" else data)
    edges = {}
    for element in root.iter("edge"):
        lanes = list(element.iter("lane"))
        usable = tuple(int(lane.get("index", 0)) for lane in lanes if _for_buses(lane))
        if element.get("function") is None and usable:
            shape = [tuple(map(float, p.split(",")[:2])) for p in lanes[0].get("shape", "").split()]
            xs, ys = [p[0] for p in shape], [p[1] for p in shape]
            edges[element.get("id", "")] = Edge(
                element.get("id", ""), element.get("from", ""), element.get("to", ""), float(lanes[0].get("length", 0)),
                usable, len(lanes), (sum(xs) / len(xs), sum(ys) / len(ys)), float(lanes[0].get("speed", 13.89)),
            )  # fmt: skip
    following: dict[str, set[str]] = {}
    for link in root.iter("connection"):
        here, there = link.get("from", ""), link.get("to", "")
        if here in edges and there in edges:
            following.setdefault(here, set()).add(there)
    return Net(file, edges, {name: tuple(sorted(following.get(name, ()))) for name in edges})


def _for_buses(lane: ET.Element) -> bool:
    allow, disallow = lane.get("allow"), lane.get("disallow", "").split()
    if allow is not None:
        return "bus" in allow.split() or "passenger" in allow.split()
    return "bus" not in disallow and "all" not in disallow
