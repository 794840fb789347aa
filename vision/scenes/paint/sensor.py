"""What a camera does to a picture: softness, noise, shake and compression."""

import random
from dataclasses import dataclass

import cv2
import numpy as np

from vision.frames import Image

SHEETS = 3
SPARE_PX = 64
LONGEST_PX = 60.0


@dataclass(frozen=True)
class Flaws:
    """How good a camera is.

    ``noise`` is a deviation in grey levels, ``soft_px`` and ``shake_px`` are pixels, ``exposure_s`` makes motion
    blur, ``quality`` is JPEG's (0: not compressed here).
    """

    noise: float = 2.0
    soft_px: int = 0
    shake_px: float = 0.0
    exposure_s: float = 0.008
    quality: int = 0


class Sensor:
    """Lays a camera's flaws over pictures.

    Parameters
    ----------
    size : tuple of int
        Width and height.
    flaws : Flaws
        How good it is.
    seed : int
        Of the noise.
    """

    def __init__(self, size: tuple[int, int], flaws: Flaws, seed: int) -> None:
        self.size, self.flaws = size, flaws
        rng = np.random.default_rng(seed)
        shape = (size[1] + SPARE_PX, size[0] + SPARE_PX, 3)
        self._bright, self._dark = [], []
        for _ in range(SHEETS if flaws.noise > 0 else 0):
            # Three throws of whole numbers are close to a bell curve and alike on every machine.
            throws = rng.integers(-128, 128, shape, dtype=np.int16)
            for _more in range(2):
                throws += rng.integers(-128, 128, shape, dtype=np.int16)
            grain = np.rint(throws * (flaws.noise / 128.0)).astype(np.int16)
            self._bright.append(np.clip(grain, 0, 255).astype(np.uint8))
            self._dark.append(np.clip(-grain, 0, 255).astype(np.uint8))

    def take(self, image: Image, rng: random.Random) -> Image:
        """Return the picture as the camera delivers it."""
        if self.flaws.soft_px:
            side = 2 * self.flaws.soft_px + 1
            image = np.asarray(cv2.blur(image, (side, side)), np.uint8)
        if self._bright:
            x, y, k = rng.randrange(SPARE_PX), rng.randrange(SPARE_PX), rng.randrange(SHEETS)
            rows, columns = slice(y, y + image.shape[0]), slice(x, x + image.shape[1])
            brighter = cv2.add(image, self._bright[k][rows, columns])
            image = np.asarray(cv2.subtract(brighter, self._dark[k][rows, columns]), np.uint8)
        if self.flaws.quality:
            _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, self.flaws.quality])
            image = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
        return np.asarray(image, np.uint8)


def smear(before: Image, after: Image, along: tuple[float, float]) -> None:
    """Blur what was drawn on a picture along its way during the exposure.

    Parameters
    ----------
    before : ndarray
        A part of the picture as it was.
    after : ndarray
        The same with a thing drawn; changed in place.
    along : tuple of float
        The way in pixels, right and down.
    """
    kernel = _way(along)
    mask = np.where((before != after).any(2), np.uint8(255), np.uint8(0))
    alone = cv2.bitwise_and(after, after, mask=mask)
    count = int(kernel.sum())
    share = cv2.filter2D(mask, cv2.CV_16S, kernel)[:, :, None] // count
    spread = cv2.filter2D(alone, cv2.CV_16S, kernel) // count
    behind = before.astype(np.int32) * (255 - share) // 255
    after[:] = np.minimum(behind + spread, 255).astype(np.uint8)


def _way(along: tuple[float, float]) -> Image:
    side = 2 * int(min(LONGEST_PX, max(abs(along[0]), abs(along[1]))) / 2 + 1) + 1
    sheet = np.zeros((side, side), np.uint8)
    middle = side // 2
    half = (round(along[0] / 2), round(along[1] / 2))
    cv2.line(sheet, (middle - half[0], middle - half[1]), (middle + half[0], middle + half[1]), (1,), 1)
    return sheet  # whole numbers: a sum of fractions would depend on the order of adding
