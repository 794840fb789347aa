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
    if path.suffix in {".pt", ".engine"}:
        from vision.detector.ultralytics import UltralyticsDetector

        return UltralyticsDetector(path)
    if path.suffix == ".jsonl":
        from vision.detector.recorded import RecordedDetector

        return RecordedDetector(path)
    if path.is_dir() or path.suffix in {".xml", ".onnx"}:
        from vision.detector.openvino import OpenVinoDetector

        return OpenVinoDetector(path)
    raise WeightsError(
        f"{path}: no such weights, or of an unknown kind; give an OpenVINO folder, .onnx, .pt, .engine or .jsonl"
    )


def with_gate(detector: Detector) -> Detector:
    """Put a gate before a detector that can look at parts of a picture; give any other back as it is.

    Parameters
    ----------
    detector : Detector
        Cameras may share it.

    Returns
    -------
    Detector
        For one camera: what it remembers is of that camera's pictures.
    """
    if not hasattr(detector, "look"):
        return detector
    from vision.detector.gate import GatedDetector

    return GatedDetector(cast("Engine", detector))


def gate_sha256(detector: Detector) -> str:
    """Return the SHA-256 of a gate's settings, which change what is found; ``none`` where frames are looked at whole.

    Parameters
    ----------
    detector : Detector
        Any.

    Returns
    -------
    str
        Lower-case hexadecimal, or ``none``.
    """
    return str(getattr(detector, "gate_sha256", "none"))
