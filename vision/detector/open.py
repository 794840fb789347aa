"""Which detector a path asks for."""

from pathlib import Path

from vision.detector.base import Detector
from vision.detector.scene import SceneDetector
from vision.errors import WeightsError


def open_detector(weights: Path | str | None) -> Detector:
    """Open the detector that some weights belong to.

    Parameters
    ----------
    weights : Path or str, optional
        An OpenVINO folder, ``.xml`` or ``.onnx``; a ``.pt`` (ultralytics); a ``.jsonl`` of recorded detections;
        ``None`` or ``"scene"`` for rendered scenes, whose shapes are told by their colour.

    Returns
    -------
    Detector
        Ready to detect.

    Raises
    ------
    WeightsError
        If the weights are absent, broken or of an unknown kind.
    """
    if weights is None or str(weights) == "scene":
        return SceneDetector()
    path = Path(weights)
    if path.suffix == ".pt":
        from vision.detector.ultralytics import UltralyticsDetector

        return UltralyticsDetector(path)
    if path.suffix == ".jsonl":
        from vision.detector.recorded import RecordedDetector

        return RecordedDetector(path)
    if path.is_dir() or path.suffix in {".xml", ".onnx"}:
        from vision.detector.openvino import OpenVinoDetector

        return OpenVinoDetector(path)
    raise WeightsError(f"{path}: no such weights, or of an unknown kind; give an OpenVINO folder, .onnx, .pt or .jsonl")
