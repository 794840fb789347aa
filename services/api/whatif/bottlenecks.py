"""Where traffic loses most time now: streets, by the edges that were observed."""

from collections.abc import Sequence

import numpy as np

from routing.network.graph import RoadNetwork
from schemas.edge import EdgeState
from services.api.whatif.responses import BottleneckOut

SLOWEST_MPS = 0.5


def list_bottlenecks(states: Sequence[EdgeState], network: RoadNetwork, limit: int) -> list[BottleneckOut]:
    """Return the worst streets.

    Parameters
    ----------
    states : sequence of EdgeState
        As they are now; only those with observations of their own count, never a guess.
    network : RoadNetwork
        The roads; a street without a name is an edge by itself.
    limit : int
        At most so many.

    Returns
    -------
    list of BottleneckOut
        By the seconds that a vehicle loses on the slow edges of a street, the most first.
    """
    streets: dict[object, list[tuple[int, float, float]]] = {}
    for state in states:
        edge = state.edge_index
        if not state.observations or state.speed_mps is None or not 0 <= edge < network.edge_count:
            continue
        free = float(network.edge_free_mps[edge]) if state.free_flow_mps is None else state.free_flow_mps
        # One bus that stood makes no jam: where all traffic was reckoned, that counts.
        mps = state.speed_mps if state.traffic_mps is None else state.traffic_mps
        lost = float(network.edge_length_m[edge]) * (1 / max(mps, SLOWEST_MPS) - 1 / max(free, SLOWEST_MPS))
        if lost > 0:
            key = network.name_of(edge) or edge
            streets.setdefault(key, []).append((edge, lost, free))
    ranked = sorted(streets.values(), key=lambda rows: -sum(lost for _, lost, _ in rows))
    return [_street(rows, network) for rows in ranked[:limit]]


def _street(rows: list[tuple[int, float, float]], network: RoadNetwork) -> BottleneckOut:
    edges = np.array([edge for edge, _, _ in rows])
    length = network.edge_length_m[edges]
    free_s = float(np.sum(length / [free for _, _, free in rows]))
    lost_s = sum(lost for _, lost, _ in rows)
    worst = max(rows, key=lambda row: row[1])[0]
    return BottleneckOut(
        name=network.name_of(worst),
        edge_indexes=edges.tolist(),
        lost_s=round(lost_s, 1),
        length_m=round(float(length.sum()), 1),
        speed_mps=round(float(length.sum()) / (free_s + lost_s), 2),
        free_flow_mps=round(float(length.sum()) / free_s, 2),
        lon=round(float(network.node_lon[network.edge_from[worst]]), 6),
        lat=round(float(network.node_lat[network.edge_from[worst]]), 6),
    )
