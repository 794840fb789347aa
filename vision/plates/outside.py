"""A plate detector from outside, a YOLOv5 in ONNX: on real streets the shipped finder is blind."""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.errors import WeightsError
from vision.frames import Image
from vision.plates.network import YoloV5

PLATE_SCORE = 0.4
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


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern)) if folder.is_dir() else []
    if len(found) != 1:
        raise WeightsError(f"{folder}: holds {len(found)} files {pattern}; give a folder with exactly one")
    return found[0]
