"""A rider and the two-wheeler below are one road user: their boxes become one."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vision.detector.base import GROUPS, Detections, empty_or

# Share of a two-wheeler's width a rider must cover, and how far apart their middles may be, in two-wheeler heights.
WIDTH_SHARE = 0.4
MIDDLE_HEIGHTS = 1.2
# How riders sit on a two-wheeler's box, of scenes and of 263 riders in two real clips: their middle beside its middle,
# in widths (the last of three sits far behind); their foot above its foot and their head above its top, in heights.
ASIDE_SD, MOST_ASIDE = 0.2, 0.55
SEAT, SEAT_RANGE = (0.33, 0.2), (-0.15, 0.95)
HEAD, HEAD_RANGE = (0.4, 0.4), (-0.15, 1.4)
# Less odd than this (squares of deviations, summed) somebody may drive, or ride along where there is a driver.
DRIVES_BELOW, RIDES_BELOW = 40.0, 12.0
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
    bare: list[int | None] = []
    for i, label in enumerate(found.labels):
        if i in rides:
            continue
        parts = [i, *riders[i]]
        part_boxes = found.boxes[parts]
        boxes.append([*part_boxes[:, :2].min(0).tolist(), *part_boxes[:, 2:].max(0).tolist()])
        scores.append(float(found.scores[parts].max()))
        labels.append(label)
        heads.append(len(parts) - 1)
        if found.bare_heads:
            bare.append(_bare([found.bare_heads[k] for k in parts[1:] or parts]))
    order = np.argsort(-np.asarray(scores, np.float32), kind="stable")
    joined = empty_or(boxes, scores, labels)
    bare_heads = tuple(bare[i] for i in order) if found.bare_heads else ()
    return _without_parts(replace(joined, heads=tuple(heads[i] for i in order), bare_heads=bare_heads))


def _bare(riders: list[int | None]) -> int | None:
    """Return how many surely ride with a bare head; ``None`` where nobody surely does and somebody cannot be told."""
    count = sum(bare or 0 for bare in riders)
    return None if count == 0 and None in riders else count


def _without_parts(found: Detections) -> Detections:
    """Leave out a two-wheeler or a person whose box is a part of a larger one that stands on the same foot."""
    light = np.array([i for i, label in enumerate(found.labels) if GROUPS[label] != "vehicle"], np.int64)
    is_part = _parts(found.boxes[light])
    gone = np.zeros(len(light), np.bool_)
    for i in np.flatnonzero(is_part.any(axis=1)):
        gone[i] = (is_part[i] & ~gone).any()
    kept = np.delete(np.arange(len(found)), light[gone]).tolist()
    labels, heads = tuple(found.labels[i] for i in kept), tuple(found.heads[i] for i in kept)
    bare_heads = tuple(found.bare_heads[i] for i in kept) if found.bare_heads else ()
    return Detections(found.boxes[kept], found.scores[kept], labels, heads, bare_heads)


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
    """Return for each person the two-wheeler it rides, -1 for one on foot.

    Each two-wheeler is given one driver first, so that all fit best together: the nearest for each alone would give one
    the riders of two where they stand close. Who is left rides along where it sits well, else on the nearest.
    """
    if not len(people):
        return np.zeros(0, np.int64)
    width = np.maximum(wheels[:, 2] - wheels[:, 0], 1.0).astype(np.float64)
    height = np.maximum(wheels[:, 3] - wheels[:, 1], 1.0).astype(np.float64)
    aside = np.abs(people[:, None, [0, 2]].sum(axis=2) - wheels[None, :, [0, 2]].sum(axis=2)) / 2
    odd = _oddness(people, wheels, aside / np.maximum(width, height / 2), height)
    owner = np.full(len(people), -1, np.int64)
    drivers, driven = linear_sum_assignment(np.where(np.isfinite(odd), odd - DRIVES_BELOW, 0.0))
    real = odd[drivers, driven] < DRIVES_BELOW
    owner[drivers[real]] = driven[real]
    near = np.where(_touches(people, wheels) & (aside < MIDDLE_HEIGHTS * height), aside, np.inf)
    for choice, most in ((odd, RIDES_BELOW), (near, np.inf)):
        left = np.flatnonzero(owner < 0)
        best = choice[left].argmin(axis=1)
        owner[left] = np.where(choice[left, best] < most, best, -1)
    return owner


def _oddness(
    people: NDArray[np.float32], wheels: NDArray[np.float32], aside: NDArray[np.float64], height: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far each person is from sitting as riders do on each two-wheeler; infinite where it cannot be one."""
    seat = (wheels[None, :, 3] - people[:, None, 3]) / height
    head = (wheels[None, :, 1] - people[:, None, 1]) / height
    odd = (aside / ASIDE_SD) ** 2 + ((seat - SEAT[0]) / SEAT[1]) ** 2 + ((head - HEAD[0]) / HEAD[1]) ** 2
    sits = (seat > SEAT_RANGE[0]) & (seat < SEAT_RANGE[1]) & (head > HEAD_RANGE[0]) & (head < HEAD_RANGE[1])
    return np.asarray(np.where(sits & (aside < MOST_ASIDE), odd, np.inf))


def _touches(people: NDArray[np.float32], wheels: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell who stands so that it could sit on which two-wheeler, seen however badly."""
    left, top, right, bottom = (people[:, None, k] for k in range(4))
    w_left, w_top, w_right, w_bottom = (wheels[None, :, k] for k in range(4))
    width, height = w_right - w_left, w_bottom - w_top
    shared = np.minimum(right, w_right) - np.maximum(left, w_left)
    touches = (shared >= WIDTH_SHARE * np.minimum(width, right - left)) & (top < w_bottom) & (bottom > w_top)
    return np.asarray(touches & (bottom <= w_bottom + 0.4 * height) & (top <= w_top + 0.5 * height))
