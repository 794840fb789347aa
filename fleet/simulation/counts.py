"""What cameras count of the true flow on the roads that lead to their junction: some missed, some counted twice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fleet.simulation.plan import gap_m
from fleet.simulation.roads import Roads
from fleet.simulation.tables import name_key
from fleet.simulation.traffic import Flow
from fleet.simulation.truth import TrueCount
from schemas.camera import CameraCount

# Hanoi's mix on the road (docs/simulate.md); motorcycles hide behind each other and are missed most.
MIX = {"motorcycle": 0.85, "car": 0.12, "bus": 0.01, "truck": 0.02}
SEEN = {"motorcycle": 0.9, "car": 0.96, "bus": 0.98, "truck": 0.94}
TWICE = 0.01
NEAR_M = 80.0
# Roads bend: what leads straight from node to node may be this far from the direction at the junction.
ASTRAY_DEG = 75.0
INTERVAL_S, FRAMES_PER_S = 60, 6


@dataclass(frozen=True)
class CameraPlace:
    """A camera at a junction: its id, where it is (degrees), and the names of the approaches it counts.

    ``bearings_deg``, where known, are the directions of travel into the junction, clockwise from north.
    """

    camera_id: str
    lon: float
    lat: float
    approach_ids: tuple[str, ...]
    bearings_deg: tuple[float | None, ...] = ()


class Counters:
    """Counts road users at cameras.

    Parameters
    ----------
    roads : Roads
        Whose flow is counted.
    cameras : sequence of CameraPlace
        Each approach stands for one edge into the nearest junction: the one of its bearing, else the largest road
        first; a camera farther than 80 m from every junction counts nothing.
    seed : int
        Same seed, same counts.
    """

    def __init__(self, roads: Roads, cameras: Sequence[CameraPlace], seed: int) -> None:
        self._seed = seed
        self.edges: dict[tuple[str, str], int] = {}
        for camera in cameras:
            for approach_id, edge in _approach_edges(roads, camera).items():
                self.edges[camera.camera_id, approach_id] = edge

    def count(self, flow: Flow, start_ms: int) -> tuple[list[CameraCount], list[TrueCount]]:
        """Return what cameras counted in a minute, and what they should have.

        Parameters
        ----------
        flow : Flow
            Traffic of that minute.
        start_ms : int
            Its begin.

        Returns
        -------
        tuple of (list of CameraCount, list of TrueCount)
            One an approach.
        """
        counted, true = [], []
        for (camera_id, approach_id), edge in self.edges.items():
            rng = np.random.default_rng([self._seed, 17, name_key(f"{camera_id}/{approach_id}"), start_ms // 60_000])
            mean = float(flow.flow_veh_h[edge]) * INTERVAL_S / 3600.0
            real = {kind: int(rng.poisson(mean * share)) for kind, share in MIX.items()}
            seen = {
                kind: int(rng.binomial(number, SEEN[kind]) + rng.poisson(TWICE * number))
                for kind, number in real.items()
            }
            end_ms = start_ms + INTERVAL_S * 1000
            counted.append(
                CameraCount(
                    camera_id=camera_id,
                    approach_id=approach_id,
                    start_ms=start_ms,
                    end_ms=end_ms,
                    counts={kind: number for kind, number in sorted(seen.items()) if number},
                    frames=INTERVAL_S * FRAMES_PER_S,
                )
            )
            true.append(TrueCount(camera_id, approach_id, start_ms, end_ms, counts=real, edge=edge))
        return counted, true


def _approach_edges(roads: Roads, camera: CameraPlace) -> dict[str, int]:
    """Return the edge of each approach, none twice; an approach for which no edge is left has none."""
    free = _edges_into(roads, camera)
    bearings = camera.bearings_deg or (None,) * len(camera.approach_ids)
    chosen: dict[str, int] = {}
    for approach_id, bearing_deg in zip(camera.approach_ids, bearings, strict=True):
        near = free if bearing_deg is None else [e for e in free if _turn_deg(roads, e, bearing_deg) < ASTRAY_DEG]
        if near:
            edge = near[0] if bearing_deg is None else min(near, key=lambda e: _turn_deg(roads, e, bearing_deg))
            chosen[approach_id] = edge
            free.remove(edge)
    return chosen


def _turn_deg(roads: Roads, edge: int, bearing_deg: float) -> float:
    network = roads.network
    assert network is not None
    a, b = network.edge_from[edge], network.edge_to[edge]
    north = float(network.node_lat[b] - network.node_lat[a])
    east = float(network.node_lon[b] - network.node_lon[a]) * np.cos(np.radians(float(network.node_lat[a])))
    return float(abs((np.degrees(np.arctan2(east, north)) - bearing_deg + 180) % 360 - 180))


def _edges_into(roads: Roads, camera: CameraPlace) -> list[int]:
    network = roads.network
    if network is None:
        return []
    away = np.hypot((network.node_lon - camera.lon) * np.cos(np.radians(camera.lat)), network.node_lat - camera.lat)
    order = np.argsort(away)
    for node in order[:5].tolist():
        if gap_m(camera.lon, camera.lat, float(network.node_lon[node]), float(network.node_lat[node])) > NEAR_M:
            break
        into = np.flatnonzero(network.edge_to == node)
        if len(into):
            return [int(e) for e in into[np.lexsort((into, -roads.capacity_veh_h[into]))]]
    return []
