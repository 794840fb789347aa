"""Signs on number plates, put onto the plate in perspective."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.scenes.paint.signs import STROKE, strokes_of
from vision.scenes.paint.solids import Floats

LEGIBLE_PX = 9.0  # a plate lower than this shows grey lines only
FONT_PX = 160
FINE = 4  # pixels are drawn so many times finer and averaged
SIGN_SHARE = {1: 0.66, 2: 0.36}  # height of a sign as a share of the plate's, by lines
Outline = tuple[NDArray[np.float64], ...]


@cache
def outline(sign: str) -> tuple[Outline, float]:
    """Return a sign's outlines, one sign height high, holes after their outsides, and its width.

    Parameters
    ----------
    sign : str
        One sign.

    Returns
    -------
    tuple
        Polygons of x, y (right, down from the top left), and the width.
    """
    strokes, width = strokes_of(sign)
    sheet = np.zeros((FONT_PX + 2, FONT_PX + 2), np.uint8)
    for stroke in strokes:
        points = np.rint(np.array(stroke) * FONT_PX).astype(np.int32) + 1
        cv2.polylines(sheet, [points], isClosed=False, color=(255,), thickness=round(STROKE * FONT_PX))
    contours, _ = cv2.findContours(sheet, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    smooth = [cv2.approxPolyDP(c, 0.8, closed=True)[:, 0].astype(np.float64) for c in contours]
    return tuple((c - 1) / FONT_PX for c in smooth if len(c) > 2), width


@cache
def typeset(lines: tuple[str, ...], ratio: float) -> Outline:
    """Return all outlines of a plate in its own frame: x, y from 0 to 1, right and down.

    Parameters
    ----------
    lines : tuple of str
        One or two.
    ratio : float
        The plate's width over its height.

    Returns
    -------
    tuple of ndarray
        Polygons.
    """
    share = SIGN_SHARE[len(lines)]
    made: list[NDArray[np.float64]] = []
    for row, line in enumerate(lines):
        top = (1 - share) / 2 if len(lines) == 1 else 0.09 + row * 0.46
        widths = [outline(sign)[1] if sign != " " else 0.4 for sign in line]
        gap, narrow = 0.16, 0.86
        total = (sum(widths) * narrow + gap * (len(line) - 1)) * share / ratio
        narrow *= min(1.0, 0.92 / total)
        x = 0.5 - min(total, 0.92) / 2
        for sign, width in zip(line, widths, strict=True):
            step = np.array([share / ratio * narrow, share])
            made += [polygon * step + np.array([x, top]) for polygon in (outline(sign)[0] if sign != " " else ())]
            x += (width * narrow + gap * narrow / 0.86) * share / ratio
    return tuple(made)


def draw_plate(image: Image, corners: Floats, lines: tuple[str, ...], paper: list[int]) -> None:
    """Draw a plate's signs where they can be read, else the grey lines that are left of them.

    Parameters
    ----------
    image : ndarray
        Changed in place.
    corners : ndarray
        4 × 2 pixels: top left, top right, bottom right, bottom left as read.
    lines : tuple of str
        One or two.
    paper : list of int
        The plate's colour in this light.
    """
    low, high = np.floor(corners.min(0)).astype(int) - 1, np.ceil(corners.max(0)).astype(int) + 2
    if low[0] < 0 or low[1] < 0 or high[0] >= image.shape[1] or high[1] >= image.shape[0]:
        return
    ink = [min(v // 6, 40) for v in paper] if sum(paper) > 240 else [min(255, v * 4 + 60) for v in paper]
    tall = float(corners[3, 1] - corners[0, 1])
    if tall < LEGIBLE_PX / 2:
        return
    if tall < LEGIBLE_PX:
        _grey(image, corners, len(lines), [(a + b) // 2 for a, b in zip(ink, paper, strict=True)])
        return
    view = image[low[1] : high[1], low[0] : high[0]]
    fine = cv2.resize(view, None, fx=FINE, fy=FINE, interpolation=cv2.INTER_NEAREST)
    ratio = 0.19 / 0.14 if len(lines) == 2 else 0.52 / 0.11
    shapes = [np.rint((placed(corners, p) - low) * FINE * 16).astype(np.int32) for p in typeset(lines, ratio)]
    cv2.fillPoly(fine, shapes, ink, cv2.LINE_8, 4)
    view[:] = cv2.resize(fine, (view.shape[1], view.shape[0]), interpolation=cv2.INTER_AREA)


def placed(corners: Floats, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return pixels of places on a plate (shares right and down), in perspective.

    Parameters
    ----------
    corners : ndarray
        4 × 2 pixels in a round from the top left.
    points : ndarray
        n × 2, 0 to 1.

    Returns
    -------
    ndarray
        n × 2 pixels.
    """
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners.tolist()
    sx, sy = ax - bx + cx - dx, ay - by + cy - dy
    ex, ey, fx, fy = bx - cx, by - cy, dx - cx, dy - cy
    base = ex * fy - fx * ey or 1e-9
    g, h = (sx * fy - fx * sy) / base, (ex * sy - sx * ey) / base
    u, v = points[:, 0], points[:, 1]
    below = g * u + h * v + 1.0
    x = ((bx - ax + g * bx) * u + (dx - ax + h * dx) * v + ax) / below
    y = ((by - ay + g * by) * u + (dy - ay + h * dy) * v + ay) / below
    return np.stack([x, y], 1)


def _grey(image: Image, corners: Floats, lines: int, ink: list[int]) -> None:
    for top, bottom in ((0.25, 0.75),) if lines == 1 else ((0.12, 0.42), (0.58, 0.88)):
        band = placed(corners, np.array([[0.08, top], [0.92, top], [0.92, bottom], [0.08, bottom]]))
        cv2.fillConvexPoly(image, np.rint(band * 16).astype(np.int32), ink, cv2.LINE_AA, 4)
