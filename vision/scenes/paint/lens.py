"""From metres to pixels without a step whose last digit depends on the machine."""

import math
from typing import Protocol

import numpy as np

from vision.scenes.paint.solids import Floats, Point

NEAR_M = 0.4
DIGITS = 9


class Camera(Protocol):
    """A pinhole camera: place in metres (east, north, up), its axes, focal length and size of picture in pixels."""

    @property
    def place_m(self) -> tuple[float, float, float]:
        """East, north, up in metres."""

    @property
    def axes(self) -> Floats:
        """Rows: right, down, forward."""

    @property
    def focal_px(self) -> float:
        """Focal length."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""

    @property
    def push_px(self) -> tuple[float, float]:
        """By how much the picture is pushed right and down."""


class Lens:
    """A pinhole camera as plain numbers.

    Angles come in once, rounded to nine digits; what follows is only + − × ÷ of single numbers, which IEEE 754
    makes alike on every machine. A matrix product is not: its order of adding differs between processors.

    Parameters
    ----------
    camera : Camera
        Where it hangs and looks.
    """

    def __init__(self, camera: Camera) -> None:
        self.at: Floats = np.array([round(float(v), DIGITS) for v in camera.place_m])
        self.axes: Floats = np.asarray(camera.axes, np.float64).round(DIGITS)
        self.focal_px = float(camera.focal_px)
        self.size = camera.size
        self.middle = (camera.size[0] / 2 + camera.push_px[0], camera.size[1] / 2 + camera.push_px[1])

    def see(self, points: Floats) -> tuple[Floats, Floats]:
        """Return pixels (n × 2) and depths (n, metres) of places (n × 3); what is behind is drawn to `NEAR_M`."""
        return project(points - self.at, self.axes, self.focal_px, self.middle)

    def in_frame_of(self, x: float, y: float, heading_rad: float) -> tuple[Floats, Floats]:
        """Return the camera's place and axes in the frame of a thing: ahead, left, up."""
        cos, sin = turn(heading_rad)
        dx, dy = float(self.at[0]) - x, float(self.at[1]) - y
        place = np.array([dx * cos + dy * sin, dy * cos - dx * sin, self.at[2]])
        axes = np.empty((3, 3))
        axes[:, 0] = self.axes[:, 0] * cos + self.axes[:, 1] * sin
        axes[:, 1] = self.axes[:, 1] * cos - self.axes[:, 0] * sin
        axes[:, 2] = self.axes[:, 2]
        return place, axes


def turn(heading_rad: float) -> tuple[float, float]:
    """Return cosine and sine, rounded.

    Parameters
    ----------
    heading_rad : float
        From east, anticlockwise.

    Returns
    -------
    tuple of float
        Cosine, sine.
    """
    return round(math.cos(heading_rad), DIGITS), round(math.sin(heading_rad), DIGITS)


def dot(points: Floats, axis: Floats | Point) -> Floats:
    """Return the products of n × 3 points with one vector, added in one fixed order.

    Parameters
    ----------
    points : ndarray
        n × 3.
    axis : ndarray
        3.

    Returns
    -------
    ndarray
        n.
    """
    return points[:, 0] * axis[0] + points[:, 1] * axis[1] + points[:, 2] * axis[2]


def project(offsets: Floats, axes: Floats, focal_px: float, middle: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return pixels and depths of places seen from a camera.

    Parameters
    ----------
    offsets : ndarray
        n × 3, metres from the camera.
    axes : ndarray
        Rows: right, down, forward.
    focal_px : float
        Focal length.
    middle : tuple of float
        Pixel of the optical axis.

    Returns
    -------
    pixels, depths : ndarray
        n × 2 and n.
    """
    depth = dot(offsets, axes[2])
    near = np.maximum(depth, NEAR_M)
    pixels = np.empty((len(offsets), 2))
    pixels[:, 0] = dot(offsets, axes[0]) / near * focal_px + middle[0]
    pixels[:, 1] = dot(offsets, axes[1]) / near * focal_px + middle[1]
    return pixels, depth
