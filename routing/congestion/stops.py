"""Where stops are, and of which lines: a bus that stands at a stop of its line is no sign of traffic."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.spatial import cKDTree

from routing.network.graph import Bools, Floats, Ints, RoadNetwork


class StopPlaces:
    """The stops of all lines.

    Parameters
    ----------
    network : RoadNetwork
        Whose frame places are told in.
    stops_lonlat : ndarray, shape (n, 2), optional
        lon, lat of the stops.
    lines : mapping, optional
        Of each route the rows of its stops; a bus of a route that is not there is taken to serve all stops.
    radius_m : float
        How near a bus at a stop is reported to it.
    """

    def __init__(
        self,
        network: RoadNetwork,
        stops_lonlat: Floats | None = None,
        lines: Mapping[str, Ints] | None = None,
        radius_m: float = 25.0,
    ) -> None:
        self._radius_m = radius_m
        self._of = {route: frozenset(rows.tolist()) for route, rows in (lines or {}).items()}
        self._tree: cKDTree | None = None
        if stops_lonlat is not None and len(stops_lonlat):
            self._tree = cKDTree(np.column_stack(network.to_xy(stops_lonlat[:, 0], stops_lonlat[:, 1])))

    def near(self, x_m: Floats, y_m: Floats, route_ids: Sequence[str | None]) -> Bools:
        """Tell of each report whether it lies at a stop of its line."""
        if self._tree is None:
            return np.zeros(len(x_m), dtype=bool)
        found = list(np.asarray(self._tree.query_ball_point(np.column_stack((x_m, y_m)), self._radius_m), dtype=object))
        return np.array([self._serves(rows, route) for rows, route in zip(found, route_ids, strict=True)], np.bool_)

    def _serves(self, rows: list[int], route: str | None) -> bool:
        own = self._of.get(route) if route is not None else None
        return bool(rows) if own is None else not own.isdisjoint(rows)
