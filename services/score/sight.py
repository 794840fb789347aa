"""Whether each labelled two-wheeler was found: boxes by eye beside boxes of a detector."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vision.detector.base import Detections
from vision.detector.boxes import iou
from vision.riders import join_riders

Box = tuple[float, float, float, float]
LIGHT = frozenset({"person", "bicycle", "motorcycle"})
# A box is of a labelled two-wheeler that it overlaps so far, or, seen in part (the rider, the motorcycle), whose
# middle lies in it, with so much of itself inside and so much of the label under it.
LEAST_IOU = 0.5
INSIDE, COVERS = 0.7, 0.25
# A box of which so much lies under what counts neither way counts neither way.
IGNORED = 0.5


class LabelledFrame(msgspec.Struct, frozen=True):
    """The two-wheelers of one frame with those on them, and what counts neither way; pixels."""

    clip: str
    frame: int
    riders: list[Box]
    ignore: list[Box] = []


class Labels(msgspec.Struct, frozen=True):
    """Frames that somebody labelled by eye, and by which rule."""

    note: str
    frames: list[LabelledFrame]


@dataclass(frozen=True)
class Tally:
    """How many labelled two-wheelers were found, missed, and how many boxes were of none."""

    found: int = 0
    missed: int = 0
    wrong: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(self.found + other.found, self.missed + other.missed, self.wrong + other.wrong)

    @property
    def recall(self) -> float:
        """Share of the labelled that were found."""
        return round(self.found / max(self.found + self.missed, 1), 4)

    @property
    def precision(self) -> float:
        """Share of the boxes that were of a labelled one."""
        return round(self.found / max(self.found + self.wrong, 1), 4)


def read_labels(path: Path) -> Labels:
    """Read labelled frames.

    Parameters
    ----------
    path : Path
        JSON of the form of `Labels`.

    Returns
    -------
    Labels
        As read.

    Raises
    ------
    ValueError
        If the file is absent or of another form; the text says where.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Labels)
    except (OSError, msgspec.MsgspecError) as error:
        raise ValueError(f"{path}: {error}; labels are JSON with note and frames (clip, frame, riders)") from None


def tally(labelled: LabelledFrame, found: Detections, lowest_score: float) -> Tally:
    """Match one frame's boxes with its labels, one to one.

    Parameters
    ----------
    labelled : LabelledFrame
        What a person saw.
    found : Detections
        What a detector gave; riders are joined with their motorcycles first.
    lowest_score : float
        What is less sure does not count.

    Returns
    -------
    Tally
        The counts.
    """
    joined = join_riders(found)
    kept = [i for i, label in enumerate(joined.labels) if label in LIGHT and joined.scores[i] >= lowest_score]
    boxes = joined.boxes[kept].reshape(-1, 4)
    riders = np.array(labelled.riders, np.float32).reshape(-1, 4)
    fits, overlap = fitting(riders, boxes)
    rows, columns = linear_sum_assignment(-(fits * (1 + overlap)))
    hits = {int(c) for r, c in zip(rows, columns, strict=True) if fits[r, c]}
    rest = boxes[[i for i in range(len(boxes)) if i not in hits]]
    neither = np.array(labelled.ignore, np.float32).reshape(-1, 4)
    under = _shared(neither, rest) / np.maximum(_area(rest), 1e-6)
    wrong = int((under.max(0, initial=0.0) < IGNORED).sum())
    return Tally(len(hits), len(riders) - len(hits), wrong)


def fitting(riders: NDArray[np.float32], boxes: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Return which boxes may be of which labelled two-wheelers, and how far they overlap.

    Parameters
    ----------
    riders, boxes : ndarray
        n × 4 and m × 4.

    Returns
    -------
    fits, overlap : ndarray
        n × m.
    """
    overlap = iou(riders, boxes)
    shared = _shared(riders, boxes)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    within = ((middle >= riders[:, None, :2]) & (middle <= riders[:, None, 2:])).all(2)
    part = (shared >= INSIDE * _area(boxes)) & (shared >= COVERS * _area(riders)[:, None])
    return (overlap >= LEAST_IOU) | (within & part), overlap


def _shared(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return np.asarray(np.prod(np.clip(high - low, 0, None), axis=2), np.float32)


def _area(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1), np.float32)
