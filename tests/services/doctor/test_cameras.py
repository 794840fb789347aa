from pathlib import Path

import pytest

from schemas.text import Text
from services.city.folder import City, CityFolder, write_city
from services.doctor.cameras import look_at_cameras
from services.settings import Settings
from vision.detector.open import SHIPPED
from vision.scenes.street import street_camera_yaml


@pytest.fixture
def city(tmp_path: Path) -> CityFolder:
    name = Text(vi="T", en="T")
    made = City(id="t", name=name, timezone="Asia/Ho_Chi_Minh", bbox=(105, 20, 106, 21), epsg=32648, origin="sample")
    write_city(tmp_path, made)
    (tmp_path / "cameras").mkdir()
    scene = street_camera_yaml("SC-01", ("Ngã tư", "Junction"), (105.8, 21.0))
    (tmp_path / "cameras" / "SC-01.yaml").write_text(scene, encoding="utf-8")
    return CityFolder(tmp_path)


def look(city: CityFolder, **environ: str) -> list[tuple[str, str, str]]:
    return [(found.what, found.level, found.text.en) for found in look_at_cameras(city, Settings(environ))]


def test_without_weights_only_rendered_cameras_are_watched(city: CityFolder) -> None:
    assert look(city) == [("detector", "note", "no weights set: only rendered cameras are watched")]


def test_weights_that_open_are_well_and_others_are_told_with_the_reason(city: CityFolder, tmp_path: Path) -> None:
    assert look(city, HANOI_VISION_WEIGHTS=str(SHIPPED)) == [("detector", "ok", str(SHIPPED))]
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")
    ((what, level, text),) = look(city, HANOI_VISION_WEIGHTS=str(broken))
    assert (what, level) == ("detector", "missing")
    assert "broken.onnx: OpenVINO cannot read it" in text


def test_plate_weights_that_are_absent_are_told(city: CityFolder, tmp_path: Path) -> None:
    found = look(city, HANOI_VISION_PLATE_WEIGHTS=str(tmp_path / "none"))
    assert [(what, level) for what, level, _ in found] == [("detector", "note"), ("plates", "missing")]


def test_a_camera_file_that_cannot_be_used_is_named_with_its_fault(city: CityFolder) -> None:
    good = (city.root / "cameras" / "SC-01.yaml").read_text(encoding="utf-8")
    (city.root / "cameras" / "SC-02.yaml").write_text(good.replace("frame: [960, 540]", "frame: 640"), encoding="utf-8")
    what, level, text = look(CityFolder(city.root))[0]
    assert (what, level) == ("camera", "warn")
    assert "SC-02.yaml cannot be used" in text
    assert "frame is 640" in text
