"""Light of lamps, rain and haze over a finished picture."""

import random
from collections.abc import Sequence

import cv2
import numpy as np

from vision.frames import Image
from vision.scenes.paint.brush import SCALE, SHIFT, Glow
from vision.scenes.paint.solids import Colour, Floats

SHINE: dict[str, Colour] = {
    "head": (225, 245, 255), "tail": (30, 24, 235), "brake": (40, 36, 255), "street": (150, 215, 255),
    "red": (30, 30, 255), "yellow": (30, 200, 255), "green": (150, 255, 60), "indicator": (20, 150, 255),
}  # fmt: skip
# How far a lamp's halo reaches, in its own radii, and how much of it there is.
REACH = {
    "head": 4.5,
    "tail": 2.2,
    "brake": 3.0,
    "street": 4.0,
    "red": 2.0,
    "yellow": 2.0,
    "green": 2.0,
    "indicator": 2.2,
}
COARSE = 4
RAIN_SHEETS = 3


def shine(image: Image, glows: Sequence[Glow], beams: Sequence[Floats], *, dark: float) -> None:
    """Add lamps with their halos and the light they throw on the road.

    Parameters
    ----------
    image : ndarray
        Changed in place.
    glows : sequence of Glow
        Lamps that are seen.
    beams : sequence of ndarray
        Polygons of pixels on the road ahead of headlamps.
    dark : float
        0 by day to 1 by night: how strong halos are.
    """
    height, width = image.shape[:2]
    halo = np.zeros((height // COARSE, width // COARSE, 3), np.uint8)
    for beam in beams:
        cv2.fillConvexPoly(halo, np.rint(beam / COARSE * SCALE).astype(np.int32), (26, 34, 38), cv2.LINE_AA, SHIFT)
    for glow in glows:
        share = dark * glow.facing * glow.facing * 0.55
        radius = max(1.0, glow.radius_px * REACH[glow.kind] * (0.5 + glow.facing) / COARSE)
        colour = [round(v * share) for v in SHINE[glow.kind]]
        middle = (round(glow.x / COARSE * SCALE), round(glow.y / COARSE * SCALE))
        cv2.circle(halo, middle, round(radius * SCALE), colour, -1, cv2.LINE_AA, SHIFT)
    halo = cv2.blur(cv2.blur(halo, (7, 7)), (5, 5))
    cv2.add(image, cv2.resize(halo, (width, height), interpolation=cv2.INTER_LINEAR), image)
    for glow in glows:
        if glow.facing > 0.1:
            radius = glow.radius_px * (0.9 + 0.5 * dark * glow.facing)
            middle = (round(glow.x * SCALE), round(glow.y * SCALE))
            cv2.circle(image, middle, round(radius * SCALE), SHINE[glow.kind], -1, cv2.LINE_AA, SHIFT)


class Rain:
    """Streaks that fall differently in every picture.

    Parameters
    ----------
    size : tuple of int
        Width and height of the picture.
    amount : float
        0 (none) to 1 (a cloudburst).
    seed : int
        Of the streaks.
    """

    def __init__(self, size: tuple[int, int], amount: float, seed: int) -> None:
        self.size, self.amount = size, amount
        rng = random.Random(seed)  # noqa: S311 - a scene, not a secret
        self._sheets = [streaks(size, amount, rng) for _ in range(RAIN_SHEETS)] if amount > 0 else []

    def fall(self, image: Image, rng: random.Random, air: Colour) -> Image:
        """Return the picture with haze of the colour ``air`` and streaks."""
        if not self._sheets:
            return image
        share = 0.22 * self.amount
        hazy = cv2.addWeighted(image, 1 - share, np.full_like(image, air), share, 0.0)
        x, y = rng.randrange(0, 64), rng.randrange(0, 64)
        sheet = self._sheets[rng.randrange(RAIN_SHEETS)][y : y + self.size[1], x : x + self.size[0]]
        return np.asarray(cv2.add(hazy, sheet), np.uint8)


def streaks(size: tuple[int, int], amount: float, rng: random.Random) -> Image:
    """Draw a sheet of streaks of rain on black, larger by 64 pixels than a picture.

    Parameters
    ----------
    size : tuple of int
        Width and height of the picture.
    amount : float
        0 to 1.
    rng : random.Random
        Chooses them.

    Returns
    -------
    ndarray
        Height + 64 × width + 64 × 3.
    """
    sheet = np.zeros((size[1] + 64, size[0] + 64, 3), np.uint8)
    slant = rng.uniform(-0.25, 0.25)
    for _ in range(round(size[0] * size[1] * amount / 700)):
        x, y, long = rng.randrange(sheet.shape[1]), rng.randrange(sheet.shape[0]), rng.randint(8, 30)
        tone = rng.randint(18, 52)
        cv2.line(sheet, (x, y), (x + round(long * slant), y + long), (tone, tone, tone), 1, cv2.LINE_AA)
    return np.asarray(cv2.blur(sheet, (2, 3)), np.uint8)
