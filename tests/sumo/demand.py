"""Trips drawn by a seed: from anywhere to anywhere, more of them in the middle of the time."""

import math
import random
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from tests.sumo.network import Net
from tests.sumo.vehicles import Mix

PEAK = 0.35


@dataclass(frozen=True)
class Trip:
    """One vehicle from an edge to an edge."""

    depart_s: float
    kind: str
    start: str
    end: str


def draw_trips(net: Net, per_hour: float, until_s: float, seed: int, mix: Mix | None = None) -> list[Trip]:
    """Draw trips of at least a quarter of the network's width, in order of departure.

    Parameters
    ----------
    net : Net
        Where to; edges count by their length and lanes.
    per_hour : float
        Mean number an hour.
    until_s : float
        End of the last departures.
    seed : int
        Of the draws.
    mix : Mix
        Who drives.
    """
    rng, mix = random.Random(f"trips-{seed}"), mix or Mix()
    edges = [net.edges[name] for name in sorted(net.edges)]
    weights = [edge.length_m * edge.lane_count * edge.speed_mps for edge in edges]
    width = max(e.middle[0] for e in edges) - min(e.middle[0] for e in edges)
    entered = {name for ahead in net.following.values() for name in ahead}
    trips: list[Trip] = []
    time_s = 0.0
    while True:
        share = 1.0 - PEAK * math.cos(2 * math.pi * time_s / 3600.0)
        time_s += rng.expovariate(per_hour / 3600.0 * share)
        if time_s >= until_s:
            return trips
        while True:
            start, end = rng.choices(edges, weights, k=2)
            away = math.dist(start.middle, end.middle)
            if away >= width / 4 and net.following[start.name] and end.name in entered:
                break
        trips.append(Trip(round(time_s, 1), mix.kind(rng.random()), start.name, end.name))


def add_trips(root: ET.Element, trips: list[Trip]) -> None:
    """Write trips; SUMO finds their ways when they begin."""
    for number, trip in enumerate(trips):
        ET.SubElement(
            root, "trip", id=f"{trip.kind}.{number}", type=trip.kind, depart=str(trip.depart_s), to=trip.end,
            departLane="best", departPos="random_free", departSpeed="max", **{"from": trip.start},
        )  # fmt: skip
