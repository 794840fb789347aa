"""A short training on rendered scenes, its export, and both engines side by side (`make test-train`)."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from services.cli import main
from tests.vision.builders import frame
from vision.detector.base import Detections
from vision.detector.boxes import iou
from vision.detector.openvino import OpenVinoDetector
from vision.detector.training import Plan, train

SIDE_PX, SCENES, EPOCHS = 160, 40, 5
# A network that learnt for a minute is sure of little: what counts is that both engines say the same of it. Where two
# of its boxes are equally good the export's 16 bits may choose the other: one in twenty.
LOWEST, BEST = 0.01, 5


@pytest.mark.train
@pytest.mark.timeout(600)
def test_what_was_trained_on_scenes_finds_the_same_in_ultralytics_and_in_the_default_engine(tmp_path: Path) -> None:
    pytest.importorskip("ultralytics", reason="ULTRALYTICS ABSENT: make test-train tries this door")
    from vision.detector.ultralytics import UltralyticsDetector

    run = tmp_path / "run"
    words = [
        "train",
        "--scenes",
        str(SCENES),
        "--seed",
        "5",
        "--imgsz",
        str(SIDE_PX),
        "--epochs",
        str(EPOCHS),
        "--out",
        str(run),
    ]
    trained = CliRunner().invoke(main, words, catch_exceptions=False)
    weights = Path(trained.stdout.split()[-2])
    CliRunner().invoke(main, ["export", str(weights), "--out", str(tmp_path / "ir")], catch_exceptions=False)
    first = UltralyticsDetector(weights, longest_px=SIDE_PX, lowest_score=LOWEST)
    second = OpenVinoDetector(tmp_path / "ir", longest_px=SIDE_PX, lowest_score=LOWEST)
    pictures = [
        np.asarray(cv2.imread(str(path)), np.uint8)
        for path in sorted((run / "data" / "images" / "train").glob("*.jpg"))[:40]
    ]
    found = [(first.detect(frame(0, each)), second.detect(frame(0, each))) for each in pictures]
    compared = [same_or_not(one, other) for one, other in found]
    assert sum(map(len, compared)) >= 50, "boxes to compare"
    assert np.mean([same for each in compared for same in each]) >= 0.9
    more = Plan(epochs=1, side_px=SIDE_PX, start=weights)
    train(run / "data" / "data.yaml", tmp_path / "more", more)
    assert first_loss(tmp_path / "more") < 0.8 * first_loss(run), "it goes on where the earlier run ended"


def first_loss(run: Path) -> float:
    """Return what the first round of a run lost on the places of boxes."""
    rows = csv.DictReader((run / "run" / "results.csv").open(encoding="utf-8"))
    return float(next(rows)["train/box_loss"])


def same_or_not(one: Detections, other: Detections) -> list[bool]:
    """Tell of each box of one engine whether the other has it: label, place and score."""
    told = []
    for k in range(min(BEST, len(one))):
        alike = [i for i in range(len(other)) if other.labels[i] == one.labels[k]]
        overlap = iou(one.boxes[k : k + 1], other.boxes[alike])[0]
        near = [i for i, share in zip(alike, overlap.tolist(), strict=True) if share > 0.8]
        told.append(any(other.scores[i] == pytest.approx(one.scores[k], rel=0.2) for i in near))
    return told
