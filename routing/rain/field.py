"""How hard it rains on every road: the gauges nearby, each by the square of its nearness.

Inverse square distance is what hydrologists use where gauges are few and radar is absent (Hanoi has 41 on 3,300 km2);
a storm cell is 5 to 15 km wide, so a gauge further away than that says nothing about a road.
"""

from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from routing.network.graph import Floats, RoadNetwork
from routing.rain.gauges import RainReading

REACH_M = 10_000.0
GAUGES = 4
NEAREST_M = 50.0


class RainField:
    """Interpolates intensity to half way between the ends of edges.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    """

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        ends = np.column_stack((network.node_x_m, network.node_y_m))
        self._middle = (ends[network.edge_from] + ends[network.edge_to]) / 2

    def mm_h(self, readings: Sequence[RainReading]) -> Floats:
        """Return mm/h on every edge, ``nan`` where no gauge is near enough to tell.

        Parameters
        ----------
        readings : sequence of RainReading
            Those that still hold, one a gauge.
        """
        out = np.full(self._network.edge_count, np.nan)
        if not readings:
            return out
        lon, lat = np.array([r.lon for r in readings]), np.array([r.lat for r in readings])
        tree = cKDTree(np.column_stack(self._network.to_xy(lon, lat)))
        nearest = list(range(1, min(GAUGES, len(readings)) + 1))
        away, which = map(np.asarray, tree.query(self._middle, k=nearest, distance_upper_bound=REACH_M))
        near = np.isfinite(away)
        rain = np.append(np.array([r.mm_h for r in readings]), 0.0)[which]
        weight = np.where(near, 1.0 / np.maximum(away, NEAREST_M) ** 2, 0.0)
        told = near.any(axis=1)
        out[told] = (weight * rain).sum(axis=1)[told] / weight.sum(axis=1)[told]
        return out
