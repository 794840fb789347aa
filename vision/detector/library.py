"""Weights run by the ultralytics library itself, one call after the other: `.engine`, and `.pt` to compare with."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from vision.detector.base import GROUPS, Detections, empty_or
from vision.detector.export import ALIASES, weights_sha256
from vision.errors import WeightsError
from vision.frames import Frame, Image


def open_model(weights: Path) -> Any:
    """Let ultralytics open weights of task detect.

    Parameters
    ----------
    weights : Path
        A ``.pt`` or an ``.engine``.

    Returns
    -------
    ultralytics.YOLO
        The model.

    Raises
    ------
    WeightsError
        If the library or the file is absent, or the weights are of another task.
    """
    os.environ.setdefault("YOLO_OFFLINE", "true")  # nothing is fetched, nothing is told to anybody
    try:
        from ultralytics import YOLO
    except ImportError:
        raise WeightsError(
            f"{weights}: {weights.suffix} weights need the library ultralytics "
            "(pip install 'hanoi-traffic[train]'); or export them to OpenVINO and give that folder"
        ) from None
    if not weights.is_file():
        raise WeightsError(f"{weights}: no such weights; give an existing {weights.suffix} file")
    model = YOLO(str(weights)) if weights.suffix == ".pt" else YOLO(str(weights), task="detect")
    if model.task != "detect":
        raise WeightsError(f"{weights}: its task is {model.task}, and boxes are needed; give weights of task detect")
    return model


def our_name(name: object) -> str:
    """Return what we call a class of theirs."""
    return ALIASES.get(str(name).lower(), str(name))


class LibraryDetector:
    """A ``.pt`` or ``.engine`` run by ultralytics' ``predict``.

    Parameters
    ----------
    weights : Path
        The file.
    longest_px : int
        Longer side of every input of an ``.engine``, which takes but one; of whole frames otherwise.
    lowest_score : float
        What is less sure is left out.
    device : str, optional
        Of torch, for instance ``cuda``; the library chooses by default.
    half : bool
        Whether to reckon in 16-bit floats, on a GPU.

    Raises
    ------
    WeightsError
        If the library or the file is absent, or the weights are of another task.
    """

    name = "ultralytics"
    lanes = 1

    def __init__(
        self,
        weights: Path,
        *,
        longest_px: int = 640,
        lowest_score: float = 0.1,
        device: str | None = None,
        half: bool = False,
    ) -> None:
        self._model = open_model(weights)
        self.sha256 = weights_sha256(weights)
        self.fixed_px = (longest_px, longest_px) if weights.suffix == ".engine" else None
        self.longest_px = longest_px
        self._options: dict[str, Any] = {"conf": lowest_score, "verbose": False, "device": device}
        if half:
            self._options["quantize"] = 16

    def detect(self, frame: Frame) -> Detections:
        """Return the road users of one frame."""
        return self.whole([frame.image])[0]

    def whole(self, images: list[Image]) -> list[Detections]:
        """Return the road users of several whole frames, scaled by the library and looked at in one batch."""
        results = self._model.predict(images, imgsz=self.longest_px, batch=len(images), **self._options)
        return [_found(result) for result in results]

    def begin(self, image: Image) -> Detections:
        """Look at a picture as it is."""
        return _found(self._model.predict([image], imgsz=list(image.shape[:2]), **self._options)[0])

    def finish(self, ticket: Detections) -> Detections:
        """Return the road users of a picture that was begun: they are there already."""
        return ticket


def _found(result: Any) -> Detections:
    boxes = np.asarray(result.boxes.xyxy.cpu())
    labels = [our_name(result.names[int(number)]) for number in result.boxes.cls]
    kept = [i for i, label in enumerate(labels) if label in GROUPS]
    scores = [float(value) for value in result.boxes.conf]
    return empty_or([boxes[i].tolist() for i in kept], [scores[i] for i in kept], [labels[i] for i in kept])
