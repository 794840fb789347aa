"""Whose foot is hidden: a box that ends where somebody nearer begins does not end on the road."""

import numba
import numpy as np
from numpy.typing import NDArray

from vision.detector.boxes import overlap_of

Floats = NDArray[np.float64]
# Nearer is whose foot is lower by so much of one's height; who overlaps one so far is the same road user seen twice.
NEARER, SAME = 0.1, 0.5
# A box that ends so far above where its foot was due, in its heights, may be a part.
ABOVE = 0.15


def behind_others(boxes: Floats) -> NDArray[np.bool_]:
    """Tell of each box of a frame whether the middle of its foot lies in the box of somebody nearer.

    Parameters
    ----------
    boxes : ndarray
        n × 4, left, top, right, bottom.

    Returns
    -------
    ndarray
        n.
    """
    return _behind(boxes, boxes.astype(np.float32))


@numba.njit(cache=True)
def _behind(boxes: Floats, small: NDArray[np.float32]) -> NDArray[np.bool_]:
    behind = np.zeros(len(boxes), np.bool_)
    for i in range(len(boxes)):
        middle, foot = (boxes[i, 0] + boxes[i, 2]) / 2, boxes[i, 3]
        low = foot + NEARER * (foot - boxes[i, 1])
        for j in range(len(boxes)):
            left, top, right, bottom = boxes[j]
            is_within = left < middle < right and top < foot < bottom
            if is_within and bottom > low and overlap_of(small[i], small[j]) < SAME:
                behind[i] = True
                break
    return behind
