"""Plates in one picture: found, read line after line."""

import hashlib
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vision.errors import WeightsError
from vision.frames import Image
from vision.plates.grammar import mend
from vision.plates.lines import in_order, upper_of
from vision.plates.network import YoloV5
from vision.plates.rectify import straightened

Sizes: TypeAlias = tuple[tuple[int, int], ...]
PLATE_SCORE, SIGN_SCORE = 0.4, 0.45
SMALLEST_PX = 24
ROOM = 0.04
SHORT_TRUST = 0.8
# So sure of each sign one reading is enough; a reading that no other bears out is worth no more than this.
SURE_ALONE, UNSURE = 0.8, 0.45
ROOMS, STRETCH = (0.12, 0.3), 1.15
# Width and height at which plates of two lines, of cars' two lines and of one line are read: signs become alike tall.
# Who is unsure looks closer. Each size is a network of its own in memory, so there are few.
QUICK_SIZES = ((416, 320), (512, 256), (800, 160))
CLOSER_SIZES = ((576, 448), (736, 352), (1152, 224))
# A road user's picture and a whole frame, in which plates are smaller.
VEHICLE_SIZE, FRAME_SIZE, FRAME_PX = (320, 320), (640, 640), 900


@dataclass(frozen=True)
class Signs:
    """What stands on one plate: its signs, how sure each is, and how many of them stand in the upper of two lines.

    ``text`` is ``None`` where they make no plate; ``confidence`` is of the whole.
    """

    text: str | None = None
    confidence: float = 0.0
    each: tuple[float, ...] = ()
    upper: int = 0


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


class PlateReader:
    """A detector of plates and a reader of their signs.

    Parameters
    ----------
    folder : Path
        Holds one ``*detector*.onnx``, one ``*ocr*.onnx`` and the reader's ``*.names.txt``, one sign a line.

    Raises
    ------
    WeightsError
        If one is absent or does not fit.
    """

    def __init__(self, folder: Path) -> None:
        detector, reader, names = (
            _only(folder, p) for p in ("*LP*detector*.onnx", "*LP*ocr*.onnx", "*LP*ocr*.names.txt")
        )
        self._signs = names.read_text(encoding="utf-8").split()
        self._plates = YoloV5(detector, 1)
        self._reader = YoloV5(reader, len(self._signs))
        self.sha256 = hashlib.sha256(detector.read_bytes() + reader.read_bytes()).hexdigest()

    def find(self, image: Image, *, is_quick: bool = False) -> list[PlateLook]:
        """Return the plates of a picture, the surest first; ``is_quick`` reads each only once."""
        size = VEHICLE_SIZE if is_quick and max(image.shape[:2]) <= FRAME_PX else FRAME_SIZE
        boxes, _, _ = self._plates.find(image, size, lowest_score=PLATE_SCORE, overlap=0.45)
        looks = [self._look(image, box, is_quick=is_quick) for box in boxes]
        return [look for look in looks if look is not None]

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
        signs = self._read_once(crop, QUICK_SIZES) if is_quick else self.read(crop)
        return PlateLook(place, signs.text, signs.confidence, crop, colour_of(crop), signs.each, signs.upper)

    def closer(self, look: PlateLook) -> PlateLook:
        """Read a look's plate again, with all care."""
        signs = self.read(look.crop)
        return replace(look, text=signs.text, confidence=signs.confidence, each=signs.each, upper=signs.upper)

    def read(self, crop: Image) -> Signs:
        """Read the signs of one plate's picture and how sure the reading is.

        A reading that is sure of each sign counts as it is. Else the plate is read with more room, far more room
        and stretched too: the mean of the two surest that agree is how sure it is, and without two it is unsure.

        Parameters
        ----------
        crop : ndarray
            The plate's picture.

        Returns
        -------
        Signs
            Without dots and dashes; what is read straight decides how sure each sign is.
        """
        first = self._read_once(crop, QUICK_SIZES)
        if first.confidence >= SURE_ALONE:
            return first
        agreeing: dict[str, list[Signs]] = {}
        for signs in (first, *(self._read_once(view, CLOSER_SIZES) for view in _views(crop))):
            if signs.text is not None:
                agreeing.setdefault(signs.text, []).append(signs)
        several = {text: sorted(s, key=lambda r: -r.confidence)[:2] for text, s in agreeing.items() if len(s) >= 2}
        if not several:
            return replace(first, confidence=min(first.confidence, UNSURE))
        means = {text: (one.confidence + two.confidence) / 2 for text, (one, two) in several.items()}
        best = max(means, key=lambda text: (len(agreeing[text]), means[text]))
        return replace(several[best][0], confidence=means[best])

    def _read_once(self, crop: Image, sizes: Sizes) -> Signs:
        boxes, scores, classes = self._reader.find(crop, _size_for(crop, sizes), lowest_score=SIGN_SCORE, overlap=0.3)
        order = in_order(boxes)
        text = mend("".join(self._signs[int(classes[i])] for i in order))
        if text is None:
            return Signs()
        # Four-digit numbers are rare now; seven signs mostly mean that one was missed.
        confidence = float(scores.min()) * (SHORT_TRUST if len(text) < 8 else 1.0)
        return Signs(text, confidence, tuple(round(float(scores[i]), 3) for i in order), upper_of(boxes[order]))


def _size_for(crop: Image, sizes: Sizes) -> tuple[int, int]:
    """Return the size whose shape is nearest to the crop's."""
    shape = crop.shape[1] / crop.shape[0]
    return min(sizes, key=lambda size: abs(math.log(size[0] / size[1] / shape)))


def _views(crop: Image) -> list[Image]:
    """Return the same plate closer, with more room around it, and made straight (stretched without an outline)."""
    import cv2

    height, width = crop.shape[:2]
    made = [crop]
    for room in ROOMS:
        y, x = int(height * room), int(width * room)
        made.append(np.asarray(cv2.copyMakeBorder(crop, y, y, x, x, cv2.BORDER_REPLICATE), np.uint8))
    straight = straightened(crop)
    return [*made, np.asarray(cv2.resize(crop, None, fx=1, fy=STRETCH), np.uint8) if straight is None else straight]


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern)) if folder.is_dir() else []
    if len(found) != 1:
        raise WeightsError(f"{folder}: holds {len(found)} files {pattern}; give a folder with exactly one")
    return found[0]


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
    import cv2

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
