"""The network in torch beside the library that made it, on a processor; a GPU plays the same steps."""

from pathlib import Path

import numpy as np
import pytest

from tests.vision.builders import START_MS
from vision.detector.base import Detections
from vision.detector.boxes import iou
from vision.detector.open import open_detector
from vision.detector.ultralytics import UltralyticsDetector
from vision.frames import Frame

torch = pytest.importorskip("torch", reason="TORCH ABSENT: make test-train tries the networks in torch")
pytestmark = pytest.mark.train


@pytest.fixture(scope="module", params=["yolo11n.yaml", "yolov8n.yaml", "yolo26n.yaml"])
def weights(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return untrained weights, made so sure of themselves that many cells are boxes."""
    ultralytics = pytest.importorskip("ultralytics")
    torch.manual_seed(1)
    model = ultralytics.YOLO(request.param)
    model.model.names = {**model.names, 0: "person", 1: "bicycle", 2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}
    head = model.model.model[-1]
    for part in (head.cv3, getattr(head, "one2one_cv3", None) or []):
        for level in part:
            level[-1].bias.data.uniform_(-4.5, -2.0)
    path = tmp_path_factory.mktemp("weights") / "net.pt"
    model.save(str(path))
    return path


def pictures(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [rng.integers(0, 255, (192, 320, 3), np.uint8) for _ in range(count)]


def same(ours: Detections, theirs: Detections) -> bool:
    """Return whether two answers are the same but for rounding."""
    return (
        len(ours) == len(theirs)
        and np.allclose(np.sort(ours.scores), np.sort(theirs.scores), atol=1e-3)
        and bool((iou(ours.boxes, theirs.boxes).max(1) > 0.98).all())
    )


def test_boxes_are_those_of_the_library_before_repeats_go(weights: Path) -> None:
    from vision.detector.gpu.cells import sure_boxes

    detector, image = UltralyticsDetector(weights, device="cpu"), pictures(1)[0]
    shown = torch.as_tensor(image[:, :, ::-1].copy()).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():
        boxes, scores, _ = sure_boxes(*detector.batches.cells(shown), 50)
    library = pytest.importorskip("ultralytics").YOLO(str(weights))
    library.model.eval()
    with torch.inference_mode():
        told = library.model(shown)[0][0]
    if told.shape[1] == 6:  # a list of finds
        expected, sure = told[:, :4], told[:, 4]
    else:
        kept = [number for number, name in library.names.items() if name in detector.batches.labels]
        middles, sides = told[:2].T, told[2:4].T
        expected = torch.cat([middles - sides / 2, middles + sides / 2], 1)
        sure = told[4:][kept].max(0).values
    best = sure.topk(5)
    assert torch.allclose(scores[0, :5], best.values, atol=1e-4) or told.shape[1] == 6
    overlaps = iou(boxes[0].numpy(), expected.numpy()).max(1)
    assert (overlaps[:5] > 0.99).all()


def test_a_batch_tells_of_each_picture_what_it_tells_of_it_alone(weights: Path) -> None:
    detector = UltralyticsDetector(weights, device="cpu")
    images = pictures(3)
    alone = [detector.finish(detector.begin(image)) for image in images]
    detector.batch = 3
    tickets = [detector.begin(image) for image in images]
    assert all(len(one) > 3 for one in alone)
    assert all(same(detector.finish(ticket), one) for ticket, one in zip(tickets, alone, strict=True))


def test_pictures_of_several_sizes_wait_together_and_are_looked_at_apart(weights: Path) -> None:
    detector = UltralyticsDetector(weights, device="cpu")
    detector.batch = 4
    small, large = pictures(1)[0], np.random.default_rng(4).integers(0, 255, (320, 320, 3), np.uint8)
    first, second = detector.begin(small), detector.begin(large)
    alone = UltralyticsDetector(weights, device="cpu")
    assert same(detector.finish(first), alone.finish(alone.begin(small)))
    assert same(detector.finish(second), alone.finish(alone.begin(large)))


def test_frames_come_out_in_order_with_boxes_in_their_own_pixels(weights: Path) -> None:
    detector = open_detector(weights)
    frames = [
        Frame(i, START_MS + i, np.ascontiguousarray(image.repeat(4, 0).repeat(4, 1)))
        for i, image in enumerate(pictures(5))
    ]
    found = list(detector.each(frames))  # type: ignore[attr-defined]
    assert [frame.index for frame, _ in found] == list(range(5))
    assert all(one.boxes.max() > 640 and one.boxes[:, 3].max() <= 768 for _, one in found)


def test_what_did_not_settle_on_the_device_is_struck_out_in_order(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vision.detector.gpu import repeats

    image = pictures(1)[0]
    detector = UltralyticsDetector(weights, device="cpu")
    settled = detector.finish(detector.begin(image))
    monkeypatch.setattr(repeats, "ROUNDS", 0)
    monkeypatch.setattr(
        "vision.detector.gpu.batches.unrepeated", lambda *a: (a[2], torch.zeros(len(a[2]), dtype=torch.bool))
    )
    assert same(detector.finish(detector.begin(image)), settled)
