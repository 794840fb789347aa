import numpy as np
import pytest

from vision.detector.yolo import parse_output
from vision.errors import WeightsError

NAMES = {0: "person", 1: "traffic light", 2: "car", 3: "motorcycle"}


def anchors(rows: list[list[float]]) -> np.ndarray:
    return np.array(rows, np.float32).T[None]


def test_a_plain_head_gives_boxes_in_pixels_of_the_picture() -> None:
    output = anchors([[100, 60, 40, 20, 0, 0, 0.9, 0], [300, 60, 40, 20, 0, 0.9, 0, 0]])
    found = parse_output(output, NAMES, scale=2.0, lowest_score=0.1, size=(640, 480))
    assert found.labels == ("car",)  # the traffic light is no road user
    assert found.boxes.tolist() == [[40.0, 25.0, 60.0, 35.0]]


def test_an_end_to_end_head_is_read_too() -> None:
    output = np.array([[[80, 50, 120, 70, 0.9, 2], [1, 1, 5, 5, 0.05, 3]]], np.float32)
    found = parse_output(output, NAMES, scale=2.0, lowest_score=0.1, size=(640, 480))
    assert found.labels == ("car",)
    assert found.boxes.tolist() == [[40.0, 25.0, 60.0, 35.0]]


def test_repeats_of_one_thing_go_but_a_rider_does_not_suppress_the_motorcycle() -> None:
    output = anchors(
        [
            [100, 60, 40, 20, 0, 0, 0.9, 0],
            [101, 60, 40, 20, 0, 0, 0.6, 0],
            [100, 60, 40, 20, 0.5, 0, 0, 0],
            [100, 60, 40, 20, 0, 0, 0, 0.4],
        ]
    )
    found = parse_output(output, NAMES, scale=1.0, lowest_score=0.1, size=(640, 480))
    assert found.labels == ("car", "person", "motorcycle")


def test_boxes_are_cut_at_the_border() -> None:
    found = parse_output(anchors([[5, 5, 40, 40, 0, 0, 0.9, 0]]), NAMES, scale=1.0, lowest_score=0.1, size=(20, 20))
    assert found.boxes.tolist() == [[0.0, 0.0, 20.0, 20.0]]


def test_nothing_found_is_nothing() -> None:
    assert len(parse_output(np.zeros((1, 8, 50), np.float32), NAMES, scale=1, lowest_score=0.1, size=(9, 9))) == 0


def test_an_output_of_another_form_is_refused() -> None:
    with pytest.raises(WeightsError, match="does not fit 4 classes"):
        parse_output(np.zeros((1, 99, 50), np.float32), NAMES, scale=1, lowest_score=0.1, size=(9, 9))
    with pytest.raises(WeightsError, match="not one we read"):
        parse_output(np.zeros((8, 50), np.float32), NAMES, scale=1, lowest_score=0.1, size=(9, 9))
