"""How long a degree is: the one place that knows."""

import math

# Of latitude, and of longitude times the cosine of latitude, on a sphere of 6,371 km: right to 0.3 % anywhere.
METRES_PER_DEGREE = 111_195.0


def metres_between(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return how far two places of one city are apart.

    Parameters
    ----------
    here, there : tuple of float
        Longitude and latitude, degrees, WGS 84.

    Returns
    -------
    float
        Metres, on a plane that touches the sphere at ``here``.
    """
    east_m = (there[0] - here[0]) * METRES_PER_DEGREE * math.cos(math.radians(here[1]))
    return math.hypot(east_m, (there[1] - here[1]) * METRES_PER_DEGREE)


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
