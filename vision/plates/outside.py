"""A plate detector and a reader of signs from outside, both YOLOv5 in ONNX."""

import hashlib
import math
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.errors import WeightsError
from vision.frames import Image
from vision.plates.grammar import mend
from vision.plates.lines import in_order, upper_of
from vision.plates.looks import Signs
from vision.plates.network import YoloV5
from vision.plates.rectify import straightened

Sizes: TypeAlias = tuple[tuple[int, int], ...]
PLATE_SCORE, SIGN_SCORE = 0.4, 0.45
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


class OutsideFinder:
    """A detector of plates, good for whole street pictures.

    Parameters
    ----------
    folder : Path
        Holds one ``*LP*detector*.onnx``.

    Raises
    ------
    WeightsError
        If it is absent or does not fit.
    """

    def __init__(self, folder: Path) -> None:
        path = _only(folder, "*LP*detector*.onnx")
        self._plates = YoloV5(path, 1)
        self.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    def boxes(self, image: Image, *, is_quick: bool) -> NDArray[np.float32]:
        """Return n × 4, the surest first: left, top, right, bottom, pixels; ``is_quick`` for a road user's picture."""
        size = VEHICLE_SIZE if is_quick and max(image.shape[:2]) <= FRAME_PX else FRAME_SIZE
        return self._plates.find(image, size, lowest_score=PLATE_SCORE, overlap=0.45)[0]


class OutsideSigns:
    """A reader of signs.

    Parameters
    ----------
    folder : Path
        Holds one ``*LP*ocr*.onnx`` and its ``*.names.txt``, one sign a line.

    Raises
    ------
    WeightsError
        If one is absent or does not fit.
    """

    def __init__(self, folder: Path) -> None:
        path, names = _only(folder, "*LP*ocr*.onnx"), _only(folder, "*LP*ocr*.names.txt")
        self._names = names.read_text(encoding="utf-8").split()
        self._reader = YoloV5(path, len(self._names))
        self.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    def read(self, crop: Image, *, is_quick: bool) -> Signs:
        """Read the signs of one plate's picture and how sure the reading is.

        A reading that is sure of each sign counts as it is. Else the plate is read with more room, far more room
        and stretched too: the mean of the two surest that agree is how sure it is, and without two it is unsure.

        Parameters
        ----------
        crop : ndarray
            The plate's picture.
        is_quick : bool
            Whether one reading is enough, however unsure.

        Returns
        -------
        Signs
            Without dots and dashes; what is read straight decides how sure each sign is.
        """
        first = self._read_once(crop, QUICK_SIZES)
        if is_quick or first.confidence >= SURE_ALONE:
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
        text = mend("".join(self._names[int(classes[i])] for i in order))
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
