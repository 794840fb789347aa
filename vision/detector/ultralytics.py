"""Weights of the ultralytics library (`.pt`), behind the same interface; needs the extra `train`."""

from pathlib import Path

import numpy as np

from vision.detector.base import GROUPS, Detections, empty_or
from vision.detector.export import weights_sha256
from vision.errors import WeightsError
from vision.frames import Frame


class UltralyticsDetector:
    """A ``.pt`` file run by ultralytics.

    Parameters
    ----------
    weights : Path
        The ``.pt`` file.
    longest_px : int
        Longer side of the network's input.
    lowest_score : float
        What is less sure is left out.

    Raises
    ------
    WeightsError
        If the library or the file is absent.
    """

    name = "ultralytics"

    def __init__(self, weights: Path, *, longest_px: int = 640, lowest_score: float = 0.1) -> None:
        try:
            from ultralytics import YOLO
        except ImportError:
            raise WeightsError(
                f"{weights}: .pt weights need the library ultralytics (pip install 'hanoi-traffic[train]'); "
                "or export them to OpenVINO and give that folder"
            ) from None
        if not weights.is_file():
            raise WeightsError(f"{weights}: no such weights; give an existing .pt file")
        self.sha256 = weights_sha256(weights)
        self._model = YOLO(str(weights), task="detect")
        self._longest_px, self._lowest_score = longest_px, lowest_score

    def detect(self, frame: Frame) -> Detections:
        """Return the road users of one frame."""
        result = self._model.predict(frame.image, imgsz=self._longest_px, conf=self._lowest_score, verbose=False)[0]
        boxes = np.asarray(result.boxes.xyxy.cpu())
        labels = [str(result.names[int(number)]) for number in result.boxes.cls]
        kept = [i for i, label in enumerate(labels) if label in GROUPS]
        scores = [float(value) for value in result.boxes.conf]
        return empty_or([boxes[i].tolist() for i in kept], [scores[i] for i in kept], [labels[i] for i in kept])
