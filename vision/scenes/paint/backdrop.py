"""What lies flat and never moves: sky, ground, road with its kerbs and markings; drawn once a camera."""

import random
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.scenes.layout import CROSSING_M, PAVEMENT_M, Arm, Layout, Place
from vision.scenes.paint.brush import SCALE, SHIFT
from vision.scenes.paint.lens import Lens
from vision.scenes.paint.light import Light
from vision.scenes.paint.solids import Colour, Floats

ASPHALT: Colour = (98, 97, 96)
PAVING: Colour = (132, 140, 148)
SOIL: Colour = (110, 122, 126)
KERB: Colour = (168, 170, 172)
WHITE: Colour = (222, 224, 224)
YELLOW: Colour = (70, 190, 225)
FAR_M = 140.0
CUT_M = 0.6
SHEET = 256


def backdrop(layout: Layout, lens: Lens, light: Light, seed: int) -> Image:
    """Draw the picture of an empty junction.

    Parameters
    ----------
    layout : Layout
        The junction.
    lens : Lens
        The camera.
    light : Light
        What shines.
    seed : int
        Of stains and wear.

    Returns
    -------
    ndarray
        Height × width × 3.
    """
    rng = random.Random(seed)  # noqa: S311 - a scene, not a secret
    image = _sky(lens, light)
    for corners, colour in _surfaces(layout, rng):
        _fill(image, corners, light.flat(colour), lens)
    _weather_ground(image, lens, seed)
    return image


def _sky(lens: Lens, light: Light) -> Image:
    width, height = lens.size
    high, low = np.array(light.sky[0], np.float64), np.array(light.sky[1], np.float64)
    share = np.minimum(np.arange(height) / max(1, height * 0.4), 1.0)[:, None]
    rows = np.rint(high + (low - high) * share).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(rows[:, None, :], (height, width, 3)))


def _surfaces(layout: Layout, rng: random.Random) -> Iterator[tuple[Sequence[Place], Colour]]:
    yield ((-900, -900), (-900, 900), (900, 900), (900, -900)), SOIL
    arms = list(layout.arms.values())
    for arm in arms:
        yield arm.strip((-FAR_M, arm.reach_m), (-arm.half_m - PAVEMENT_M, arm.half_m + PAVEMENT_M)), PAVING
    for arm in arms:
        yield arm.strip((-FAR_M, arm.reach_m), (-arm.half_m - 0.25, arm.half_m + 0.25)), KERB
    tone = rng.randint(-12, 12)
    grey: Colour = (ASPHALT[0] + tone, ASPHALT[1] + tone, ASPHALT[2] + tone)
    for arm in arms:
        yield arm.strip((-FAR_M, arm.reach_m), (-arm.half_m, arm.half_m)), grey
    for arm in arms:
        yield from _patches(arm, rng, grey)
        yield from _markings(arm)


def _patches(arm: Arm, rng: random.Random, grey: Colour) -> Iterator[tuple[Sequence[Place], Colour]]:
    for _ in range(7):
        along, across = rng.uniform(-60, 0), rng.uniform(-arm.half_m, arm.half_m - 1.5)
        tone = rng.randint(-14, 10)
        colour: Colour = (grey[0] + tone, grey[1] + tone, grey[2] + tone)
        yield (
            arm.strip((along, along + rng.uniform(1, 9)), (across, min(arm.half_m, across + rng.uniform(0.6, 2.2)))),
            colour,
        )


def _markings(arm: Arm) -> Iterator[tuple[Sequence[Place], Colour]]:
    yield arm.strip((-0.35, 0.05), (0.15, arm.half_m - 0.1)), WHITE
    stripe = -arm.half_m + 0.3
    while stripe < arm.half_m - 0.5:
        yield arm.strip(CROSSING_M, (stripe, stripe + 0.45)), WHITE
        stripe += 0.95
    for shift in (-0.22, 0.08):
        yield arm.strip((-FAR_M, -0.35), (shift, shift + 0.14)), YELLOW
    for lane in arm.lanes[:-1]:
        solid = YELLOW if lane.kind == "brt" else WHITE
        yield arm.strip((-22.0, -0.35), (lane.right_m - 0.06, lane.right_m + 0.07)), solid
        for side in (1, -1):
            yield from _dashes(
                arm, side * lane.right_m, solid if lane.kind == "brt" else WHITE, whole=lane.kind == "brt"
            )
    for lane in arm.lanes:
        yield from _arrow(arm, lane.middle_m)


