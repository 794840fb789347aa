"""A network without its last steps says what it says with them."""

from pathlib import Path

import numpy as np
import pytest

from tests.data import shared_data
from tests.vision.detector.networks import write_network
from vision.detector import openvino as engine
from vision.detector.base import Detections
from vision.detector.boxes import iou
from vision.detector.open import SHIPPED
from vision.detector.openvino import OpenVinoDetector
from vision.frames import Frame, Image, read_frames


def with_and_without(weights: Path, image: Image, monkeypatch: pytest.MonkeyPatch) -> tuple[Detections, Detections]:
    cut = OpenVinoDetector(weights)
    assert cut._is_cut
    monkeypatch.setattr(engine, "cut_head", lambda *_: None)
    full = OpenVinoDetector(weights)
    assert not full._is_cut
    frame = Frame(0, 0, image)
    return full.detect(frame), cut.detect(frame)


def check_same(full: Detections, cut: Detections) -> None:
    sure = np.flatnonzero(full.scores >= 0.15)  # those at the lowest score may fall to either side of it
    assert len(sure) >= 5
    # A processor that reckons the last steps in 16 bits knows a score to 0.004 and a place to two pixels; here both are
    # known exactly. So what is nearly alike may come in another order.
    alike = np.array([[one == other for other in cut.labels] for one in np.array(full.labels)[sure].tolist()])
    twins = np.where(alike, iou(full.boxes[sure], cut.boxes), 0.0).argmax(axis=1)
    assert len(set(twins.tolist())) == len(sure)
    assert cut.scores[twins] == pytest.approx(full.scores[sure], abs=4e-3)
    assert cut.boxes[twins] == pytest.approx(full.boxes[sure], abs=2.0)
    assert np.abs(cut.boxes[twins] - full.boxes[sure]).mean() < 0.3


@pytest.mark.data
def test_a_network_of_eighty_classes_in_8_bits_finds_the_same_road_users(monkeypatch: pytest.MonkeyPatch) -> None:
    clip = shared_data("cameras", "hn_lythuongkiet_hangbai_20220925_164147_640x480_6fps.mp4")
    image = next(iter(read_frames(str(clip)))).image
    check_same(*with_and_without(shared_data("weights", "yolo11n_int8_openvino_model"), image, monkeypatch))


def test_a_head_built_in_another_way_is_left_whole(tmp_path: Path) -> None:
    one = np.array([[[32, 24, 20, 10, 0.0, 0.9, 0.0]]], np.float32).transpose(0, 2, 1)
    assert not OpenVinoDetector(write_network(tmp_path, one))._is_cut


def test_a_network_that_tells_each_thing_once_is_left_whole() -> None:
    assert not OpenVinoDetector(SHIPPED)._is_cut
