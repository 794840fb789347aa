"""Light and shadow on the road: under road users, ahead of headlamps, below street lamps."""

from collections.abc import Sequence

import cv2
import numpy as np

from vision.frames import Image
from vision.scenes.layout import PAVEMENT_M, Layout
from vision.scenes.paint.backdrop import ground_places
from vision.scenes.paint.brush import SCALE, SHIFT
from vision.scenes.paint.lens import Lens, turn
from vision.scenes.paint.light import Light
from vision.scenes.paint.sight import Seen
from vision.scenes.paint.solids import Floats

BEAM_M = 11.0
FARTHEST_PX = 20_000.0


def shadows(image: Image, seen: Sequence[Seen], lens: Lens, light: Light) -> None:
    """Darken the road under road users, and away from the sun where it shines.

    Parameters
    ----------
    image : ndarray
        Changed in place.
    seen : sequence of Seen
        Road users and what has no number, which casts none.
    lens : Lens
        The camera.
    light : Light
        What shines.
    """
    mask = np.full(image.shape[:2], 255, np.uint8)
    east, north, up = light.sun
    for one in seen:
        if one.thing.number <= 0:
            continue
        thing = one.thing
        length, width = thing.footprint or (1.0, 1.0)
        cos, sin = turn(thing.heading_rad)
        ahead, left = np.array([1, 1, -1, -1]) * length * 0.5, np.array([-1, 1, 1, -1]) * width * 0.5
        foot = np.stack([thing.x + ahead * cos - left * sin, thing.y + ahead * sin + left * cos, np.zeros(4)], 1)
        _darken(mask, foot, lens, round(255 * (1 - 0.45)))
        if light.shadow > 0.2:
            high = float(thing.model.points[:, 2].max()) * 0.85 / max(up, 0.3)
            cast = foot + np.array([-east * high, -north * high, 0.0])
            _darken(mask, np.concatenate([foot, cast]), lens, round(255 * (1 - light.shadow * 0.7)))
    rows = np.flatnonzero(mask.min(1) < 255)
    if len(rows):
        low, high_row = max(0, int(rows[0]) - 3), int(rows[-1]) + 4
        soft = cv2.blur(mask[low:high_row], (5, 5))
        image[low:high_row] = cv2.multiply(image[low:high_row], cv2.merge([soft, soft, soft]), scale=1 / 255)


def _darken(mask: Image, ground: Floats, lens: Lens, value: int) -> None:
    pixels, depth = lens.see(ground)
    if float(depth.min()) > 0.5:
        hull = cv2.convexHull(np.rint(pixels * SCALE).astype(np.int32))
        cv2.fillConvexPoly(mask, hull, (value,), cv2.LINE_8, SHIFT)


def beams(seen: Sequence[Seen], lens: Lens) -> list[Floats]:
    """Return the road ahead of headlamps as polygons of pixels.

    Parameters
    ----------
    seen : sequence of Seen
        Road users.
    lens : Lens
        The camera.

    Returns
    -------
    list of ndarray
        4 × 2 each.
    """
    made = []
    for one in seen:
        thing = one.thing
        if "head" not in thing.lit or thing.footprint is None:
            continue
        cos, sin = turn(thing.heading_rad)
        near, half = thing.footprint[0] / 2 + 0.5, thing.footprint[1] / 2
        ahead = np.array([near, near, near + BEAM_M, near + BEAM_M])
        left = np.array([-half, half, half + 1.6, -half - 1.6])
        ground = np.stack([thing.x + ahead * cos - left * sin, thing.y + ahead * sin + left * cos, np.zeros(4)], 1)
        pixels, depth = lens.see(ground)
        if float(depth.min()) > 0.5 and float(np.abs(pixels).max()) < 20_000:
            made.append(pixels)
    return made


def street_light(layout: Layout, lens: Lens) -> Image:
    """Return how bright street lamps make each pixel of a night: 128 leaves it as it is.

    Parameters
    ----------
    layout : Layout
        The junction.
    lens : Lens
        The camera.

    Returns
    -------
    ndarray
        Height × width × 3.
    """
    east, north, is_ground = ground_places(lens)
    share = np.zeros(east.shape)
    for arm in layout.arms.values():
        for k in range(6):
            x, y = arm.place(-8.0 - 24.0 * k, (arm.half_m + PAVEMENT_M / 2) * (1 if k % 2 else -1))
            share += 1.0 / (1.0 + ((east - x) ** 2 + (north - y) ** 2) / 90.0)
    gain = np.clip(np.rint(78 + 95 * np.where(is_ground, share, 0.25)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.merge([gain, gain, gain]), np.uint8)
