"""Whose foot is hidden: a box that ends where somebody nearer begins does not end on the road."""

import numpy as np
from numpy.typing import NDArray

from vision.detector.boxes import iou

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
    left, top, right, foot = boxes.T
    middle, height = (left + right) / 2, foot - top
    within = (middle[:, None] > left) & (middle[:, None] < right) & (foot[:, None] > top) & (foot[:, None] < foot)
    nearer = foot[None, :] > (foot + NEARER * height)[:, None]
    small = boxes.astype(np.float32)
    return np.asarray((within & nearer & (iou(small, small) < SAME)).any(axis=1))
