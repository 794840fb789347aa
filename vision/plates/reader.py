"""Plates in one picture: found, read line after line."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.errors import WeightsError
from vision.frames import Image
from vision.plates.grammar import mend
from vision.plates.lines import in_order
from vision.plates.network import YoloV5

PLATE_SCORE, SIGN_SCORE = 0.4, 0.45
SMALLEST_PX = 24
ROOM = 0.04
SHORT_TRUST = 0.8
# So sure of each sign one reading is enough; a reading that no other bears out is worth no more than this.
SURE_ALONE, UNSURE = 0.8, 0.45
ROOMS, STRETCH = (0.12, 0.3), 1.15


@dataclass(frozen=True, eq=False)
class PlateLook:
    """One plate in one picture; ``text`` is ``None`` where its signs make no plate."""

    box: tuple[float, float, float, float]
    text: str | None
    confidence: float
    crop: Image
    colour: str | None


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

    def find(self, image: Image) -> list[PlateLook]:
        """Return the plates of a picture, the surest first."""
        boxes, _, _ = self._plates.find(image, lowest_score=PLATE_SCORE, overlap=0.45)
        looks = [self._look(image, box) for box in boxes]
        return [look for look in looks if look is not None]

    def _look(self, image: Image, box: NDArray[np.float32]) -> PlateLook | None:
        left, top, right, bottom = (float(v) for v in box)
        room_x, room_y = ROOM * (right - left), ROOM * (bottom - top)
        height, width = image.shape[:2]
        x0, y0 = max(0, int(left - room_x)), max(0, int(top - room_y))
        x1, y1 = min(width, int(right + room_x) + 1), min(height, int(bottom + room_y) + 1)
        crop = np.ascontiguousarray(image[y0:y1, x0:x1])
        if min(crop.shape[:2]) < 4:
            return None
        text, confidence = self.read(crop) if right - left >= SMALLEST_PX else (None, 0.0)
        return PlateLook(
            (left, top, right, bottom), text, confidence, crop, colour_of(crop) if right - left >= SMALLEST_PX else None
        )

    def read(self, crop: Image) -> tuple[str | None, float]:
        """Read the signs of one plate's picture and how sure the reading is; ``None``: they make no plate.

        A reading that is sure of each sign counts as it is. Else the plate is read with more room, far more room
        and stretched too: the mean of the two surest that agree is how sure it is, and without two it is unsure.

        Parameters
        ----------
        crop : ndarray
            The plate's picture.

        Returns
        -------
        text : str or None
            Signs without dots and dashes.
        confidence : float
            0 to 1.
        """
        first = self._read_once(crop)
        if first[1] >= SURE_ALONE:
            return first
        scores: dict[str, list[float]] = {}
        for text, score in (first, *(self._read_once(view) for view in _views(crop))):
            if text is not None:
                scores.setdefault(text, []).append(score)
        means = {text: sum(sorted(s)[-2:]) / 2 for text, s in scores.items() if len(s) >= 2}
        if means:
            best = max(means, key=lambda text: (len(scores[text]), means[text]))
            return best, means[best]
        return first[0], min(first[1], UNSURE)

    def _read_once(self, crop: Image) -> tuple[str | None, float]:
        boxes, scores, classes = self._reader.find(crop, lowest_score=SIGN_SCORE, overlap=0.3)
        order = in_order(boxes)
        text = mend("".join(self._signs[int(classes[i])] for i in order))
        if text is None:
            return None, 0.0
        # Four-digit numbers are rare now; seven signs mostly mean that one was missed.
        return text, float(scores.min()) * (SHORT_TRUST if len(text) < 8 else 1.0)


def _views(crop: Image) -> list[Image]:
    """Return the same plate with more room around it, and stretched upwards."""
    import cv2

    height, width = crop.shape[:2]
    made = []
    for room in ROOMS:
        y, x = int(height * room), int(width * room)
        made.append(cv2.copyMakeBorder(crop, y, y, x, x, cv2.BORDER_REPLICATE))
    return [np.asarray(view, np.uint8) for view in (*made, cv2.resize(crop, None, fx=1, fy=STRETCH))]


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
