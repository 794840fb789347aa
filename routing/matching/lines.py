"""Which edges a bus line drives, from the line that is drawn of it."""

import numpy as np

from routing.network.graph import Floats, Ints
from routing.network.index import EdgeIndex, turn_deg

STEP_M = 15.0
BESIDE_M = 20.0
ALIGNED_DEG = 40.0
# An edge of which less lies under the drawn line is crossed by it, not driven.
UNDER = 0.5


def edges_under(index: EdgeIndex, lon: Floats, lat: Floats) -> Ints:
    """Return the edges that lie under a drawn line in its direction.

    Parameters
    ----------
    index : EdgeIndex
        Of the edges that buses may drive.
    lon, lat : ndarray, shape (n,)
        The line, in the order it is driven; WGS 84.

    Returns
    -------
    ndarray
        Rows of edges, rising. Empty for a line of fewer than two places.
    """
    x, y = index.network.to_xy(lon, lat)
    metres = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    if len(metres) < 2 or metres[-1] <= 0.0:
        return np.zeros(0, np.int64)
    marks = np.linspace(0.0, metres[-1], max(2, round(metres[-1] / STEP_M) + 1))
    step_m = marks[1]
    ahead, behind = (np.clip(marks + d, 0.0, metres[-1]) for d in (step_m / 2, -step_m / 2))
    east, north = (np.interp(ahead, metres, v) - np.interp(behind, metres, v) for v in (x, y))
    near = index.near_xy(np.interp(marks, metres, x), np.interp(marks, metres, y), BESIDE_M)
    heading = np.degrees(np.arctan2(east, north))[near.place]
    along = turn_deg(near.heading_deg, heading) <= ALIGNED_DEG
    edges, marks_on = np.unique(near.edge[along], return_counts=True)
    driven = marks_on * step_m >= UNDER * np.maximum(index.network.edge_length_m[edges], step_m)
    return np.asarray(edges[driven], dtype=np.int64)
