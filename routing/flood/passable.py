"""Who gets through which depth of water, and how slowly.

A motorbike's exhaust and air intake lie 20 to 30 cm above the road, a car's door sill at 20 to 25; a city bus drives
through 40. What nobody has confirmed for hours no longer closes a road: water runs off where drains work.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from routing.network.graph import Floats, RoadNetwork
from routing.network.vehicles import EVERYBODY, Vehicle
from schemas.incident import FloodDepth

FRESH_MS = 4 * 3_600_000
PASSABLE: dict[FloodDepth, Vehicle] = {
    FloodDepth.WET: EVERYBODY,
    FloodDepth.SHALLOW: EVERYBODY,
    FloodDepth.KNEE: Vehicle.BUS,
    FloodDepth.DEEP: Vehicle(0),
}
# Seconds through the water against dry ones.
SLOWER: dict[FloodDepth, float] = {
    FloodDepth.WET: 1.3,
    FloodDepth.SHALLOW: 2.5,
    FloodDepth.KNEE: 4.0,
    FloodDepth.DEEP: 1.0,
}


@dataclass(frozen=True, slots=True)
class FloodSpot:
    """Water of a depth on some edges, as last confirmed at a time."""

    depth: FloodDepth
    edge_ids: tuple[str, ...]
    seen_ms: int

    def is_fresh(self, now_ms: int) -> bool:
        """Tell whether somebody confirmed it within the last hours."""
        return now_ms - self.seen_ms <= FRESH_MS


def passable_by(depth: FloodDepth) -> tuple[str, ...]:
    """Return the names of the classes of vehicles that get through."""
    return tuple(str(kind.name).lower() for kind in Vehicle if kind & PASSABLE[depth])


def closed_edges(network: RoadNetwork, spots: Iterable[FloodSpot], vehicle: Vehicle, now_ms: int) -> list[int]:
    """Return the edges that water closes to a class of vehicle.

    Parameters
    ----------
    network : RoadNetwork
        The roads; an edge that it does not have is left out.
    spots : iterable of FloodSpot
        Where water stands.
    vehicle : Vehicle
        Who drives.
    now_ms : int
        Old spots close nothing.
    """
    index_of = network.edge_index_of
    shut = {
        index_of[edge]
        for spot in spots
        if spot.is_fresh(now_ms) and not vehicle & PASSABLE[spot.depth]
        for edge in spot.edge_ids
        if edge in index_of
    }
    return sorted(shut)


def slow_down(network: RoadNetwork, seconds: Floats, spots: Iterable[FloodSpot], now_ms: int) -> Floats:
    """Return seconds an edge takes with the water on it; the deepest of several counts.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    seconds : ndarray, shape (edges,)
        Dry ones; not changed.
    spots : iterable of FloodSpot
        Where water stands.
    now_ms : int
        Old spots slow nothing.
    """
    factor = np.ones(len(seconds))
    for spot in spots:
        rows = [row for edge in spot.edge_ids if (row := network.edge_index_of.get(edge)) is not None]
        if spot.is_fresh(now_ms):
            factor[rows] = np.maximum(factor[rows], SLOWER[spot.depth])
    return np.asarray(seconds * factor)
