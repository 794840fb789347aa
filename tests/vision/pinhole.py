"""A camera on a mast above a flat road, for tests of places and speeds."""

import numpy as np
from numpy.typing import NDArray

from vision.ground import GroundPoint

Floats = NDArray[np.float64]
AT = (105.85, 21.02)
DEGREE_M = (103_933.7, 110_716.6)  # of longitude and latitude there, WGS 84


class Pinhole:
    """A camera ``height_m`` above the road, looking north and ``tilt_deg`` down; 1280 × 720, focal length 900 px."""

    def __init__(self, height_m: float = 7.0, tilt_deg: float = 20.0) -> None:
        self.height_m = height_m
        self.tilt = np.radians(tilt_deg)

    def pixels(self, east_north: Floats) -> Floats:
        """Return where places of the road, metres east and north of the mast's foot, are in the picture."""
        east, north = np.asarray(east_north, np.float64).reshape(-1, 2).T
        deep = north * np.cos(self.tilt) + self.height_m * np.sin(self.tilt)
        below = self.height_m * np.cos(self.tilt) - north * np.sin(self.tilt)
        return np.column_stack([640 + 900 * east / deep, 360 + 900 * below / deep])

    @property
    def horizon_px(self) -> float:
        """Pixels from the top to the horizon."""
        return float(360 - 900 * np.tan(self.tilt))


def lon_lat(east_north: Floats) -> Floats:
    """Return lon, lat of places in metres from the mast."""
    return np.asarray(east_north) / np.array(DEGREE_M) + np.array(AT)


MARKS = np.array(
    [[-5.0, 12.0], [5.0, 12.0], [-6.0, 25.0], [6.0, 26.0], [-5.5, 45.0], [6.5, 44.0], [0.0, 18.0], [1.0, 33.0]]
)


def pairs(camera: Pinhole, marks: Floats = MARKS, seed: int | None = None) -> list[GroundPoint]:
    """Make pairs of pixel and place of marks; with a seed clicked and mapped as people do."""
    px, at = camera.pixels(marks), np.array(marks, np.float64)
    if seed is not None:
        rng = np.random.default_rng(seed)
        px = px + rng.normal(0, 1.5, px.shape)
        at = at + rng.normal(0, 0.3, at.shape)
    return [GroundPoint((p[0], p[1]), (a[0], a[1])) for p, a in zip(px, lon_lat(at), strict=True)]
