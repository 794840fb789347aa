"""How fast a bus may drive at a place: the limit of the road under it, else the city's."""

import math

import numpy as np

from routing.network.graph import RoadNetwork
from routing.network.index import EdgeIndex, turn_deg

# Cells are this small, and limits are a function of the cell, so that the order of fixes changes nothing.
CELLS_A_DEGREE = 5_000
RADIUS_M = 35.0
ALIGNED_DEG = 50.0
SECTOR_DEG = 45.0
MOST_CELLS = 200_000
ANY_WAY = -1


class SpeedLimits:
    """Limits by place and direction.

    Parameters
    ----------
    city_mps : float
        Where no road is near, or none is known.
    network : RoadNetwork, optional
        The roads with their limits.
    """

    def __init__(self, city_mps: float, network: RoadNetwork | None = None) -> None:
        self._city_mps = city_mps
        self._network = network
        self._index = None if network is None else EdgeIndex(network)
        self._known: dict[tuple[int, int, int], float] = {}
        limits = [] if network is None else network.edge_speed_limit_mps.tolist()
        self.lowest_mps = min([city_mps, *limits])

    def at(self, lon: float, lat: float, direction_rad: float) -> float:
        """Return the limit at a place, m/s.

        Parameters
        ----------
        lon, lat : float
            Degrees.
        direction_rad : float
            Where the bus is heading, anticlockwise from east; NaN if that is unknown.

        Returns
        -------
        float
            The highest of the roads within 35 m that lead the same way: a bus beside a faster road is not accused of
            that road's speed.
        """
        if self._index is None:
            return self._city_mps
        sector = ANY_WAY
        if not math.isnan(direction_rad):
            sector = round((90.0 - math.degrees(direction_rad)) / SECTOR_DEG) % 8
        cell = (math.floor(lon * CELLS_A_DEGREE), math.floor(lat * CELLS_A_DEGREE), sector)
        known = self._known.get(cell)
        if known is None:
            if len(self._known) >= MOST_CELLS:
                self._known.clear()
            known = self._known[cell] = self._look(*cell)
        return known

    def _look(self, column: int, row: int, sector: int) -> float:
        assert self._index is not None
        assert self._network is not None
        lon, lat = (column + 0.5) / CELLS_A_DEGREE, (row + 0.5) / CELLS_A_DEGREE
        near = self._index.near(np.array([lon]), np.array([lat]), RADIUS_M)
        edges = near.edge
        if sector != ANY_WAY:
            edges = edges[turn_deg(near.heading_deg, np.array(sector * SECTOR_DEG)) <= ALIGNED_DEG]
        return float(self._network.edge_speed_limit_mps[edges].max()) if len(edges) else self._city_mps
