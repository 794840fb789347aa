"""The ground between the sample's roads: rivers as areas, and what is neither water nor park."""

from functools import cache

import numpy as np
import shapely

from services.sample.streets import Floats, Place, to_metres, to_places
from services.sample.water import GREEN, ISLANDS, LAKES, RIVERS, Outline


def river_banks(course: tuple[tuple[float, float, float], ...]) -> list[Place]:
    """Return the outline of a river: down its left bank and up its right one, bends rounded.

    Parameters
    ----------
    course : tuple of (lat, lon, width_m)
        The middle of the river.

    Returns
    -------
    list of (lat, lon)
        An open ring.
    """
    middle, wide = to_metres([(lat, lon) for lat, lon, _ in course]), np.array([width for _, _, width in course])
    at = np.linspace(0, len(course) - 1, 4 * len(course))
    xy, half = _smooth(middle, at), np.interp(at, np.arange(len(course)), wide)[:, None] / 2
    ahead = np.gradient(xy, axis=0)
    ahead /= np.hypot(*ahead.T)[:, None]
    left = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    return to_places(np.vstack([xy + left * half, (xy - left * half)[::-1]]))


def _smooth(points: Floats, at: Floats) -> Floats:
    """Return a Catmull-Rom curve through points at fractional positions."""
    whole = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    k = np.minimum(at.astype(int), len(points) - 2)
    t = (at - k)[:, None]
    a, b, c, d = (whole[k + n] for n in range(4))
    curve: Floats = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return curve


def water_outlines() -> dict[str, Outline]:
    """Return the outline of every river and lake; islands are still in them."""
    return {name: tuple(river_banks(course)) for name, course in RIVERS.items()} | LAKES


@cache
def unbuilt() -> shapely.Geometry:
    """Return water and parks with their banks, in metres: where no street is laid."""
    wet = [shapely.Polygon(to_metres(outline)).buffer(25) for outline in water_outlines().values()]
    flood = [shapely.LineString(to_metres([(lat, lon) for lat, lon, _ in RIVERS["Sông Hồng"]])).buffer(700)]
    green = [shapely.Polygon(to_metres(outline)) for outline in (*GREEN.values(), *ISLANDS.values())]
    return shapely.union_all([*wet, *flood, *green])
