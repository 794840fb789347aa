"""The default detector: an exported YOLO in OpenVINO on the CPU."""

import ast
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from vision.detector.base import Detections, check_frame
from vision.detector.boxes import letterbox, to_input
from vision.detector.yolo import parse_output
from vision.errors import WeightsError
from vision.frames import Frame


class OpenVinoDetector:
    """A YOLO exported as OpenVINO IR (folder with .xml, .bin, metadata.yaml) or as ONNX.

    Parameters
    ----------
    weights : Path
        The folder, the ``.xml`` or the ``.onnx``.
    longest_px : int, optional
        Longer side of the network's input; what the export names by default.
    lowest_score : float
        What is less sure is left out.
    threads : int
        Threads of the CPU; 0 lets OpenVINO choose.

    Raises
    ------
    WeightsError
        If the weights are absent, broken or no detector with class names.
    """

    name = "openvino"

    def __init__(
        self, weights: Path, *, longest_px: int | None = None, lowest_score: float = 0.1, threads: int = 0
    ) -> None:
        import openvino

        path = _model_path(weights)
        self.sha256 = weights_sha256(weights)
        self._lowest_score = lowest_score
        try:
            model = openvino.Core().read_model(path)
            self._names, exported_px = _metadata(path, model)
            shape = model.inputs[0].partial_shape
            options: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
            if threads:
                options["INFERENCE_NUM_THREADS"] = threads
            self._request = openvino.Core().compile_model(model, "CPU", options).create_infer_request()
        except RuntimeError as error:
            raise WeightsError(
                f"{path}: OpenVINO cannot read it ({str(error)[:200]}); export the weights again"
            ) from None
        self.square = bool(shape.is_static)
        self.longest_px = int(shape[2].get_length()) if self.square else longest_px or exported_px

    def detect(self, frame: Frame) -> Detections:
        """Return the road users of one frame."""
        check_frame(frame.image)
        padded, scale = letterbox(frame.image, self.longest_px, square=self.square)
        output = np.asarray(self._request.infer({0: to_input(padded)})[0])
        height, width = frame.image.shape[:2]
        return parse_output(output, self._names, scale=scale, lowest_score=self._lowest_score, size=(width, height))


def _model_path(weights: Path) -> Path:
    if weights.is_dir():
        found = sorted(weights.glob("*.xml"))
        if len(found) != 1:
            raise WeightsError(f"{weights}: holds {len(found)} .xml files; give the folder of one OpenVINO export")
        weights = found[0]
    if not weights.is_file():
        raise WeightsError(f"{weights}: no such weights; give an OpenVINO folder, an .onnx or a .pt")
    if weights.suffix == ".xml" and not weights.with_suffix(".bin").is_file():
        raise WeightsError(f"{weights.with_suffix('.bin')}: is absent; an OpenVINO export is an .xml and a .bin")
    return weights


def weights_sha256(weights: Path) -> str:
    """Return the SHA-256 of weights: of the file, or of a folder's files in the order of their names.

    Parameters
    ----------
    weights : Path
        A file or a folder.

    Returns
    -------
    str
        Lower-case hexadecimal.
    """
    digest = hashlib.sha256()
    paths = sorted(p for p in weights.iterdir() if p.is_file()) if weights.is_dir() else [weights]
    for path in paths:
        if len(paths) > 1:
            digest.update(path.name.encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _metadata(path: Path, model: Any) -> tuple[dict[int, str], int]:
    beside = path.parent / "metadata.yaml"
    if beside.is_file():
        raw = yaml.safe_load(beside.read_text(encoding="utf-8"))
        size = raw.get("imgsz", [640])
        return {int(k): str(v) for k, v in raw.get("names", {}).items()}, int(max(size))
    try:
        info = model.get_rt_info(["framework", "names"])
        return {int(k): str(v) for k, v in ast.literal_eval(info.astype(str)).items()}, 640
    except (RuntimeError, ValueError, SyntaxError, AttributeError):
        raise WeightsError(f"{path}: names no classes; keep the metadata.yaml of the export beside it") from None
