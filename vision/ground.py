"""From pixels to metres on the road: a homography that knows how wrong it may be at each pixel."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from schemas.earth import degree_m
from vision.errors import CameraFileError

Floats = NDArray[np.float64]
# How well a person clicks a mark in a picture, and reads its place from a map or an aerial picture.
CLICK_SD_PX = 1.5
MAP_SD_M = 0.3
# Pixels and metres are made about 1 large before anything is solved, as Hartley (1997) advises.
_FLAT = 1e-6
# Residuals beyond this many of their own deviations mean a wrong pair, no unlucky click.
WILD = 4.0


@dataclass(frozen=True)
class GroundPoint:
    """A pixel whose place on the ground (lon, lat, WGS 84) is known."""

    px: tuple[float, float]
    at: tuple[float, float]


@dataclass(frozen=True)
class GroundPlane:
    """A flat road seen by one camera; make one with `fit_ground`.

    Attributes
    ----------
    origin : tuple of float
        Lon, lat (WGS 84) of the place that is 0, 0 in metres: the mean of the given points.
    centre_px, scale_px : Floats, float
        What is taken off pixels, and what they are divided by, before the matrix.
    matrix : Floats
        3 × 3, lower right 1: from such pixels to metres east and north of the origin.
    covariance : Floats
        8 × 8, of the first eight entries of the matrix, row by row.
    """

    origin: tuple[float, float]
    centre_px: Floats
    scale_px: float
    matrix: Floats
    covariance: Floats

    def metres(self, px: object) -> Floats:
        """Return places on the road.

        Parameters
        ----------
        px : array_like
            n × 2, pixels.

        Returns
        -------
        Floats
            n × 2, metres east and north of the origin; ``nan`` at and above the horizon.
        """
        return _through(self.matrix, self._small(px))

    def metre(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of one pixel as `metres` does, without the cost of arrays."""
        (a, b, c), (d, e, f), (g, h, _) = self._rows
        x, y = (x - self._centre[0]) / self.scale_px, (y - self._centre[1]) / self.scale_px
        depth = g * x + h * y + 1.0
        return ((a * x + b * y + c) / depth, (d * x + e * y + f) / depth) if depth > _FLAT else (nan, nan)

    def row_px(self, x: float, y: float) -> float:
        """Return how far down in the picture a place is seen, pixels; ``nan`` where it lies behind the camera."""
        (a, b, c), (g, h, i) = self._back
        depth = g * x + h * y + i
        return (a * x + b * y + c) / depth * self.scale_px + self._centre[1] if depth > 0 else nan

    @cached_property
    def _back(self) -> list[list[float]]:
        """Rows of the matrix from metres to pixels down and to depth, positive before the camera."""
        return [[float(v) for v in row] for row in np.linalg.inv(self.matrix)[1:]]

    @cached_property
    def _rows(self) -> list[list[float]]:
        return [[float(v) for v in row] for row in self.matrix]

    @cached_property
    def _centre(self) -> tuple[float, float]:
        return float(self.centre_px[0]), float(self.centre_px[1])

    def lon_lat(self, px: object) -> Floats:
        """Return the same places as lon, lat (WGS 84); n × 2."""
        return np.asarray(self.metres(px) / np.array(degree_m(self.origin[1])) + np.array(self.origin))

    def covariances_m2(self, px: object, sd_px: float | Floats = 0.0) -> Floats:
        """Return how unsure each place is: of the plane, and of the pixel itself.

        Parameters
        ----------
        px : array_like
            n × 2, pixels.
        sd_px : float or array_like, optional
            Standard deviation of each pixel, for instance of a box's foot.

        Returns
        -------
        Floats
            n × 2 × 2, square metres, by propagation of first order (Hartley and Zisserman 2004, 5.2).
        """
        by_matrix, by_pixel = self.slopes(px)
        own = (np.broadcast_to(sd_px, len(by_pixel)) / self.scale_px) ** 2
        of_plane = by_matrix @ self.covariance @ by_matrix.transpose(0, 2, 1)
        return np.asarray(of_plane + own[:, None, None] * (by_pixel @ by_pixel.transpose(0, 2, 1)))

    def error_m(self, px: object, sd_px: float | Floats = 0.0) -> Floats:
        """Return the standard deviation of each place along its worst direction, metres; ``nan`` beyond the horizon."""
        cov = self.covariances_m2(px, sd_px)
        return np.array([np.sqrt(np.linalg.eigvalsh(c)[-1]) if np.isfinite(c).all() else np.nan for c in cov])

    def _small(self, px: object) -> Floats:
        return np.asarray((np.asarray(px, np.float64).reshape(-1, 2) - self.centre_px) / self.scale_px)

    def slopes(self, px: object) -> tuple[Floats, Floats]:
        """Return how places move with the matrix (n × 2 × 8) and with the pixel (n × 2 × 2)."""
        return _slopes(self.matrix, self._small(px))


