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
    """

    def __init__(
        self,
        network: RoadNetwork,
        stops_lonlat: Floats | None = None,
        lines: Mapping[str, Ints] | None = None,
    ) -> None:
        self._of = {route: frozenset(rows.tolist()) for route, rows in (lines or {}).items()}
        self._tree: cKDTree | None = None
        if stops_lonlat is not None and len(stops_lonlat):
            self._tree = cKDTree(np.column_stack(network.to_xy(stops_lonlat[:, 0], stops_lonlat[:, 1])))

    def near(self, x_m: Floats, y_m: Floats, radius_m: float, route_ids: Sequence[str | None] | None = None) -> Bools:
        """Tell of each report whether it lies within metres of a stop: of its line, where lines are given."""
        if self._tree is None:
            return np.zeros(len(x_m), dtype=bool)
        places = np.column_stack((x_m, y_m))
        if route_ids is None:
            return np.asarray(self._tree.query_ball_point(places, radius_m, return_length=True)) > 0
        found = list(np.asarray(self._tree.query_ball_point(places, radius_m), dtype=object))
        return np.array([self._serves(rows, route) for rows, route in zip(found, route_ids, strict=True)], np.bool_)

    def _serves(self, rows: list[int], route: str | None) -> bool:
        own = self._of.get(route) if route is not None else None
        return bool(rows) if own is None else not own.isdisjoint(rows)
