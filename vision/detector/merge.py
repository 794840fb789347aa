"""What several parts of a picture show, made one: nothing twice, nothing cut where another part shows it whole."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.detector.base import GROUPS
from vision.detector.boxes import iou, shared
from vision.detector.yolo import GROUP_NUMBER

SAME_OVERLAP = 0.55
# A cut box of which so much lies in another one is a part of it.
PART_INSIDE = 0.7


@dataclass(frozen=True, eq=False)
class Finds:
    """Boxes in pixels of the picture; ``is_cut`` where a part's border goes through one."""

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: tuple[str, ...]
    is_cut: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.labels)

    def pick(self, which: NDArray[np.int64]) -> "Finds":
        """Return some of them, in the order asked for."""
        return Finds(
            self.boxes[which], self.scores[which], tuple(self.labels[i] for i in which.tolist()), self.is_cut[which]
        )

    @property
    def groups(self) -> NDArray[np.int64]:
        """Number of the group of each."""
        return np.array([GROUP_NUMBER[GROUPS[label]] for label in self.labels], np.int64)


NO_FINDS = Finds(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), (), np.zeros(0, np.bool_))


def joined(parts: list[Finds]) -> Finds:
    """Return all of several parts once: best first, whole ones before cut ones.

    Parameters
    ----------
    parts : list of Finds
        One a part.

    Returns
    -------
    Finds
        Without repeats.
    """
    parts = [part for part in parts if len(part)]
    if not parts:
        return NO_FINDS
    every = Finds(
        np.concatenate([p.boxes for p in parts]),
        np.concatenate([p.scores for p in parts]),
        tuple(label for p in parts for label in p.labels),
        np.concatenate([p.is_cut for p in parts]),
    )
    every = every.pick(np.lexsort((-every.scores, every.is_cut)))
    same_kind = every.groups[:, None] == every.groups[None, :]
    same = iou(every.boxes, every.boxes) > SAME_OVERLAP
    part = (inside(every.boxes, every.boxes).T > PART_INSIDE) & every.is_cut[None, :]
    repeats = same_kind & (same | part)
    alive = np.ones(len(every), bool)
    for i in range(len(every) - 1):
        if alive[i]:
            alive[i + 1 :] &= ~repeats[i, i + 1 :]
    return every.pick(np.flatnonzero(alive))


def inside(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return which share of each first box lies in each second one.

    Parameters
    ----------
    first, second : ndarray
        n × 4 and m × 4.

    Returns
    -------
    ndarray
        n × m, 0 to 1.
    """
    area = np.prod(first[:, 2:] - first[:, :2], axis=1)
    return np.asarray(shared(first, second) / np.maximum(area, 1e-6)[:, None], np.float32)
