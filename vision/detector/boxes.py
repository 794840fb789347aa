"""Arithmetic of boxes: overlap, letterbox, suppression of repeats."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image

Floats = NDArray[np.float32]


def iou(first: Floats, second: Floats) -> Floats:
    """Return the overlap (intersection over union) of each box with each.

    Parameters
    ----------
    first, second : ndarray
        n × 4 and m × 4, left, top, right, bottom.

    Returns
    -------
    ndarray
        n × m, 0 to 1.
    """
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    inner = np.prod(np.clip(high - low, 0, None), axis=2)
    area_1 = np.prod(np.clip(first[:, 2:] - first[:, :2], 0, None), axis=1)
    area_2 = np.prod(np.clip(second[:, 2:] - second[:, :2], 0, None), axis=1)
    union = area_1[:, None] + area_2[None, :] - inner
    return np.asarray(inner / np.maximum(union, 1e-9), np.float32)


def keep_best(boxes: Floats, scores: Floats, groups: NDArray[np.int64], overlap: float) -> NDArray[np.int64]:
    """Choose the boxes that stay when repeats of the same thing go (greedy suppression inside each group).

    Parameters
    ----------
    boxes : ndarray
        n × 4.
    scores : ndarray
        n.
    groups : ndarray
        n numbers; boxes of different groups do not suppress each other.
    overlap : float
        Two boxes of a group that overlap more are the same thing.

    Returns
    -------
    ndarray
        Indexes of those that stay, best first.
    """
    order = np.argsort(-scores, kind="stable")
    if len(order) == 0:
        return order
    same = (iou(boxes[order], boxes[order]) > overlap) & (groups[order][:, None] == groups[order][None, :])
    alive = np.ones(len(order), bool)
    for i in range(len(order)):
        if alive[i]:
            alive[i + 1 :] &= ~same[i, i + 1 :]
    return np.asarray(order[alive])


def letterbox(image: Image, longest_px: int, stride: int = 32, *, square: bool = False) -> tuple[Image, float]:
    """Scale a picture and fill it up with grey at its right and its foot.

    Parameters
    ----------
    image : ndarray
        Height × width × 3.
    longest_px : int
        Length of the longer side afterwards.
    stride : int
        Both sides become multiples of it.
    square : bool
        Whether both sides become ``longest_px``.

    Returns
    -------
    padded : ndarray
        The picture, unscaled if it fits already.
    scale : float
        Pixels of the result per pixel of the picture.
    """
    height, width = image.shape[:2]
    scale = longest_px / max(height, width)
    new_w, new_h = round(width * scale), round(height * scale)
    if scale != 1.0:
        shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        image = np.asarray(cv2.resize(image, (new_w, new_h), interpolation=shrink), np.uint8)
    full_w = longest_px if square else -(-new_w // stride) * stride
    full_h = longest_px if square else -(-new_h // stride) * stride
    if (full_w, full_h) == (new_w, new_h):
        return image, scale
    padded = np.full((full_h, full_w, 3), 114, np.uint8)
    padded[:new_h, :new_w] = image
    return padded, scale


def to_input(image: Image) -> Floats:
    """Turn a picture into a network's input: 1 × 3 × height × width, red green blue, 0 to 1.

    Parameters
    ----------
    image : ndarray
        Height × width × 3, blue green red.

    Returns
    -------
    ndarray
        32-bit floats.
    """
    planes = image[:, :, ::-1].transpose(2, 0, 1)
    return np.ascontiguousarray(planes, np.float32)[None] * np.float32(1 / 255)
