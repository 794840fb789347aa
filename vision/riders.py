"""A rider and the two-wheeler below are one road user: their boxes become one."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vision.detector.base import GROUPS, Detections, empty_or

# Share of a two-wheeler's width a rider must cover, and how far apart their middles may be, in two-wheeler heights.
WIDTH_SHARE = 0.4
MIDDLE_HEIGHTS = 1.2
INSIDE_SHARE = 0.8
FOOT_SHARE = 0.25


def join_riders(found: Detections) -> Detections:
    """Join each two-wheeler with the people on it.

    The joined box reaches from the rider's head to the wheels and has the two-wheeler's label and the
    higher of the scores, so that a weakly seen motorcycle below a clearly seen rider is not lost.

    Parameters
    ----------
    found : Detections
        What a detector gave for one frame.

    Returns
    -------
    Detections
        The same, riders gone into their two-wheelers, whose ``heads`` count them.
    """
    wheels = [i for i, label in enumerate(found.labels) if label in {"motorcycle", "bicycle"}]
    people = [i for i, label in enumerate(found.labels) if label == "person"]
    if not wheels:
        return found
    owner = _two_wheelers_of(found.boxes[people], found.boxes[wheels])
    rides = {person: wheels[w] for person, w in zip(people, owner.tolist(), strict=True) if w >= 0}
    riders: defaultdict[int, list[int]] = defaultdict(list)
    for person, wheel in rides.items():
        riders[wheel].append(person)
    boxes: list[list[float]] = []
    scores: list[float] = []
    labels: list[str] = []
    heads: list[int] = []
    for i, label in enumerate(found.labels):
        if i in rides:
            continue
        parts = [i, *riders[i]]
        part_boxes = found.boxes[parts]
        boxes.append([*part_boxes[:, :2].min(0).tolist(), *part_boxes[:, 2:].max(0).tolist()])
        scores.append(float(found.scores[parts].max()))
        labels.append(label)
        heads.append(len(parts) - 1)
    order = np.argsort(-np.asarray(scores, np.float32), kind="stable")
    joined = empty_or(boxes, scores, labels)
    return _without_parts(replace(joined, heads=tuple(heads[i] for i in order)))


def _without_parts(found: Detections) -> Detections:
    """Leave out a two-wheeler or a person whose box is a part of a larger one that stands on the same foot."""
    light = np.array([i for i, label in enumerate(found.labels) if GROUPS[label] != "vehicle"], np.int64)
    is_part = _parts(found.boxes[light])
    gone = np.zeros(len(light), np.bool_)
    for i in np.flatnonzero(is_part.any(axis=1)):
        gone[i] = (is_part[i] & ~gone).any()
    kept = np.delete(np.arange(len(found)), light[gone]).tolist()
    labels, heads = tuple(found.labels[i] for i in kept), tuple(found.heads[i] for i in kept)
    return Detections(found.boxes[kept], found.scores[kept], labels, heads)


def _parts(boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which box (row) lies in which larger one (column) and stands on its foot."""
    size = boxes[:, 2:] - boxes[:, :2]
    area = np.maximum(size.prod(axis=1), 1e-6)
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    inner = np.clip(np.minimum(boxes[:, None, 2:], boxes[None, :, 2:]) - low, 0.0, None).prod(axis=2)
    is_inside = inner / area[:, None] > INSIDE_SHARE
    on_foot = np.abs(boxes[:, None, 3] - boxes[None, :, 3]) < FOOT_SHARE * size[None, :, 1]
    return np.asarray(is_inside & on_foot & (size.prod(axis=1)[None, :] > area[:, None]))


def _two_wheelers_of(people: NDArray[np.float32], wheels: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return for each person the two-wheeler it rides, -1 for one on foot."""
    if not len(people):
        return np.zeros(0, np.int64)
    left, top, right, bottom = (people[:, None, k] for k in range(4))
    w_left, w_top, w_right, w_bottom = (wheels[None, :, k] for k in range(4))
    width, height = w_right - w_left, w_bottom - w_top
    shared = np.minimum(right, w_right) - np.maximum(left, w_left)
    touches = (shared >= WIDTH_SHARE * np.minimum(width, right - left)) & (top < w_bottom) & (bottom > w_top)
    sits = (bottom <= w_bottom + 0.4 * height) & (top <= w_top + 0.5 * height)
    gap = np.abs((left + right) / 2 - (w_left + w_right) / 2)
    gap = np.where(touches & sits & (gap < MIDDLE_HEIGHTS * height), gap, np.inf)
    nearest = gap.argmin(axis=1)
    return np.where(np.isfinite(gap[np.arange(len(gap)), nearest]), nearest, -1)
