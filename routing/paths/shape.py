"""Find the way a bus line takes on the roads, from its ordered stops."""

from dataclasses import dataclass

from routing.network.graph import Floats, Ints, RoadNetwork


@dataclass(frozen=True, slots=True)
class HopDoubt:
    """A hop between two stops that could not be laid on roads: why, and how long each way would be."""

    hop: int
    reason: str
    straight_m: float
    road_m: float | None


@dataclass(frozen=True)
class ShapeThrough:
    """The way through a list of stops.

    ``lonlat`` has shape (n, 2); ``stop_m`` is the metre of the line at which each
    stop lies, never falling; ``edges`` are the edges driven, in order.
    """

    lonlat: Floats
    stop_m: Floats
    edges: Ints
    doubts: tuple[HopDoubt, ...]


def shape_through(network: RoadNetwork, stops_lonlat: Floats, *, radius_m: float = 60.0) -> ShapeThrough:
    """Lay a line through stops on the road network.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    stops_lonlat : ndarray, shape (n, 2)
        Stops in the order they are served; at least two.
    radius_m : float
        How far from a stop its road may lie.

    Returns
    -------
    ShapeThrough
        The line, where each stop lies on it, and the hops that are straight lines.
    """
    raise NotImplementedError
