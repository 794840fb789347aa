"""The shipped finder and reader: small networks fitted on painted vehicles and made-up plates (`vision/learn`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.detector.small import open_network
from vision.frames import Image
from vision.plates.looks import Signs, signs_of
from vision.plates.slots import PLACES, SIGNS

WIDE, TALL = 128, 48
FINDER_PX, FINDER_STRIDE = 160, 8
GREY = 114
PLATE_SCORE = 0.12
EDGE = 0.05  # around a plate made straight
ROOM = 0.08  # more around one that was cut closely


@dataclass(frozen=True, eq=False)
class Placed:
    """What one look gives: 9 × `SIGNS` chances, corners in pixels of the picture, the chance of two lines."""

    chances: NDArray[np.float32]
    corners: NDArray[np.float32]
    two_lines: float


class OwnFinder:
    """Finds the plate in a vehicle's picture; it was shown painted vehicles only.

    Parameters
    ----------
    folder : Path
        Holds its ``model.xml`` and ``model.bin``.

    Raises
    ------
    WeightsError
        If they cannot be read or are another network.
    """

    def __init__(self, folder: Path) -> None:
        cells = FINDER_PX // FINDER_STRIDE
        self._run, self.sha256 = open_network(folder, (1, FINDER_PX, FINDER_PX), (5, cells, cells))

    def boxes(self, image: Image, *, is_quick: bool) -> NDArray[np.float32]:  # noqa: ARG002 - one size for all
        """Return at most one box: left, top, right, bottom, pixels."""
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        scale = FINDER_PX / max(grey.shape)
        size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
        sheet = np.full((FINDER_PX, FINDER_PX), GREY, np.float32)
        sheet[: size[1], : size[0]] = cv2.resize(
            grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        )
        chance, *rest = np.asarray(self._run.infer({0: sheet[None, None]})[0])[0]
        row, column = np.unravel_index(int(chance.argmax()), chance.shape)
        if chance[row, column] < PLATE_SCORE:
            return np.zeros((0, 4), np.float32)
        x, y, wide, tall = (float(part[row, column]) for part in rest)
        middle = np.array([column + 0.5 + x, row + 0.5 + y]) * FINDER_STRIDE
        half = np.exp(np.clip([wide, tall], -2, 3)) * FINDER_STRIDE / 2
        return np.asarray(np.concatenate([middle - half, middle + half])[None] / scale, np.float32)


class OwnSigns:
    """Reads a plate by how likely each sign stands in each of nine places.

    Parameters
    ----------
    folder : Path
        Holds its ``model.xml`` and ``model.bin``.

    Raises
    ------
    WeightsError
        If they cannot be read or are another network.
    """

    def __init__(self, folder: Path) -> None:
        self._run, self.sha256 = open_network(folder, (1, TALL, WIDE), (PLACES, len(SIGNS)))

    def read(self, crop: Image, *, is_quick: bool) -> Signs:
        """Read the signs of one plate's picture.

        A first look tells its corners; made straight by them it is read. With care the first look and one with more
        room around count as much.

        Parameters
        ----------
        crop : ndarray
            The plate with what a finder left around it.
        is_quick : bool
            Whether the straight plate is enough.

        Returns
        -------
        Signs
            Without dots and dashes.
        """
        first = self.look([crop])[0]
        if is_quick:
            return _signs(self.look([_straight(crop, first.corners)]))
        return _signs([first, *self.look([_straight(crop, first.corners), _roomy(crop)])])

    def look(self, pictures: Sequence[Image]) -> list[Placed]:
        """Look at pictures of plates, grey or coloured, of any size."""
        outputs = self._run.infer({0: np.stack([_fitted(picture) for picture in pictures])[:, None]})
        chances, edges = np.array(outputs[0]), np.array(outputs[1])
        sides = [np.array(picture.shape[1::-1], np.float32) for picture in pictures]
        return [
            Placed(chances[i], edges[i, :8].reshape(4, 2) * side, float(edges[i, 8])) for i, side in enumerate(sides)
        ]


def _roomy(crop: Image) -> Image:
    height, width = crop.shape[:2]
    x, y = max(1, round(ROOM * width)), max(1, round(ROOM * height))
    return np.asarray(cv2.copyMakeBorder(crop, y, y, x, x, cv2.BORDER_REPLICATE), np.uint8)


def _straight(crop: Image, corners: NDArray[np.float32]) -> Image:
    flat = np.array([[EDGE, EDGE], [1 - EDGE, EDGE], [1 - EDGE, 1 - EDGE], [EDGE, 1 - EDGE]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, flat * np.array([WIDE, TALL], np.float32))
    straight = cv2.warpPerspective(crop, turn, (WIDE, TALL), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(straight, np.uint8)


def _signs(looks: Sequence[Placed]) -> Signs:
    chances = np.exp(np.mean([np.log(np.maximum(look.chances, 1e-6)) for look in looks], axis=0))
    is_two = float(np.mean([look.two_lines for look in looks])) > 0.5
    return signs_of(chances / chances.sum(axis=1, keepdims=True), two_lines=is_two)


def _fitted(picture: Image) -> NDArray[np.float32]:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
    shrink = grey.shape[1] > WIDE and grey.shape[0] > TALL
    way = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (WIDE, TALL), interpolation=way), np.float32)
