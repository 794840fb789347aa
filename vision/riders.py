"""A rider and the two-wheeler below are one road user: their boxes become one."""

from dataclasses import replace

import numpy as np

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
    owner = {p: w for p in people if (w := _two_wheeler_of(found, p, wheels)) is not None}
    boxes: list[list[float]] = []
    scores: list[float] = []
    labels: list[str] = []
    heads: list[int] = []
    for i, label in enumerate(found.labels):
        if i in owner:
            continue
        parts = [i, *(p for p, w in owner.items() if w == i)]
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
    light = [i for i, label in enumerate(found.labels) if GROUPS[label] != "vehicle"]
    gone = set()
    for i in light:
        left, top, right, bottom = found.boxes[i]
        area = max((right - left) * (bottom - top), 1e-6)
        for j in light:
            if i == j or j in gone:
                continue
            o_left, o_top, o_right, o_bottom = found.boxes[j]
            height = o_bottom - o_top
            inner = max(0.0, min(right, o_right) - max(left, o_left)) * max(
                0.0, min(bottom, o_bottom) - max(top, o_top)
            )
            larger = (o_right - o_left) * height > area
            if larger and inner / area > INSIDE_SHARE and abs(bottom - o_bottom) < FOOT_SHARE * height:
                gone.add(i)
                break
    kept = [i for i in range(len(found)) if i not in gone]
    labels, heads = tuple(found.labels[i] for i in kept), tuple(found.heads[i] for i in kept)
    return Detections(found.boxes[kept], found.scores[kept], labels, heads)


def _two_wheeler_of(found: Detections, person: int, wheels: list[int]) -> int | None:
    left, top, right, bottom = found.boxes[person]
    best, best_gap = None, np.inf
    for w in wheels:
        w_left, w_top, w_right, w_bottom = found.boxes[w]
        width, height = w_right - w_left, w_bottom - w_top
        shared = min(right, w_right) - max(left, w_left)
        if shared < WIDTH_SHARE * min(width, right - left) or not top < w_bottom or not bottom > w_top:
            continue
        if bottom > w_bottom + 0.4 * height or top > w_top + 0.5 * height:
            continue
        gap = abs((left + right) / 2 - (w_left + w_right) / 2)
        if gap < min(best_gap, MIDDLE_HEIGHTS * height):
            best, best_gap = w, gap
    return best
