"""Match each report on its own: the nearest road, with or without its heading."""

import numpy as np

from routing.matching.model import RoadModel
from routing.network.graph import Floats, Ints


def match_nearest(roads: RoadModel, lon: Floats, lat: Floats, *, speed_mps: Floats, heading_deg: Floats) -> Ints:
    """Return the edge that fits each report best, ``-1`` where no road is near.

    Parameters
    ----------
    roads : RoadModel
        The network with its index.
    lon, lat : ndarray, shape (n,)
        Degrees.
    speed_mps, heading_deg : ndarray, shape (n,)
        NaN where unknown; all NaN gives the plain nearest edge.

    Returns
    -------
    ndarray of int, shape (n,)
        Rows of edges.
    """
    x, y = roads.network.to_xy(lon, lat)
    found = roads.candidates(x, y, speed_mps, heading_deg)
    return np.array([int(p.edge[np.argmax(p.log_p)]) if len(p) else -1 for p in found], dtype=np.int64)
