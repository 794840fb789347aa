"""A flat metric frame around one city."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from schemas.earth import degree_m

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LocalFrame:
    """Metres east and north of a point; within 30 km of it lengths are right to about 0.2 %.

    Attributes
    ----------
    lon, lat : float
        The origin in degrees, WGS 84.
    """

    lon: float
    lat: float

    @cached_property
    def metres_per_degree(self) -> tuple[float, float]:
        """Metres per degree of longitude and of latitude at the origin (WGS 84 ellipsoid)."""
        return degree_m(self.lat)

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Return metres east and north of one place in degrees, as plain numbers."""
        east, north = self.metres_per_degree
        return (lon - self.lon) * east, (lat - self.lat) * north

    def to_metres(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return metres east and north of the origin.

        Parameters
        ----------
        lon, lat : array of float
            Degrees, WGS 84.

        Returns
        -------
        tuple of array
            x (east) and y (north), metres.
        """
        east, north = self.metres_per_degree
        return (np.asarray(lon) - self.lon) * east, (np.asarray(lat) - self.lat) * north

    def to_degrees(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return longitude and latitude of places in metres; the inverse of ``to_metres``."""
        east, north = self.metres_per_degree
        return np.asarray(x) / east + self.lon, np.asarray(y) / north + self.lat
