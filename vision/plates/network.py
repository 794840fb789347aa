"""A YOLOv5 head (cx, cy, w, h, objectness, classes) in ONNX, run by OpenVINO: plates in a picture, signs on a plate."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.detector.boxes import keep_best, letterbox, to_input
from vision.errors import WeightsError
from vision.frames import Image


class YoloV5:
    """One ONNX file.

    Parameters
    ----------
    path : Path
        The file; its input is square.
    classes : int
        How many classes it must have.

    Raises
    ------
    WeightsError
        If it cannot be read or has another form.
    """

    def __init__(self, path: Path, classes: int) -> None:
        import openvino

        try:
            model = openvino.Core().read_model(path)
            shape, out = model.inputs[0].partial_shape, model.outputs[0].partial_shape
            self._side = int(shape[2].get_length())
            found = int(out[2].get_length()) - 5
            request = openvino.Core().compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY"})
        except (RuntimeError, IndexError) as error:
            raise WeightsError(f"{path}: cannot be read as a YOLOv5 network ({str(error)[:120]})") from None
        if found != classes:
            raise WeightsError(f"{path}: has {found} classes, {classes} are needed; give the matching weights")
        self._request = request.create_infer_request()

    def find(
        self, image: Image, *, lowest_score: float, overlap: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Find things in a picture.

        Parameters
        ----------
        image : ndarray
            Height × width × 3, blue green red.
        lowest_score : float
            What is less sure is left out.
        overlap : float
            Two boxes that overlap more are the same thing.

        Returns
        -------
        boxes : ndarray
            n × 4 in pixels of the picture.
        scores : ndarray
            n.
        classes : ndarray
            n numbers.
        """
        padded, scale = letterbox(image, self._side, square=True)
        rows = np.asarray(self._request.infer({0: to_input(padded)})[0])[0]
        rows = rows[rows[:, 4] >= lowest_score]
        scores = rows[:, 4] * rows[:, 5:].max(axis=1) if len(rows) else rows[:, 4]
        sure = scores >= lowest_score
        rows, scores = rows[sure], scores[sure]
        middle, half = rows[:, :2], rows[:, 2:4] / 2
        boxes = np.concatenate([middle - half, middle + half], axis=1) / np.float32(scale)
        stay = keep_best(boxes.astype(np.float32), scores, np.zeros(len(rows), np.int64), overlap)
        classes = rows[:, 5:].argmax(axis=1) if len(rows) else np.zeros(0, np.int64)
        return boxes[stay].astype(np.float32), scores[stay].astype(np.float32), classes[stay]
