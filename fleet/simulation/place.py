"""Where on the ground a bus is, from its way and the metres along it."""

import numba
import numpy as np

from fleet.simulation.plan import Floats, Ints
from fleet.simulation.tables import Tables


@numba.njit(cache=True)
def _place(t: Tables, way: Ints, along_m: Floats, out: Floats) -> None:
    for row in range(len(way)):
        low, high = t.way[way[row]].vertex_first, t.way[way[row] + 1].vertex_first - 1
        k, end = low, high
        while end - k > 1:
            middle = (k + end) // 2
            if t.vertex[middle].m <= along_m[row]:
                k = middle
            else:
                end = middle
        a, b = t.vertex[k], t.vertex[k + 1]
        share = min(max((along_m[row] - a.m) / max(b.m - a.m, 1e-9), 0.0), 1.0)
        east, north = b.lon - a.lon, b.lat - a.lat
        out[0, row] = a.lon + share * east
        out[1, row] = a.lat + share * north
        out[2, row] = np.degrees(np.arctan2(east * np.cos(np.radians(a.lat)), north)) % 360.0


def place_on_ways(t: Tables, way: Ints, along_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Return lon, lat and heading (degrees clockwise from north) of metres along ways.

    Parameters
    ----------
    t : Tables
        The ways.
    way : ndarray of int, shape (n,)
        Which way.
    along_m : ndarray, shape (n,)
        Metres along it; held inside its length.

    Returns
    -------
    tuple of ndarray
        ``lon``, ``lat``, ``heading_deg``, each of shape (n,).
    """
    out = np.empty((3, len(way)))
    _place(t, way, along_m, out)
    return out[0], out[1], out[2]
