"""From a bus line's stops to the edges it drives: the likeliest way through places beside the streets."""

import heapq
from dataclasses import dataclass

import numpy as np

from routing.network.graph import Floats
from routing.network.index import EdgeIndex
from routing.network.sumo import SumoNetwork
from tests.sumo.network import Net

REACH_M = 45.0
MOST_PLACES = 6
LEAST_EDGE_M = 35.0
# A metre beside the street is as bad as three of detour; no bus goes four times the way between two stops.
ASIDE, DETOUR, SPARE_M = 3.0, 4.0, 500.0


@dataclass(frozen=True)
class Stop:
    """A place for a stop: an edge, the share of its length, metres aside, and where it lies in metres."""

    edge: str
    share: float
    aside_m: float
    x_m: float
    y_m: float


@dataclass(frozen=True)
class Way:
    """Edges one after the other and the stops on them, each further on than the one before."""

    edges: tuple[str, ...]
    stops: tuple[tuple[str, float], ...]


def near_stops(sumo: SumoNetwork, known: list[int], lonlat: Floats) -> list[list[Stop]]:
    """Return the places beside which each stop may lie, none for one that no street is near to."""
    near = EdgeIndex(sumo.network).near(lonlat[:, 0], lonlat[:, 1], REACH_M)
    x, y = sumo.network.to_xy(lonlat[:, 0], lonlat[:, 1])
    length, usable = sumo.network.edge_length_m, np.isin(near.edge, known)
    out: list[list[Stop]] = [[] for _ in lonlat]
    for row in np.flatnonzero(usable & (length[near.edge] >= LEAST_EDGE_M)).tolist():
        edge, place = int(near.edge[row]), int(near.place[row])
        share = min(max(float(near.along_m[row] / length[edge]), 0.05), 0.95)
        stop = Stop(sumo.edge_names[edge], share, float(near.off_m[row]), float(x[place]), float(y[place]))
        out[place].append(stop)
    return [sorted(places, key=lambda stop: stop.aside_m)[:MOST_PLACES] for places in out]


def find_way(net: Net, run: list[list[Stop]]) -> Way | None:
    """Find the cheapest way past all stops of a run by turns that may be taken; ``None`` where there is none."""
    cost = {stop: ASIDE * stop.aside_m for stop in run[0]}
    back: list[dict[Stop, tuple[Stop, tuple[str, ...]]]] = []
    for places in run[1:]:
        new: dict[Stop, float] = {}
        came: dict[Stop, tuple[Stop, tuple[str, ...]]] = {}
        for here, spent in cost.items():
            for there, (metres, edges) in _ways(net, here, places).items():
                total = spent + metres + ASIDE * there.aside_m
                if total < new.get(there, np.inf):
                    new[there], came[there] = total, (here, edges)
        if not new:
            return None
        cost, back = new, [*back, came]
    return _walk_back(min(cost, key=lambda stop: cost[stop]), back)


def _walk_back(last: Stop, back: list[dict[Stop, tuple[Stop, tuple[str, ...]]]]) -> Way:
    stops, edges = [last], []
    for came in reversed(back):
        here, part = came[stops[0]]
        stops.insert(0, here)
        edges[:0] = part
    return Way((stops[0].edge, *edges), tuple((stop.edge, round(stop.share, 3)) for stop in stops))


def _ways(net: Net, here: Stop, places: list[Stop]) -> dict[Stop, tuple[float, tuple[str, ...]]]:
    """Return metres and the edges after ``here`` to each of some places, by Dijkstra over turns."""
    crow = max(float(np.hypot(there.x_m - here.x_m, there.y_m - here.y_m)) for there in places)
    most = DETOUR * crow + SPARE_M
    out: dict[Stop, tuple[float, tuple[str, ...]]] = {}
    wanted: dict[str, list[Stop]] = {}
    for there in places:
        if there.edge == here.edge and there.share > here.share + 0.05:
            out[there] = (there.share - here.share) * net.edges[here.edge].length_m, ()
        wanted.setdefault(there.edge, []).append(there)
    rest = (1.0 - here.share) * net.edges[here.edge].length_m
    queue: list[tuple[float, str, tuple[str, ...]]] = [(rest, e, (e,)) for e in net.following[here.edge]]
    done: set[str] = set()
    while queue and wanted:
        metres, edge, way = heapq.heappop(queue)
        if edge in done or metres > most:
            continue
        done.add(edge)
        for there in wanted.pop(edge, ()):
            total = metres + there.share * net.edges[edge].length_m
            if total < out.get(there, (np.inf, ()))[0]:
                out[there] = total, way
        for ahead in net.following[edge]:
            heapq.heappush(queue, (metres + net.edges[edge].length_m, ahead, (*way, ahead)))
    return out
