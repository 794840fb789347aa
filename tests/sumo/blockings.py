"""Vehicles that break down and block their lane for minutes, far from one another."""

import csv
import math
import random
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.sumo.network import Edge, Net

SHORTEST_S, LONGEST_S = 300.0, 900.0
CLEAR_S = 420.0
LEAST_EDGE_M = 60.0


@dataclass(frozen=True)
class Blocking:
    """Lanes of one edge blocked at a place from a time on; ``lanes`` by SUMO's number."""

    name: str
    edge: str
    lanes: tuple[int, ...]
    position_m: float
    begin_s: float
    end_s: float


def draw_blockings(
    net: Net, count: int, seed: int, *, among: Iterable[str], first_s: float, last_s: float, apart_m: float
) -> list[Blocking]:
    """Draw places and times; two that touch in time (seven minutes around) are ``apart_m`` apart.

    Parameters
    ----------
    net : Net
        The roads.
    count : int
        How many at most; fewer where no more fit.
    seed : int
        Of the draws.
    among : iterable of str
        Edges that may be blocked; very short ones are left out.
    first_s, last_s : float
        When they may begin.
    apart_m : float
        Distance between the middles of their edges.
    """
    rng = random.Random(f"blockings-{seed}")
    edges = [net.edges[name] for name in sorted(set(among)) if net.edges[name].length_m >= LEAST_EDGE_M]
    found: list[Blocking] = []
    for _ in range(count * 200):
        if len(found) == count or not edges:
            break
        edge = rng.choice(edges)
        begin = round(rng.uniform(first_s, last_s))
        new = Blocking(
            f"broken_down.{len(found)}", edge.name, _lanes(edge, rng), round(rng.uniform(0.3, 0.9) * edge.length_m, 1),
            begin, begin + round(rng.uniform(SHORTEST_S, LONGEST_S)),
        )  # fmt: skip
        if all(_apart(net, new, old, apart_m) for old in found):
            found.append(new)
    return sorted(found, key=lambda b: b.begin_s)


def _lanes(edge: Edge, rng: random.Random) -> tuple[int, ...]:
    """Return all lanes or one of them, as often; the only one of a street of one lane."""
    return edge.lanes if rng.random() < 0.5 else (rng.choice(edge.lanes),)


def _apart(net: Net, a: Blocking, b: Blocking, metres: float) -> bool:
    in_time = a.begin_s - CLEAR_S < b.end_s and b.begin_s - CLEAR_S < a.end_s
    return not in_time or math.dist(net.edges[a.edge].middle, net.edges[b.edge].middle) >= metres


def add_blockings(root: ET.Element, blockings: list[Blocking]) -> None:
    """Write a standing vehicle for each blocked lane."""
    for item in blockings:
        for lane in item.lanes:
            vehicle = ET.SubElement(
                root, "vehicle", id=f"{item.name}.{lane}", type="broken_down", depart=str(item.begin_s),
                departLane=str(lane), departPos=str(item.position_m), departSpeed="0",
            )  # fmt: skip
            ET.SubElement(vehicle, "route", edges=item.edge)
            ET.SubElement(
                vehicle, "stop", lane=f"{item.edge}_{lane}", startPos=str(max(item.position_m - 5.0, 0.0)),
                endPos=str(item.position_m), until=str(item.end_s),
            )  # fmt: skip


def write_truth(file: Path, net: Net, blockings: list[Blocking], stops: Path) -> None:
    """Write which lanes were blocked from when to when, as SUMO says in its ``--stop-output``."""
    stood: dict[str, tuple[float, float]] = {}
    for stop in ET.parse(stops).getroot().iter("stopinfo"):
        if stop.get("type") == "broken_down":
            stood[stop.get("id", "")] = float(stop.get("started", 0)), float(stop.get("ended", 0))
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["blocking", "edge", "position_m", "lanes", "of_lanes", "begin_s", "end_s"])
        for item in blockings:
            times = [stood[f"{item.name}.{lane}"] for lane in item.lanes if f"{item.name}.{lane}" in stood]
            if times:
                rows.writerow([
                    item.name, item.edge, item.position_m, len(item.lanes), net.edges[item.edge].lane_count,
                    min(begin for begin, _ in times), max(end for _, end in times),
                ])  # fmt: skip