def fit_ground(
    points: Sequence[GroundPoint], click_sd_px: float = CLICK_SD_PX, map_sd_m: float = MAP_SD_M
) -> GroundPlane:
    """Lay a flat road through pairs of pixel and place.

    Parameters
    ----------
    points : sequence of GroundPoint
        At least four, no three of four in a line; more of them show which one is wrong.
    click_sd_px, map_sd_m : float, optional
        Standard deviations of the pixels and of the places.

    Returns
    -------
    GroundPlane
        The plane of least squares, weighted by both errors. Where more than four points fit worse than their errors
        allow, its covariance is as much larger.

    Raises
    ------
    CameraFileError
        If the points say no plane: too few, in a line, on both sides of a horizon, or one of them far off.
    """
    if len(points) < 4:
        raise CameraFileError(f"ground has {len(points)} points; a plane needs at least 4 of {{px, at}}")
    px = np.array([point.px for point in points], np.float64)
    at = np.array([point.at for point in points], np.float64)
    origin = (float(at[:, 0].mean()), float(at[:, 1].mean()))
    metres = (at - np.array(origin)) * np.array(degree_m(origin[1]))
    centre, scale = px.mean(axis=0), float(np.abs(px - px.mean(axis=0)).max()) or 1.0
    small = (px - centre) / scale
    first = _first(small, metres)
    whiten = _whitening(first, small, click_sd_px / scale, map_sd_m)

    def misses(entries: Floats) -> Floats:
        off = _through(_matrix(entries), small) - metres
        return np.asarray(np.nan_to_num(np.einsum("nij,nj->ni", whiten, off), nan=1e6).ravel())

    fit = least_squares(misses, first.ravel()[:8], x_scale="jac")
    matrix, spare = _matrix(fit.x), 2 * len(points) - 8
    excess = max(1.0, 2 * fit.cost / spare) if spare else 1.0
    _refuse_wild(points, fit.fun.reshape(-1, 2), spare)
    slope = np.asarray(fit.jac, np.float64)
    covariance = np.asarray(np.linalg.inv(slope.T @ slope) * excess, np.float64)
    return GroundPlane(origin, centre, scale, matrix, covariance)


def _first(small: Floats, metres: Floats) -> Floats:
    for each, name in ((small, "px"), (metres, "at")):
        spread = np.linalg.svd(each - each.mean(axis=0), compute_uv=False)
        if spread[1] < 0.02 * spread[0] or spread[0] == 0:
            raise CameraFileError(f"ground: all {name} lie in one line; add points on both sides of the road")
    found, _ = cv2.findHomography(small, metres, 0)
    if found is None or abs(found[2, 2]) < _FLAT or (len(small) == 4 and _has_a_line(small)):
        raise CameraFileError("ground: three of the four points lie in one line; move one aside or add others")
    first = np.asarray(found / found[2, 2], np.float64)
    if not (_depth(first, small) > _FLAT).all():
        raise CameraFileError(
            "ground: the points lie on both sides of a horizon, so some pairs are exchanged; "
            "check that each px and its at are the same mark, and that at is [lon, lat]"
        )
    return first


def _has_a_line(corners: Floats) -> bool:
    """Tell whether a corner of four lies within a fiftieth of the picture of the line through two others."""
    for a, b, c in itertools.combinations(corners, 3):
        sides = [float(np.hypot(*side)) for side in (b - a, c - b, a - c)]
        area = abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
        if area < 0.02 * max(sides):
            return True
    return False


def _refuse_wild(points: Sequence[GroundPoint], misses: Floats, spare: int) -> None:
    """Name the one point that fits far worse than the others; with four points there is nothing to tell it by."""
    if spare < 2:
        return
    size = np.hypot(misses[:, 0], misses[:, 1])
    worst = int(np.argmax(size))
    if size[worst] > WILD * np.sqrt(2):
        px = points[worst].px
        raise CameraFileError(
            f"ground[{worst}] (px [{px[0]:g}, {px[1]:g}]) does not fit the others by {size[worst]:.0f} times what "
            "clicks and maps err by; check it, or leave it out"
        )


def _whitening(matrix: Floats, small: Floats, click_sd: float, map_sd_m: float) -> Floats:
    by_pixel = _slopes(matrix, small)[1]
    cov = map_sd_m**2 * np.eye(2) + click_sd**2 * (by_pixel @ by_pixel.transpose(0, 2, 1))
    return np.linalg.inv(np.linalg.cholesky(cov))


def _matrix(entries: Floats) -> Floats:
    return np.append(entries, 1.0).reshape(3, 3)


def _depth(matrix: Floats, small: Floats) -> Floats:
    return np.asarray(small @ matrix[2, :2] + 1.0)


def _through(matrix: Floats, small: Floats) -> Floats:
    depth = _depth(matrix, small)
    depth = np.where(depth > _FLAT, depth, np.nan)
    return np.asarray((small @ matrix[:2, :2].T + matrix[:2, 2]) / depth[:, None])


def _slopes(matrix: Floats, small: Floats) -> tuple[Floats, Floats]:
    depth = _depth(matrix, small)
    depth = np.where(depth > _FLAT, depth, np.nan)[:, None]
    out = _through(matrix, small)
    row = np.column_stack([small, np.ones(len(small))]) / depth
    by_matrix = np.zeros((len(small), 2, 8))
    by_matrix[:, 0, 0:3] = by_matrix[:, 1, 3:6] = row
    by_matrix[:, :, 6:8] = -out[:, :, None] * (small / depth)[:, None, :]
    by_pixel = (matrix[None, :2, :2] - out[:, :, None] * matrix[None, 2:3, :2]) / depth[:, :, None]
    return by_matrix, by_pixel
