"""A rider and the two-wheeler below are one road user: their boxes become one."""

from itertools import compress

import numba
import numpy as np
from numpy.typing import NDArray

from vision.detector.base import GROUPS, Detections
from vision.detector.boxes import shared_px
from vision.seats import two_wheelers_of

# A part of a larger one: so much of it lies inside, and its foot is so near, in heights of the larger.
INSIDE_SHARE = 0.8
FOOT_SHARE = 0.25


def join_riders(found: Detections, due: NDArray[np.float64] | None = None) -> Detections:
    """Join each two-wheeler with the people on it.

    The joined box reaches from the rider's head to the wheels and has the two-wheeler's label and the
    higher of the scores, so that a weakly seen motorcycle below a clearly seen rider is not lost.

    Parameters
    ----------
    found : Detections
        What a detector gave for one frame.
    due : ndarray, optional
        n × 4, the boxes that tracked two-wheelers with their riders should have in this frame
        (`Tracker.two_wheelers_due`): who rode together goes on to do so.

    Returns
    -------
    Detections
        The same, riders gone into their two-wheelers, whose ``heads`` count them.
    """
    wheels = [i for i, label in enumerate(found.labels) if label in {"motorcycle", "bicycle"}]
    people = [i for i, label in enumerate(found.labels) if label == "person"]
    if not wheels:
        return found
    owner = two_wheelers_of(found.boxes[people], found.boxes[wheels], due)
    rides = owner >= 0
    riders, ridden = np.array(people, np.int64)[rides], np.array(wheels, np.int64)[owner[rides]]
    boxes, scores = found.boxes.copy(), found.scores.copy()
    np.minimum.at(boxes[:, :2], ridden, found.boxes[riders, :2])
    np.maximum.at(boxes[:, 2:], ridden, found.boxes[riders, 2:])
    np.maximum.at(scores, ridden, found.scores[riders])
    heads = np.bincount(ridden, minlength=len(found))
    stays = np.ones(len(found), np.bool_)
    stays[riders] = False
    kept = np.flatnonzero(stays)
    best = kept[np.argsort(-scores[kept], kind="stable")]
    bare = _bare_heads(found, riders, ridden)
    joined = Detections(
        boxes[best],
        scores[best],
        tuple(found.labels[i] for i in best.tolist()),
        tuple(heads[best].tolist()),
        tuple(bare[i] for i in best.tolist()) if bare else (),
    )
    return _without_parts(joined)


def _bare_heads(found: Detections, riders: NDArray[np.int64], ridden: NDArray[np.int64]) -> list[int | None]:
    """Return the bare heads of each: of a two-wheeler those of its riders; nothing where nobody tells."""
    told = list(found.bare_heads)
    if told:
        for wheel in dict.fromkeys(ridden.tolist()):
            told[wheel] = _bare([found.bare_heads[i] for i in riders[ridden == wheel].tolist()])
    return told


def _bare(riders: list[int | None]) -> int | None:
    """Return how many surely ride with a bare head; ``None`` where nobody surely does and somebody cannot be told."""
    count = sum(bare or 0 for bare in riders)
    return None if count == 0 and None in riders else count


def _without_parts(found: Detections) -> Detections:
    """Leave out a two-wheeler or a person whose box is a part of a larger one that stands on the same foot."""
    light = np.flatnonzero([GROUPS[label] != "vehicle" for label in found.labels])
    is_part = _parts(found.boxes[light])
    if not is_part.any():
        return found
    gone = np.zeros(len(light), np.bool_)
    for i in np.flatnonzero(is_part.any(axis=1)):
        gone[i] = (is_part[i] & ~gone).any()
    stays = np.ones(len(found), np.bool_)
    stays[light[gone]] = False
    kept = stays.tolist()
    return Detections(
        found.boxes[stays],
        found.scores[stays],
        tuple(compress(found.labels, kept)),
        tuple(compress(found.heads, kept)),
        tuple(compress(found.bare_heads, kept)),
    )


@numba.njit(cache=True)
def _parts(boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which box (row) lies in which larger one (column) and stands on its foot."""
    is_part = np.zeros((len(boxes), len(boxes)), np.bool_)
    for j in range(len(boxes)):
        large = boxes[j]
        height = large[3] - large[1]
        for i in range(len(boxes)):
            if abs(boxes[i, 3] - large[3]) >= np.float32(FOOT_SHARE) * height:
                continue
            box = boxes[i]
            area = max((box[2] - box[0]) * (box[3] - box[1]), np.float32(1e-6))
            if (large[2] - large[0]) * height > area:
                is_part[i, j] = shared_px(box, large) / area > np.float32(INSIDE_SHARE)
    return is_part
