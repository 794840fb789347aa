"""A YOLOv5 head (cx, cy, w, h, objectness, classes) in ONNX, run by OpenVINO: plates in a picture, signs on a plate."""

from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.detector.boxes import keep_best, to_input
from vision.errors import WeightsError
from vision.frames import Image

ANCHORS = 3
GREY = 114


class YoloV5:
    """One ONNX file, cut off before its boxes are worked out, so that it takes pictures of any size.

    Parameters
    ----------
    path : Path
        The file.
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
            self._model = openvino.Core().read_model(path)
            found = int(self._model.outputs[0].partial_shape[2].get_length()) - 5
        except (RuntimeError, IndexError) as error:
            raise WeightsError(f"{path}: cannot be read as a YOLOv5 network ({str(error)[:120]})") from None
        if found != classes:
            raise WeightsError(f"{path}: has {found} classes, {classes} are needed; give the matching weights")
        self._heads, self._anchors = _heads_of(self._model)
        if not len(self._heads) == len(self._anchors) > 0:
            raise WeightsError(f"{path}: its anchors cannot be told; export it from YOLOv5 with its boxes worked out")
        self._sized = cache(self._compile)

    def _compile(self, size: tuple[int, int]) -> Any:
        import openvino

        cut = openvino.Model([openvino.opset13.result(head) for head in self._heads], self._model.get_parameters())
        sized = cut.clone()
        sized.reshape([1, 3, size[1], size[0]])
        # Plates are read beside cameras that are watched: one thread each.
        options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 1}
        return openvino.Core().compile_model(sized, "CPU", options).create_infer_request()

    def find(
        self, image: Image, size: tuple[int, int], *, lowest_score: float, overlap: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Find things in a picture.

        Parameters
        ----------
        image : ndarray
            Height × width × 3, blue green red.
        size : tuple of int
            Width and height to which it is scaled; multiples of 32. Each size is made ready once.
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
        padded, scale = _fitted(image, size)
        outputs = self._sized(size).infer({0: to_input(padded)})
        found = [
            _boxes(np.asarray(outputs[i])[0], anchors, size[1], lowest_score) for i, anchors in enumerate(self._anchors)
        ]
        rows = np.concatenate(found)
        scores = np.asarray(rows[:, 4] * rows[:, 5:].max(axis=1, initial=0.0), np.float32)
        rows, scores = rows[scores >= lowest_score], scores[scores >= lowest_score]
        half = rows[:, 2:4] / 2
        corners = np.concatenate([rows[:, :2] - half, rows[:, :2] + half], axis=1)
        boxes: NDArray[np.float32] = np.asarray(corners / scale, np.float32)
        stay = keep_best(boxes, scores, np.zeros(len(rows), np.int64), overlap)
        kinds = rows[:, 5:].argmax(axis=1) if len(rows) else np.zeros(0, np.int64)
        return boxes[stay], scores[stay], np.asarray(kinds, np.int64)[stay]


def _heads_of(model: Any) -> tuple[list[Any], list[NDArray[np.float32]]]:
    """Return what goes into the heads' sigmoids, the finest first, and the anchors of each in pixels."""
    nodes = model.get_ordered_ops()
    last = [n for n in nodes if n.get_type_name() == "Sigmoid" and n.get_output_partial_shape(0).rank.get_length() == 5]
    heads = [n.input_value(0).get_node().input_value(0).get_node().input_value(0) for n in last]
    heads.sort(key=lambda head: -int(head.get_partial_shape()[2].get_length()))
    sizes = [n.get_data() for n in nodes if n.get_type_name() == "Constant" and list(n.shape) == [1, ANCHORS, 1, 1, 2]]
    anchors = [np.asarray(size, np.float32).reshape(ANCHORS, 2) for size in sizes]
    return heads, sorted(anchors, key=lambda anchor: float(anchor.sum()))


def _boxes(
    raw: NDArray[np.float32], anchors: NDArray[np.float32], height: int, lowest_score: float
) -> NDArray[np.float32]:
    """Work out the rows (cx, cy, w, h, objectness, classes) of one head that are sure enough."""
    cells = raw.reshape(ANCHORS, -1, *raw.shape[1:])
    which, y, x = np.nonzero(cells[:, 4] >= np.log(lowest_score / (1 - lowest_score)))
    rows = np.asarray(1 / (1 + np.exp(-cells[which, :, y, x])), np.float32)
    stride = height / raw.shape[1]
    rows[:, :2] = (rows[:, :2] * 2 - 0.5 + np.stack([x, y], axis=1)) * stride
    rows[:, 2:4] = (rows[:, 2:4] * 2) ** 2 * anchors[which]
    return rows


def _fitted(image: Image, size: tuple[int, int]) -> tuple[Image, float]:
    """Scale a picture into a size and fill up its right and its foot with grey."""
    height, width = image.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
    shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    padded = np.full((size[1], size[0], 3), GREY, np.uint8)
    padded[:tall, :wide] = cv2.resize(image, (wide, tall), interpolation=shrink)
    return padded, scale
