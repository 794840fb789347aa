from pathlib import Path

import numpy as np
import pytest

from tests.data import shared_data
from tests.vision.builders import frame, picture
from vision.detector.base import empty_or
from vision.detector.export import weights_sha256
from vision.detector.open import SHIPPED, open_detector
from vision.detector.recorded import write_recorded
from vision.errors import WeightsError


def test_no_weights_open_the_shipped_ones() -> None:
    detector = open_detector(None)
    assert detector.name == "openvino"
    assert detector.sha256 == open_detector("scenes").sha256 == weights_sha256(SHIPPED)


def test_the_exported_network_is_opened_from_its_folder() -> None:
    detector = open_detector(shared_data("weights", "yolo11n_int8_openvino_model"))
    assert detector.name == "openvino"
    assert len(detector.detect(frame(0, np.zeros((480, 640, 3), np.uint8)))) == 0


@pytest.mark.parametrize("name", ["nothing.xml", "nothing.pt", "nothing.jsonl", "nothing"])
def test_absent_weights_are_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(WeightsError, match="nothing"):
        open_detector(tmp_path / name)


def test_broken_weights_are_named(tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_text("<net>", encoding="utf-8")
    (tmp_path / "m.bin").write_bytes(b"0")
    with pytest.raises(WeightsError, match=r"m\.xml: OpenVINO cannot read it"):
        open_detector(tmp_path)


def test_an_ir_without_its_bin_is_named(tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_text("<net>", encoding="utf-8")
    with pytest.raises(WeightsError, match=r"m\.bin: is absent"):
        open_detector(tmp_path)


def test_weights_of_another_kind_are_refused() -> None:
    with pytest.raises(WeightsError, match="names no classes"):
        open_detector(shared_data("weights", "yolox_nano.onnx"))


def test_a_picture_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="height × width × 3"):
        open_detector(None).detect(frame(0, np.zeros((4, 4), np.uint8)))


def test_recorded_detections_come_back_as_they_were_written(tmp_path: Path) -> None:
    found = empty_or([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]], [0.5, 0.75], ["car", "person"])
    path = tmp_path / "found.jsonl"
    write_recorded(path, [(3, found)])
    back = open_detector(path).detect(frame(3, picture()))
    assert back.labels == ("person", "car")
    assert back.boxes.tolist() == found.boxes.tolist()
    assert len(open_detector(path).detect(frame(4, picture()))) == 0


def test_a_wrong_line_of_recorded_detections_is_named(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    path.write_text('{"frame": 1, "found": []}\n{"frame": "x"}\n', encoding="utf-8")
    with pytest.raises(WeightsError, match="line 2"):
        open_detector(path)


def test_pt_weights_without_the_library_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "ultralytics", None)
    with pytest.raises(WeightsError, match=r"hanoi-traffic\[train\]"):
        open_detector(shared_data("weights", "yolo11n_from_int8.pt"))
