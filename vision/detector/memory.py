"""Who stands still is remembered: where the picture did not change, what was seen before is there yet."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vision.detector.base import NOTHING, Detections
from vision.detector.boxes import iou
from vision.detector.merge import NO_FINDS, SAME_OVERLAP, Finds, inside, joined
from vision.detector.regions import Window
from vision.motion import ChangeMap

# Less of a box that changed is a shadow or noise.
UNCHANGED_BELOW = 0.08
# What a second look does not find again is believed so much less, and forgotten when less sure than this.
FADES, FORGOTTEN = 0.8, 0.1
REACHES = 0.85


class Memory:
    """The finds of the last frame, with what stood still since earlier ones."""

    def __init__(self) -> None:
        self.finds = NO_FINDS

    def step(self, new: Finds, windows: Sequence[Window], changes: ChangeMap) -> Detections:
        """Take what the windows of a frame gave; return everybody.

        A box in which nothing changed stays. Seen again, it keeps the better of the two scores, for it is the same
        picture; looked at and not seen again, it fades.

        Parameters
        ----------
        new : Finds
            What the windows gave.
        windows : sequence of Window
            Where was looked.
        changes : ChangeMap
            What changed since.

        Returns
        -------
        Detections
            Best first.
        """
        old = self.finds.pick(np.flatnonzero(self._stands(changes) & ~self.finds.is_cut))
        if len(old):
            new, old = _confirmed(new, _faded(old, new, windows))
        self.finds = joined([new, old])
        order = np.argsort(-self.finds.scores, kind="stable")
        best = self.finds.pick(order)
        return Detections(best.boxes, best.scores, best.labels) if len(best) else NOTHING

    def moving(self, changes: ChangeMap) -> NDArray[np.float32]:
        """Return the boxes of the last frame in which something changed since."""
        return self.finds.boxes[~self._stands(changes)]

    def _stands(self, changes: ChangeMap) -> NDArray[np.bool_]:
        shares = [changes.share((left, top, right, foot)) for left, top, right, foot in self.finds.boxes.tolist()]
        return np.array(shares, np.float32) < UNCHANGED_BELOW


def _same(old: Finds, new: Finds) -> NDArray[np.bool_]:
    return np.asarray((iou(old.boxes, new.boxes) > SAME_OVERLAP) & (old.groups[:, None] == new.groups[None, :]))


def _faded(old: Finds, new: Finds, windows: Sequence[Window]) -> Finds:
    feet = old.boxes[:, 3]
    looked = np.zeros(len(old), bool)
    for window in windows:
        answers = (feet >= window.strip.first_foot) & (feet <= window.strip.last_foot)
        looked |= answers & (inside(old.boxes, np.array([window.box], np.float32))[:, 0] > REACHES)
    missed = looked & ~_same(old, new).any(1)
    scores = np.where(missed, old.scores * np.float32(FADES), old.scores).astype(np.float32)
    faded = Finds(old.boxes, scores, old.labels, old.is_cut)
    return faded.pick(np.flatnonzero(scores >= FORGOTTEN))


def _confirmed(new: Finds, old: Finds) -> tuple[Finds, Finds]:
    """Give new finds the better scores of old ones in the same place, and leave those old ones out."""
    same = _same(old, new)
    best = np.where(same, old.scores[:, None], 0.0).max(0, initial=0.0)
    new = Finds(new.boxes, np.maximum(new.scores, best).astype(np.float32), new.labels, new.is_cut)
    return new, old.pick(np.flatnonzero(~same.any(1)))
