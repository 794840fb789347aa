"""How long a degree is: the one place that knows."""

import math

# Of latitude, and of longitude times the cosine of latitude, on a sphere of 6,371 km: right to 0.3 % anywhere.
METRES_PER_DEGREE = 111_195.0


def degree_m(lat: float) -> tuple[float, float]:
    """Return the length of a degree on the WGS 84 ellipsoid.

    Parameters
    ----------
    lat : float
        Degrees, WGS 84.

    Returns
    -------
    tuple of float
        Metres of a degree of longitude and of a degree of latitude there (series of Snyder, Map Projections, 1987,
        table 9; right to centimetres).
    """
    phi = math.radians(lat)
    east = 111_412.84 * math.cos(phi) - 93.5 * math.cos(3 * phi) + 0.118 * math.cos(5 * phi)
    return east, 111_132.92 - 559.82 * math.cos(2 * phi) + 1.175 * math.cos(4 * phi)
