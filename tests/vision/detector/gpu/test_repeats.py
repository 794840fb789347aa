import numpy as np
import pytest

from vision.detector.boxes import keep_best

torch = pytest.importorskip("torch", reason="TORCH ABSENT: make test-train tries the networks in torch")
pytestmark = pytest.mark.train
OVERLAP = 0.6


def crowd(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return boxes of a dense street with many repeats of each, scores from best to worst, and groups."""
    middle = rng.uniform(0, 600, (count // 6, 4))
    boxes = np.repeat(middle, 6, 0) + rng.normal(0, 1, (count // 6 * 6, 4))
    boxes[:, 2:] = boxes[:, :2] + rng.uniform(10, 60, (len(middle), 2)).repeat(6, 0)
    order = rng.permutation(len(boxes))
    return boxes[order].astype(np.float32), np.sort(rng.random(len(boxes)))[::-1], rng.integers(0, 3, len(boxes))


def test_the_same_boxes_stay_as_when_they_are_struck_out_in_order() -> None:
    from vision.detector.gpu.repeats import unrepeated

    rng = np.random.default_rng(5)
    for _ in range(20):
        boxes, scores, groups = crowd(rng, 300)
        alive = scores > 0.1
        stays, is_settled = unrepeated(*(torch.as_tensor(v[None].copy()) for v in (boxes, groups, alive)), OVERLAP)
        expected = keep_best(boxes[alive], scores[alive].astype(np.float32), groups[alive], OVERLAP)
        assert bool(is_settled[0])
        assert np.flatnonzero(stays[0].numpy()).tolist() == sorted(expected.tolist())
        assert len(expected) < 0.7 * alive.sum()


def test_a_chain_of_boxes_too_long_to_settle_is_told_and_each_picture_is_asked_for_itself() -> None:
    from vision.detector.gpu.repeats import ROUNDS, unrepeated

    count = 4 * ROUNDS
    chain = np.zeros((count, 4), np.float32)
    chain[:, 0] = 20 * np.arange(count)  # each covers the next one by two thirds, and no other by half
    chain[:, 2], chain[:, 3] = chain[:, 0] + 100, 10
    apart = chain + np.arange(count, dtype=np.float32)[:, None] * np.array([200, 0, 200, 0], np.float32)
    both = torch.as_tensor(np.stack([chain, apart]))
    alive = torch.ones(2, count, dtype=torch.bool)
    stays, is_settled = unrepeated(both, torch.zeros(2, count), alive, OVERLAP)
    assert is_settled.tolist() == [False, True]
    assert bool(stays[1].all())
