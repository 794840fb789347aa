"""Plates in one picture: found, read line after line."""

import hashlib
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.plates.looks import Finder, PlateLook, SignReader, Signs, colour_of

SMALLEST_PX = 24
ROOM = 0.1  # the signs at the ends must be in; the reader cuts closer by the corners


class PlateReader:
    """A finder of plates and a reader of their signs.

    Parameters
    ----------
    finder : Finder
        Finds plates.
    signs : SignReader
        Reads them.
    """

    def __init__(self, finder: Finder, signs: SignReader) -> None:
        self._finder, self._signs = finder, signs
        self.sha256 = hashlib.sha256(f"{finder.sha256} {signs.sha256}".encode()).hexdigest()

    def find(self, image: Image, *, is_quick: bool = False) -> list[PlateLook]:
        """Return the plates of a picture, the surest first; ``is_quick`` reads each only once."""
        looks = [self._look(image, box, is_quick=is_quick) for box in self._finder.boxes(image, is_quick=is_quick)]
        return [look for look in looks if look is not None]

    def closer(self, look: PlateLook) -> PlateLook:
        """Read a look's plate again, with all care."""
        signs = self.read(look.crop)
        return replace(look, **_parts(signs))

    def read(self, crop: Image, *, is_quick: bool = False) -> Signs:
        """Read the signs of one plate's picture, and how sure the reading is; without dots and dashes."""
        return self._signs.read(crop, is_quick=is_quick)

    def _look(self, image: Image, box: NDArray[np.float32], *, is_quick: bool) -> PlateLook | None:
        left, top, right, bottom = (float(v) for v in box)
        room_x, room_y = ROOM * (right - left), ROOM * (bottom - top)
        height, width = image.shape[:2]
        x0, y0 = max(0, int(left - room_x)), max(0, int(top - room_y))
        x1, y1 = min(width, int(right + room_x) + 1), min(height, int(bottom + room_y) + 1)
        crop = np.ascontiguousarray(image[y0:y1, x0:x1])
        if min(crop.shape[:2]) < 4:
            return None
        place = (left, top, right, bottom)
        if right - left < SMALLEST_PX:
            return PlateLook(place, None, 0.0, crop, None)
        signs = self.read(crop, is_quick=is_quick)
        return PlateLook(place, colour=colour_of(crop), crop=crop, **_parts(signs))


def _parts(signs: Signs) -> dict[str, Any]:
    return {field.name: getattr(signs, field.name) for field in fields(signs)}
