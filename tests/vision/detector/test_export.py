from pathlib import Path

import numpy as np
import pytest

from tests.data import shared_data
from tests.vision.builders import frame, picture
from tests.vision.detector.networks import write_network
from vision.detector.openvino import OpenVinoDetector
from vision.errors import WeightsError

ONE = np.array([[[32, 24, 20, 10, 0.0, 0.9, 0.0]]], np.float32).transpose(0, 2, 1)


def test_other_words_for_a_road_user_are_understood(tmp_path: Path) -> None:
    found = OpenVinoDetector(write_network(tmp_path, ONE)).detect(frame(0, picture()))
    assert found.labels == ("motorcycle",)
    assert found.boxes.tolist() == [[22.0, 19.0, 42.0, 29.0]]


def test_several_pictures_are_looked_at_in_their_order(tmp_path: Path) -> None:
    detector = OpenVinoDetector(write_network(tmp_path, ONE))
    wide, narrow = np.zeros((32, 64, 3), np.uint8), np.zeros((64, 32, 3), np.uint8)
    tickets = [detector.begin(picture) for picture in (wide, narrow, wide)]
    found = [detector.finish(ticket) for ticket in tickets]
    assert [each.boxes[0].tolist()[2] for each in found] == [42.0, 32.0, 42.0]  # cut at each picture's own border


def test_an_export_of_a_fixed_size_is_fed_that_size(tmp_path: Path) -> None:
    detector = OpenVinoDetector(write_network(tmp_path, ONE, size=(96, 96)))
    assert detector.fixed_px == (96, 96)
    assert len(detector.detect(frame(0, picture()))) == 1


@pytest.mark.parametrize("task", ["segment", "pose", "classify", "obb"])
def test_weights_of_another_task_are_refused(tmp_path: Path, task: str) -> None:
    with pytest.raises(WeightsError, match=f"its task is {task}.*export a model of task detect"):
        OpenVinoDetector(write_network(tmp_path, ONE, task=task))


def test_weights_that_know_no_road_user_are_refused_with_what_they_know(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="knows no road users, but plate, helmet; give weights with person"):
        OpenVinoDetector(write_network(tmp_path, ONE, names={0: "plate", 1: "helmet"}))


def test_an_output_that_does_not_fit_the_classes_is_refused_when_opened(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="is not that of a YOLO detector of 2 classes"):
        OpenVinoDetector(write_network(tmp_path, ONE, names={0: "person", 1: "car"}))


def test_an_older_head_of_one_class_is_not_taken_for_a_list_of_finds(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="is not that of a YOLO detector"):
        OpenVinoDetector(write_network(tmp_path, np.zeros((1, 25200, 6), np.float32), names={0: "car"}))


def test_a_metadata_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = write_network(tmp_path, ONE)
    (folder / "metadata.yaml").write_text("names: {0: [", encoding="utf-8")
    with pytest.raises(WeightsError, match=r"metadata\.yaml: cannot be read"):
        OpenVinoDetector(folder)


@pytest.mark.parametrize("names", ["3", "{0: }", "[]"])
def test_a_metadata_file_without_classes_is_named(tmp_path: Path, names: str) -> None:
    folder = write_network(tmp_path, ONE)
    (folder / "metadata.yaml").write_text(f"names: {names}\n", encoding="utf-8")
    with pytest.raises(WeightsError, match=r"names no classes|knows no road users"):
        OpenVinoDetector(folder)


@pytest.mark.data
def test_a_reader_of_plates_is_no_detector_of_road_users() -> None:
    with pytest.raises(WeightsError, match="names no classes"):
        OpenVinoDetector(shared_data("weights", "vn_LP_detector_nano_61.onnx"))
