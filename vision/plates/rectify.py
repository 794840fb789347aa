"""A plate seen from aside, made straight: its four corners by its outline, laid onto an upright rectangle."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image

# An outline that fills less of the picture than this is a sign or a part of the plate, not the plate.
LEAST_SHARE = 0.35
ROOM = 0.04


def straightened(crop: Image) -> Image | None:
    """Return the plate without its slant, or ``None`` where its outline is not clear.

    Parameters
    ----------
    crop : ndarray
        A plate's picture with a little of what is around it.

    Returns
    -------
    ndarray or None
        As large as the plate was seen.
    """
    corners = plate_corners(crop)
    if corners is None:
        return None
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    wide, tall = max(sides[0], sides[2]), max(sides[1], sides[3])
    room = np.array([ROOM * wide, ROOM * tall])
    full = round(wide + 2 * room[0]), round(tall + 2 * room[1])
    upright = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]]) + room
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), upright.astype(np.float32))
    straight = cv2.warpPerspective(crop, turn, full, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(straight, np.uint8)


def plate_corners(crop: Image) -> NDArray[np.float64] | None:
    """Return the plate's corners in a round from the top left (4 × 2 pixels), or ``None``.

    Parameters
    ----------
    crop : ndarray
        A plate's picture with a little of what is around it.

    Returns
    -------
    ndarray or None
        Pixels.
    """
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    _, bright = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    if cv2.contourArea(hull) < LEAST_SHARE * grey.size:
        return None
    for tolerance in (0.02, 0.04, 0.06):
        found = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, closed=True), closed=True)
        if len(found) == 4:
            return _in_round(found[:, 0].astype(np.float64))
    return None


def _in_round(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    middle = corners - corners.mean(axis=0)
    order = np.argsort(np.arctan2(middle[:, 1], middle[:, 0]))
    corners = corners[order]
    return np.roll(corners, -int(corners.sum(axis=1).argmin()), axis=0)
