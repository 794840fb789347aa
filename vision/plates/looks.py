"""What one look at a plate gives, and the two parts that give it: a finder of plates and a reader of their signs."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.plates.slots import likeliest

SURE_LOOK = 0.72  # one look as sure as this may be shown as read, though it names no plate


@dataclass(frozen=True, eq=False)
class Signs:
    """What stands on one plate: its signs, how sure each is, and how many of them stand in the upper of two lines.

    ``text`` is ``None`` where they make no plate; ``confidence`` is of the whole. ``chances`` is 9 × `SIGNS`: how
    likely each sign stands in each of nine places.
    """

    text: str | None = None
    confidence: float = 0.0
    each: tuple[float, ...] = ()
    upper: int = 0
    chances: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class PlateLook:
    """One plate in one picture; ``text`` is ``None`` where its signs make no plate."""

    box: tuple[float, float, float, float]
    text: str | None
    confidence: float
    crop: Image
    colour: str | None
    each: tuple[float, ...] = ()
    upper: int = 0
    chances: NDArray[np.float32] | None = None


def signs_of(chances: NDArray[np.float32], *, two_lines: bool) -> Signs:
    """Return what nine places say: the likeliest plate of the law, and how likely all of it is.

    Parameters
    ----------
    chances : ndarray
        9 × `SIGNS`.
    two_lines : bool
        Whether the series stands above the number.

    Returns
    -------
    Signs
        Without text where they make no plate.
    """
    found = likeliest(chances)
    if found is None:
        return Signs(chances=chances)
    places, sure = found
    each = tuple(round(float(v), 3) for sign, v in zip(places, sure, strict=True) if sign != " ")
    upper = len(places[:4].strip()) if two_lines else 0
    return Signs(places.replace(" ", ""), float(np.prod(sure)), each, upper, chances)


class Finder(Protocol):
    """Finds plates in a picture."""

    @property
    def sha256(self) -> str:
        """SHA-256 of its weights."""

    def boxes(self, image: Image, *, is_quick: bool) -> NDArray[np.float32]:
        """Return n × 4, the surest first: left, top, right, bottom, pixels; ``is_quick`` for a road user's picture."""


class SignReader(Protocol):
    """Reads the signs of one plate's picture."""

    @property
    def sha256(self) -> str:
        """SHA-256 of its weights."""

    def read(self, crop: Image, *, is_quick: bool) -> Signs:
        """Return what it reads; ``is_quick``: from one look at it."""


def colour_of(crop: Image) -> str | None:
    """Tell the plate's ground colour: white, yellow, blue or red; ``None`` where it is not clear.

    Parameters
    ----------
    crop : ndarray
        The plate's picture.

    Returns
    -------
    str or None
        The colour's English name.
    """
    hsv = cv2.cvtColor(crop, cv2.COLOR_BGR2HSV).reshape(-1, 3).astype(np.int32)
    bright = hsv[hsv[:, 2] >= np.median(hsv[:, 2])]
    hue, saturation = float(np.median(bright[:, 0])), float(np.median(bright[:, 1]))
    if saturation < 60:
        return "white" if float(np.median(bright[:, 2])) > 110 else None
    if saturation < 90:
        return None
    bands = {"yellow": (12, 38), "blue": (95, 130)}
    named = [name for name, (low, high) in bands.items() if low <= hue <= high]
    return named[0] if named else ("red" if hue < 8 or hue > 170 else None)
