"""Draws one thing, part by part, from the farthest to the nearest."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.scenes.paint.plates import draw_plate
from vision.scenes.paint.sight import Seen
from vision.scenes.paint.solids import Part

SHIFT = 4  # pixels are given to OpenCV in sixteenths
SCALE = 1 << SHIFT
Corners = NDArray[np.int32]


@dataclass(frozen=True)
class Glow:
    """A lamp: pixel, radius, what it is, how squarely it faces the camera (0 to 1), and its surface's colour."""

    x: float
    y: float
    radius_px: float
    kind: str
    facing: float
    colour: tuple[int, ...]

    def is_open(self, image: Image) -> bool:
        """Return whether nothing was painted over it."""
        x, y = round(self.x), round(self.y)
        inside = 0 <= x < image.shape[1] and 0 <= y < image.shape[0]
        return inside and tuple(image[y, x].tolist()) == self.colour


def draw(image: Image, seen: Seen) -> list[int]:
    """Draw a thing.

    Parameters
    ----------
    image : ndarray
        Changed in place.
    seen : Seen
        After `shade`.

    Returns
    -------
    list of int
        Its parts that shine; see `glow_of`.
    """
    model = seen.thing.model
    fixed = np.rint(seen.pixels * SCALE).astype(np.int32)
    lamps: list[int] = []
    for i in seen.order:
        part, points = model.parts[i], fixed[model.corners[i]]
        _draw_part(image, part, points, seen.colours[i], float(seen.radii_px[i]))
        if part.text:
            draw_plate(image, seen.pixels[model.corners[i]], part.text, seen.colours[i])
        if part.glow and part.glow in seen.thing.lit:
            lamps.append(i)
    return lamps


def draw_ids(
    sheet: NDArray[Any],
    seen: Seen,
    numbers: Mapping[int, float],
    at: tuple[int, int] = (0, 0),
    *,
    only: Collection[int] | None = None,
) -> None:
    """Draw a thing's parts as numbers, so that one can count what is seen of whom.

    Parameters
    ----------
    sheet : ndarray
        Height × width of whole numbers; changed in place.
    seen : Seen
        After `shade`.
    numbers : mapping of int to float
        The number of each owner; 0 for owners without one.
    at : tuple of int
        Pixel of the sheet's left top corner.
    only : collection of int, optional
        The only owners whose parts are drawn.
    """
    model = seen.thing.model
    fixed = np.rint((seen.pixels - np.array(at)) * SCALE).astype(np.int32)
    for i in seen.order:
        part = model.parts[i]
        if only is None or part.owner in only:
            _number_part(sheet, part, fixed[model.corners[i]], numbers.get(part.owner, 0), float(seen.radii_px[i]))


def _number_part(sheet: NDArray[Any], part: Part, points: Corners, number: float, radius_px: float) -> None:
    if len(points) > 2:
        cv2.fillConvexPoly(sheet, cv2.convexHull(points) if part.is_hull else points, (number,), cv2.LINE_8, SHIFT)
    elif len(points) == 2:
        cv2.line(
            sheet, points[0].tolist(), points[1].tolist(), (number,), max(1, round(radius_px * 2)), cv2.LINE_8, SHIFT
        )
    else:
        cv2.circle(
            sheet, points[0].tolist(), max(SCALE // 2, round(radius_px * SCALE)), (number,), -1, cv2.LINE_8, SHIFT
        )


def _draw_part(image: Image, part: Part, points: Corners, colour: list[int], radius_px: float) -> None:
    if part.is_hull:
        cv2.fillConvexPoly(image, cv2.convexHull(points), colour, cv2.LINE_AA, SHIFT)
    elif len(points) > 2:
        cv2.fillConvexPoly(image, points, colour, cv2.LINE_AA, SHIFT)
    elif len(points) == 2:
        _rod(image, points, colour, radius_px)
    else:
        _ball(image, points[0].tolist(), colour, radius_px)


def _rod(image: Image, points: Corners, colour: list[int], radius_px: float) -> None:
    start, end = points.tolist()
    thick = max(1, round(radius_px * 2))
    cv2.line(image, start, end, darker(colour) if thick > 4 else colour, thick, cv2.LINE_AA, SHIFT)
    if thick > 4:
        up = round(radius_px * 0.3 * SCALE)
        cv2.line(
            image, (start[0], start[1] - up), (end[0], end[1] - up), colour, max(1, thick * 6 // 10), cv2.LINE_AA, SHIFT
        )


def _ball(image: Image, middle: list[int], colour: list[int], radius_px: float) -> None:
    radius = max(SCALE // 2, round(radius_px * SCALE))
    cv2.circle(image, middle, radius, darker(colour) if radius_px > 2.5 else colour, -1, cv2.LINE_AA, SHIFT)
    if radius_px > 2.5:
        up = radius * 3 // 10
        cv2.circle(image, (middle[0], middle[1] - up), radius * 65 // 100, colour, -1, cv2.LINE_AA, SHIFT)


def darker(colour: list[int]) -> list[int]:
    """Return the shadow side's colour.

    Parameters
    ----------
    colour : list of int
        Blue, green, red.

    Returns
    -------
    list of int
        A quarter less.
    """
    return [v * 3 // 4 for v in colour]


def glow_of(image: Image, seen: Seen, i: int) -> Glow:
    """Return a lamp just after its thing was drawn.

    Parameters
    ----------
    image : ndarray
        The picture so far.
    seen : Seen
        The thing.
    i : int
        The part.

    Returns
    -------
    Glow
        See there.
    """
    part = seen.thing.model.parts[i]
    corners = seen.pixels[list(part.corners)]
    x, y = (float(v) for v in corners.mean(0))
    extent = float((corners.max(0) - corners.min(0)).max()) / 2
    facing = float(seen.facing[i]) if part.normal else 1.0
    inside = 0 <= round(x) < image.shape[1] and 0 <= round(y) < image.shape[0]
    colour = tuple(image[round(y), round(x)].tolist()) if inside else ()
    return Glow(x, y, max(extent, float(seen.radii_px[i]), 1.0), part.glow or "head", facing, colour)
