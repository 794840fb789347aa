"""The numbers of a YOLO network's output turned into road users."""

import numpy as np
from numpy.typing import NDArray

from vision.detector.base import GROUPS, NOTHING, Detections
from vision.detector.boxes import keep_best
from vision.errors import WeightsError

SAME_OVERLAP = 0.6
Parts = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]
GROUP_NUMBER = {group: number for number, group in enumerate(dict.fromkeys(GROUPS.values()))}


def parse_output(
    output: NDArray[np.float32], names: dict[int, str], *, scale: float, lowest_score: float, size: tuple[int, int]
) -> Detections:
    """Turn one network output into detections in pixels of the picture.

    Parameters
    ----------
    output : ndarray
        1 × (4 + classes) × n with centre, width, height (YOLOv8, YOLO11), or 1 × n × 6 with left, top, right,
        bottom, score, class (end-to-end heads such as YOLO26's).
    names : dict of int to str
        Class number → name; only road users are kept.
    scale : float
        Network pixels per pixel of the picture.
    lowest_score : float
        What is less sure is left out.
    size : tuple of int
        Width and height of the picture; boxes are cut at its border.

    Returns
    -------
    Detections
        Best first, repeats removed.

    Raises
    ------
    WeightsError
        If the output is of neither form.
    """
    if output.ndim != 3 or output.shape[0] != 1:
        raise WeightsError(f"a network output of shape {output.shape} is not one we read; export a YOLO detect model")
    kept = {number: name for number, name in names.items() if name in GROUPS}
    if output.shape[2] == 6:
        boxes, scores, classes = _end_to_end(output[0], kept, lowest_score)
    elif output.shape[1] == 4 + len(names):
        boxes, scores, classes = _anchors(output[0], kept, lowest_score)
    else:
        raise WeightsError(f"a network output of shape {output.shape} does not fit {len(names)} classes")
    return chosen((boxes, scores, classes), kept, scale=scale, size=size)


def chosen(parts: Parts, names: dict[int, str], *, scale: float, size: tuple[int, int]) -> Detections:
    """Leave out repeats of one thing, and put boxes into the picture.

    Parameters
    ----------
    parts : tuple of ndarray
        Boxes in network pixels, scores, class numbers.
    names : dict of int to str
        Names of the classes.
    scale : float
        Network pixels per pixel of the picture.
    size : tuple of int
        Width and height of the picture; boxes are cut at its border.

    Returns
    -------
    Detections
        Best first.
    """
    boxes, scores, classes = parts
    if len(scores) == 0:
        return NOTHING
    labels = [names[int(number)] for number in classes]
    groups = np.array([GROUP_NUMBER[GROUPS[label]] for label in labels])
    stay = keep_best(boxes, scores, groups, SAME_OVERLAP)
    limit = np.array([size[0], size[1], size[0], size[1]], np.float32)
    cut = np.clip(boxes[stay] / np.float32(scale), 0, limit)
    return Detections(cut.astype(np.float32), scores[stay].astype(np.float32), tuple(labels[i] for i in stay))


def _anchors(rows: NDArray[np.float32], kept: dict[int, str], lowest_score: float) -> Parts:
    numbers = np.array(list(kept))
    scores = rows[4 + numbers]
    best = scores.argmax(0)
    top = scores[best, np.arange(scores.shape[1])]
    sure = np.flatnonzero(top >= lowest_score)
    x, y, w, h = rows[:4, sure]
    boxes = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=1)
    return boxes, top[sure], numbers[best[sure]]


def _end_to_end(rows: NDArray[np.float32], kept: dict[int, str], lowest_score: float) -> Parts:
    numbers = rows[:, 5].astype(np.int64)
    sure = (rows[:, 4] >= lowest_score) & np.isin(numbers, list(kept))
    return rows[sure, :4], rows[sure, 4], numbers[sure]
