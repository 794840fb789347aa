"""A camera on a mast: from metres to pixels, with shake."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from vision.scenes.layout import Arm, Floats

NEAR_M = 0.5


@dataclass(frozen=True)
class PinholeCamera:
    """A camera without distortion.

    Attributes
    ----------
    place_m : tuple of float
        x east, y north, z above the road, metres.
    yaw_deg : float
        Where it looks, clockwise from north.
    pitch_deg, roll_deg : float
        How far down it looks; how far the picture is turned clockwise.
    focal_px : float
        Focal length.
    size : tuple of int
        Width and height of the picture, pixels.
    fps : float
        Frames a second.
    push_px : tuple of float
        By how much the whole picture is pushed, right and down (shake, or a mast that was hit).
    """

    place_m: tuple[float, float, float]
    yaw_deg: float
    pitch_deg: float
    focal_px: float
    size: tuple[int, int] = (1280, 720)
    fps: float = 25.0
    roll_deg: float = 0.0
    push_px: tuple[float, float] = (0.0, 0.0)

    @cached_property
    def axes(self) -> Floats:
        """Rows: right, down and forward of the picture as unit vectors of the ground's frame."""
        yaw, pitch, roll = np.radians([self.yaw_deg, self.pitch_deg, self.roll_deg])
        forward = np.array([np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), -np.sin(pitch)])
        right = np.array([np.cos(yaw), -np.sin(yaw), 0.0])
        down = np.cross(forward, right)
        turned = np.cos(roll) * right - np.sin(roll) * down
        return np.stack([turned, np.cos(roll) * down + np.sin(roll) * right, forward])

    def pixels(self, points_m: object) -> tuple[Floats, Floats]:
        """Return pixels (n × 2) of places (n × 3, metres) and their depths (n, metres; not positive is behind)."""
        off = np.asarray(points_m, np.float64).reshape(-1, 3) - np.array(self.place_m)
        seen = off @ self.axes.T
        depth = seen[:, 2]
        middle = np.array(self.size) / 2 + np.array(self.push_px)
        return seen[:, :2] / np.maximum(depth, NEAR_M)[:, None] * self.focal_px + middle, depth

    def moved(self, push_px: tuple[float, float], roll_deg: float = 0.0) -> "PinholeCamera":
        """Return the same camera pushed by pixels and rolled by degrees more."""
        at = self.push_px[0] + push_px[0], self.push_px[1] + push_px[1]
        return replace(self, push_px=at, roll_deg=self.roll_deg + roll_deg)


def approach_camera(arm: Arm, fps: float = 25.0) -> PinholeCamera:
    """Return a camera above an arm's lanes that sees the stop line from behind the traffic, as plates need it."""
    return _above(arm, along_m=-32.0, across_m=7.0, height_m=9.5, pitch_deg=17.0, focal_px=1100.0, fps=fps)


def kerb_camera(arm: Arm, fps: float = 25.0) -> PinholeCamera:
    """Return a camera farther back, above the kerb, that sees the bus stop and the no-stopping zone."""
    return _above(arm, along_m=-118.0, across_m=10.0, height_m=9.0, pitch_deg=13.0, focal_px=1100.0, fps=fps)


def _above(
    arm: Arm, *, along_m: float, across_m: float, height_m: float, pitch_deg: float, focal_px: float, fps: float
) -> PinholeCamera:
    x, y = arm.place(along_m, across_m)
    return PinholeCamera((x, y, height_m), (arm.bearing_deg + 180.0) % 360.0, pitch_deg, focal_px, fps=fps)