def _dashes(arm: Arm, across: float, colour: Colour, *, whole: bool) -> Iterator[tuple[Sequence[Place], Colour]]:
    along, step, long = (-22.0, 6.0, 6.0 if whole else 2.2)
    if across < 0:
        along = -3.0
    while along > -FAR_M:
        yield arm.strip((along - long, along), (across - 0.06, across + 0.07)), colour
        along -= step


def _arrow(arm: Arm, across: float) -> Iterator[tuple[Sequence[Place], Colour]]:
    for along in (-9.0, -30.0):
        yield arm.strip((along - 2.0, along), (across - 0.09, across + 0.09)), WHITE
        yield (
            tuple(arm.place(a, c) for a, c in ((along, across - 0.34), (along + 1.0, across), (along, across + 0.34))),
            WHITE,
        )


def _fill(image: Image, corners: Sequence[Place], colour: Colour, lens: Lens) -> None:
    points = cut_near(np.array([(x, y, 0.0) for x, y in corners], np.float64), lens)
    if len(points) < 3:
        return
    pixels, _ = lens.see(points)
    if float(np.abs(pixels).max()) > 30_000:
        pixels = np.clip(pixels, -30_000, 30_000)
    cv2.fillConvexPoly(image, np.rint(pixels * SCALE).astype(np.int32), colour, cv2.LINE_AA, SHIFT)


def cut_near(points: Floats, lens: Lens) -> Floats:
    """Cut a polygon at the plane just ahead of the camera.

    Parameters
    ----------
    points : ndarray
        n × 3 corners in a round, metres.
    lens : Lens
        The camera.

    Returns
    -------
    ndarray
        The corners that are left.
    """
    _, depth = lens.see(points)
    left: list[Floats] = []
    for i, point in enumerate(points):
        j = (i + 1) % len(points)
        if depth[i] >= CUT_M:
            left.append(point)
        if (depth[i] >= CUT_M) != (depth[j] >= CUT_M):
            left.append(point + (points[j] - point) * ((CUT_M - depth[i]) / (depth[j] - depth[i])))
    return np.array(left).reshape(-1, 3)


def ground_places(lens: Lens) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return east and north (metres) of the ground in each pixel, and where there is ground.

    Parameters
    ----------
    lens : Lens
        The camera.

    Returns
    -------
    tuple of ndarray
        Three of height × width.
    """
    width, height = lens.size
    u = ((np.arange(width) + 0.5 - lens.middle[0]) / lens.focal_px)[None, :]
    v = ((np.arange(height) + 0.5 - lens.middle[1]) / lens.focal_px)[:, None]
    right, down, ahead = lens.axes
    fall = right[2] * u + down[2] * v + ahead[2]
    is_ground = fall < -0.004
    reach = -lens.at[2] / np.where(is_ground, fall, -1.0)
    east = lens.at[0] + (right[0] * u + down[0] * v + ahead[0]) * reach
    north = lens.at[1] + (right[1] * u + down[1] * v + ahead[1]) * reach
    return east, north, is_ground


def _weather_ground(image: Image, lens: Lens, seed: int) -> None:
    """Lay grain and stains over the ground."""
    east, north, is_ground = ground_places(lens)
    noise = np.random.default_rng(seed).integers(0, 256, (SHEET, SHEET), dtype=np.uint8)
    coarse = (np.clip(cv2.blur(noise, (9, 9)), 97, 159) - np.uint8(96)) * np.uint8(4)
    gain = np.zeros(east.shape, np.int16)
    far = np.abs(east - lens.at[0]) + np.abs(north - lens.at[1])
    for per_m, sheet, share, until_m in ((14.0, noise, 11, 30.0), (3.0, noise, 9, 90.0), (0.5, coarse, 14, 1e9)):
        x, y = (np.remainder(np.clip(v, -2000, 2000) * per_m, SHEET - 1).astype(np.float32) for v in (east, north))
        grain = cv2.remap(sheet, x, y, cv2.INTER_LINEAR).astype(np.int16) - 128
        gain += np.where(is_ground & (far < until_m), grain * share // 128, 0).astype(np.int16)
    image[:] = np.clip(image.astype(np.int16) + gain[:, :, None], 0, 255).astype(np.uint8)
