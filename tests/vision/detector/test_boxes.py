"""Repeats of one thing go, whatever way is taken to find them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vision.detector.boxes import Floats, iou, keep_best, shared


def crowd(seed: int, count: int = 300) -> tuple[Floats, Floats, NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(0, 300, (count, 2)), rng.uniform(1, 90, (count, 2))
    boxes = np.concatenate([corner, corner + size], axis=1).astype(np.float32)
    return boxes, rng.integers(1, 40, count).astype(np.float32) / 40, rng.integers(0, 3, count)


def kept_one_by_one(boxes: Floats, scores: Floats, groups: NDArray[np.int64], overlap: float) -> list[int]:
    kept: list[int] = []
    for i in np.argsort(-scores, kind="stable").tolist():
        rivals = [k for k in kept if groups[k] == groups[i]]
        if not (iou(boxes[[i]], boxes[rivals]) > overlap).any():
            kept.append(i)
    return kept


def test_a_box_stays_unless_a_better_one_of_its_group_that_stays_overlaps_it() -> None:
    for seed in range(5):
        boxes, scores, groups = crowd(seed)
        expected = kept_one_by_one(boxes, scores, groups, 0.3)
        assert 0 < len(expected) < len(boxes)
        assert keep_best(boxes, scores, groups, 0.3).tolist() == expected


def test_an_overlap_just_at_the_limit_is_no_repeat() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 5]], np.float32)
    scores, groups = np.array([0.9, 0.8], np.float32), np.zeros(2, np.int64)
    assert keep_best(boxes, scores, groups, 0.5).tolist() == [0, 1]
    assert keep_best(boxes, scores, groups, 0.49).tolist() == [0]


def test_overlap_is_what_two_boxes_share_of_what_they_cover_together() -> None:
    boxes, _, _ = crowd(7)
    size = (boxes[:, 2:] - boxes[:, :2]).astype(np.float64)
    alone, together = size.prod(axis=1), shared(boxes, boxes).astype(np.float64)
    assert iou(boxes, boxes) == pytest.approx(together / (alone[:, None] + alone - together), abs=1e-6)
    assert iou(boxes[::2].astype(np.float64), boxes[::-1]).shape == (150, 300)


def test_nothing_is_kept_of_nothing() -> None:
    assert keep_best(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64), 0.5).tolist() == []


def test_what_boxes_share_is_an_area_and_none_where_they_are_apart() -> None:
    one = np.array([[0, 0, 4, 4]], np.float32)
    others = np.array([[2, 1, 9, 3], [5, 5, 6, 6], [5, 0, 6, 4], [1, 1, 2, 2]], np.float32)
    assert shared(one, others).tolist() == [[4.0, 0.0, 0.0, 1.0]]
    assert shared(one.astype(np.float64), others.astype(np.float64)).dtype == np.float64
    assert iou(one, one).tolist() == [[1.0]]
