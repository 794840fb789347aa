"""How a network is shown a picture, and where in the picture lies what it found."""

from typing import Protocol

import numpy as np

from vision.detector.base import Detections
from vision.detector.boxes import letterbox
from vision.frames import Image


class View(Protocol):
    """Turns a picture into a network's input, and what was found there back into places of the picture."""

    def drawn(self, image: Image) -> Image:
        """Return what the network is shown."""

    def placed(self, found: Detections) -> Detections:
        """Return what it found, in pixels of the picture."""


class Whole:
    """The whole picture, scaled.

    Parameters
    ----------
    size : tuple of int
        Width and height of the picture.
    longest_px : int
        Longer side as shown.
    square : bool
        Whether both sides are shown so long.
    """

    def __init__(self, size: tuple[int, int], longest_px: int, *, square: bool = False) -> None:
        self._longest_px, self._square = longest_px, square
        self._scale = np.float32(longest_px / max(size))
        self._limit = np.array([*size, *size], np.float32)

    def drawn(self, image: Image) -> Image:
        """Return the picture scaled, with grey at its right and its foot."""
        return letterbox(image, self._longest_px, square=self._square)[0]

    def placed(self, found: Detections) -> Detections:
        """Return what was found, cut at the picture's border."""
        boxes = np.clip(found.boxes / self._scale, 0, self._limit).astype(np.float32)
        return Detections(boxes, found.scores, found.labels)
