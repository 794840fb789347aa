"""The road under the small feed: a two-way street with junctions at the inner stops, and another 200 m beside it."""

import numpy as np

from routing.network import RoadNetwork
from schemas.edge import EdgeState, LevelOfService, RoadStates
from tests.fleet.small_feed import LAT, LON, STEP
from tests.routing.builders import ORIGIN_X, ORIGIN_Y, PROJECTION, network, way

BESIDE = 200.0


def small_network(count: int = 8) -> RoadNetwork:
    """Return the roads; node ``i + 1`` lies at stop ``i``, node ``100 + i`` beside it."""
    lon, lat = np.array([LON + i * STEP for i in range(count)]), np.full(count, LAT)
    x, y = (axis - origin for axis, origin in zip(PROJECTION.to_xy(lon, lat), (ORIGIN_X, ORIGIN_Y), strict=True))
    places = {i + 1: (float(x[i]), float(y[i])) for i in range(count)}
    places |= {100 + i: (float(x[i]), float(y[i]) + BESIDE) for i in range(count)}
    street, other = way(1, range(1, count + 1)), way(2, range(100, 100 + count))
    across = [way(10 + i, (i + 1, 100 + i), road="residential") for i in range(1, count - 1)]
    return network([street, other, *across], places)


def told(time_ms: int, stop: int, speed_mps: float) -> RoadStates:
    """Return what is told of the street eastwards from a stop to the next; usually it is driven at 10 m/s."""
    state = EdgeState(
        edge_id=f"1/{stop + 1}/{stop + 2}",
        edge_index=0,
        time_ms=time_ms,
        level=LevelOfService.BLOCKED,
        observations=5,
        speed_mps=speed_mps,
        sd_mps=0.1 * speed_mps,
        usual_mps=10.0,
    )
    return RoadStates(cell="14/0/0", time_ms=time_ms, states=(state,))
