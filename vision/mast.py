"""Where a camera hangs above its road: read off the road's plane, given that the lens looks through the middle."""

from dataclasses import dataclass
from math import hypot

import numpy as np

from vision.camera_values import Point
from vision.ground import Floats, GroundPlane


@dataclass(frozen=True)
class Mast:
    """A camera above the road.

    Attributes
    ----------
    x, y : float
        The place on the road below the camera, metres east and north of the plane's origin.
    height_m : float
        How high it hangs above that place.
    """

    x: float
    y: float
    height_m: float

    def far_m(self, x: float, y: float) -> float:
        """Return how far a place on the road is from the one below the camera, metres."""
        return hypot(x - self.x, y - self.y)

    def dip(self, x: float, y: float) -> float:
        """Return the sine of the angle at which the camera looks down on a place on the road."""
        return self.height_m / hypot(self.height_m, x - self.x, y - self.y)

    def behind(self, below: Point, height_m: float) -> Point:
        """Return the place on the road that a point of some height above another place hides."""
        share = 1 / (1 - height_m / self.height_m)
        return self.x + share * (below[0] - self.x), self.y + share * (below[1] - self.y)

    def below(self, behind: Point, height_m: float) -> Point:
        """Return the place below a point of some height that hides a place on the road behind it."""
        share = 1 - height_m / self.height_m
        return self.x + share * (behind[0] - self.x), self.y + share * (behind[1] - self.y)


def find_mast(plane: GroundPlane, size: tuple[int, int]) -> Mast | None:
    """Find where a camera hangs by how its picture shows a flat road.

    Parameters
    ----------
    plane : GroundPlane
        The road.
    size : tuple of int
        Width and height of the picture, pixels, whose middle the lens looks through; pixels are square.

    Returns
    -------
    Mast or None
        ``None`` where no lens shows the road so: the marks are off, or the picture is a part of a larger one.
    """
    x, y, origin = _columns(plane, size)
    # A lens shows two directions of the road that are at right angles and as long as each other, so the unknown
    # 1 / focal² solves two linear equations (Zhang 2000, 2.3); both together, by least squares.
    lens = np.array([x[:2] @ y[:2], x[:2] @ x[:2] - y[:2] @ y[:2]])
    rest = np.array([x[2] * y[2], x[2] ** 2 - y[2] ** 2])
    focal_2 = -float(lens @ lens) / float(lens @ rest) if lens @ rest else 0.0
    if not focal_2 > 0:
        return None
    by_lens = np.array([1.0, 1.0, focal_2**0.5])
    x, y, origin = x * by_lens, y * by_lens, origin * by_lens
    metre = (np.linalg.norm(x) + np.linalg.norm(y)) / 2
    east, north = x / np.linalg.norm(x), y / np.linalg.norm(y)
    off = -origin / metre
    return Mast(float(off @ east), float(off @ north), abs(float(off @ np.cross(east, north))))


def _columns(plane: GroundPlane, size: tuple[int, int]) -> tuple[Floats, Floats, Floats]:
    """Return a metre east, a metre north and the origin as the picture shows them, from its middle, homogeneous."""
    shift = (plane.centre_px - np.array(size) / 2) / plane.scale_px
    from_middle = np.array([[1.0, 0.0, shift[0]], [0.0, 1.0, shift[1]], [0.0, 0.0, 1.0]])
    east, north, origin = (from_middle @ np.linalg.inv(plane.matrix)).T
    return east, north, origin
