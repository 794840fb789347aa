"""What the city's cameras need: files that can be used, and weights that open."""

from collections.abc import Callable
from pathlib import Path

from services.city.folder import CityFolder
from services.doctor.finding import Finding, found, ok
from services.settings import Settings
from vision.camera import read_camera
from vision.detector.open import open_detector
from vision.errors import VisionError
from vision.plates.open import open_plates


def look_at_cameras(city: CityFolder, settings: Settings) -> list[Finding]:
    """Read every camera file and open the weights that the settings name; none where nothing is watched."""
    if not city.watching_cameras:
        return []
    return [*_files(city), _detector(settings.vision.weights), *_plates(settings.vision.plate_weights)]


def _files(city: CityFolder) -> list[Finding]:
    findings = []
    for path in city.cameras:
        try:
            read_camera(path)
        except VisionError as error:
            text = (f"không dùng được tệp: {error}", str(error))
            findings.append(found("camera", "warn", text, ("sửa tệp camera", "mend the camera file")))
    return findings


def _detector(weights: Path | None) -> Finding:
    if weights is None:
        text = ("chưa đặt trọng số: chỉ camera dựng hình được xem", "no weights set: only rendered cameras are watched")
        mend = ("HANOI_VISION_WEIGHTS=thư mục OpenVINO của YOLO", "HANOI_VISION_WEIGHTS=folder of an OpenVINO YOLO")
        return found("detector", "note", text, mend)
    return _opened("detector", weights, open_detector, "HANOI_VISION_WEIGHTS")


def _plates(weights: Path | None) -> list[Finding]:
    return [] if weights is None else [_opened("plates", weights, open_plates, "HANOI_VISION_PLATE_WEIGHTS")]


def _opened(what: str, weights: Path, opening: Callable[[Path], object], setting: str) -> Finding:
    try:
        opening(weights)
    except VisionError as error:
        return found(what, "missing", (f"không dùng được: {error}", str(error)), (f"sửa {setting}", f"mend {setting}"))
    return ok(what, str(weights))
