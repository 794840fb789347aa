"""The default network on real frames: whom it must see for the checked events to be found."""

import json

import numpy as np
import pytest

from tests.data import shared_data
from tests.vision.builders import CLIPS
from vision.detector.base import Detector
from vision.detector.boxes import iou
from vision.detector.open import open_detector
from vision.frames import read_frames


def least_overlap(detector: Detector) -> float:
    """Return the worst overlap of the four checked riders with what is seen in their frames."""
    clip = CLIPS["ly_thuong_kiet"]
    truth = json.loads(shared_data("cameras", "annotations.json").read_text())["clips"][clip]
    events = {int(e["frame"]): e["box"] for e in truth["red_light_crossings"]}
    worst = 1.0
    for frame in read_frames(str(shared_data("cameras", clip))):
        if frame.index in events:
            found = detector.detect(frame)
            two_wheelers = np.array([label == "motorcycle" for label in found.labels])
            overlap = iou(np.array([events[frame.index]], np.float32), found.boxes[two_wheelers])
            worst = min(worst, float(overlap.max()))
        if frame.index > max(events):
            break
    return worst


@pytest.mark.data
def test_the_exported_network_sees_the_four_checked_riders() -> None:
    assert least_overlap(open_detector(shared_data("weights", "yolo11n_int8_openvino_model"))) > 0.8


@pytest.mark.data
@pytest.mark.train
def test_the_pt_weights_see_them_too_through_the_same_interface() -> None:
    pytest.importorskip("ultralytics", reason="ULTRALYTICS ABSENT: make test-train tries this door")
    detector = open_detector(shared_data("weights", "yolo11n_from_int8.pt"))
    assert detector.name == "ultralytics"
    assert least_overlap(detector) > 0.6
