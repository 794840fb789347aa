"""Which detector a path asks for."""

from pathlib import Path
from typing import cast

from vision.detector.base import Detector, Engine
from vision.errors import WeightsError

SHIPPED = Path(__file__).parents[1] / "weights" / "scenes"


def open_detector(weights: Path | str | None) -> Detector:
    """Open the detector that some weights belong to.

    Parameters
    ----------
    weights : Path or str, optional
        An OpenVINO folder, ``.xml`` or ``.onnx``; a ``.pt`` or ``.engine`` (ultralytics); a ``.jsonl`` of
        recorded detections;
        ``None`` or ``"scenes"`` for the shipped weights, which know painted scenes (`vision/scenes/paint`) and no
        real street.

    Returns
    -------
    Detector
        Ready to detect.

    Raises
    ------
    WeightsError
        If the weights are absent, broken or of an unknown kind.
    """
    path = SHIPPED if weights is None or str(weights) == SHIPPED.name else Path(weights)
    if path.suffix == ".pt":
        from vision.detector.ultralytics import UltralyticsDetector

        return UltralyticsDetector(path)
    if path.suffix == ".engine":
        from vision.detector.library import LibraryDetector

        return LibraryDetector(path)
    if path.suffix == ".jsonl":
        from vision.detector.recorded import RecordedDetector

        return RecordedDetector(path)
    if path.is_dir() or path.suffix in {".xml", ".onnx"}:
        from vision.detector.openvino import OpenVinoDetector

        return OpenVinoDetector(path)
    raise WeightsError(
        f"{path}: no such weights, or of an unknown kind; give an OpenVINO folder, .onnx, .pt, .engine or .jsonl"
    )


def with_canvas(detector: Detector) -> Detector:
    """Let a network that can look at any picture be shown the road, near and far alike tall; give any other back.

    Parameters
    ----------
    detector : Detector
        Cameras may share it.

    Returns
    -------
    Detector
        For one camera: what it learns is of that camera's pictures.
    """
    if not hasattr(detector, "begin"):
        return detector
    from vision.detector.zoomed import ZoomedDetector

    return ZoomedDetector(cast("Engine", detector))


def canvas_sha256(detector: Detector) -> str:
    """Return the SHA-256 of how the road is shown, which changes what is found; ``none`` for whole frames.

    Parameters
    ----------
    detector : Detector
        Any.

    Returns
    -------
    str
        Lower-case hexadecimal, or ``none``.
    """
    return str(getattr(detector, "canvas_sha256", "none"))
