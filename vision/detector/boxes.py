"""Arithmetic of boxes: overlap, letterbox, suppression of repeats."""

from typing import TypeVar

import cv2
import numba
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image

Floats = NDArray[np.float32]
Float = TypeVar("Float", np.float32, np.float64)


def iou(first: NDArray[np.floating], second: NDArray[np.floating]) -> Floats:
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
    return _overlaps(np.ascontiguousarray(first, np.float32), np.ascontiguousarray(second, np.float32))


@numba.njit(cache=True)
def _overlaps(first: Floats, second: Floats) -> Floats:
    overlap = np.empty((len(first), len(second)), np.float32)
    for i in range(len(first)):
        for j in range(len(second)):
            overlap[i, j] = overlap_of(first[i], second[j])
    return overlap


@numba.njit(cache=True)
def overlap_of(one: Floats, other: Floats) -> np.float32:
    """Return the overlap of two boxes in 32 bits; for kernels.

    Parameters
    ----------
    one, other : ndarray
        Left, top, right, bottom.

    Returns
    -------
    float32
        0 to 1.
    """
    none, inner = np.float32(0), shared_px(one, other)
    area = max(one[2] - one[0], none) * max(one[3] - one[1], none)
    union = area + max(other[2] - other[0], none) * max(other[3] - other[1], none) - inner
    return np.float32(inner / max(union, np.float32(1e-9)))


@numba.njit(cache=True)
def shared_px(one: Floats, other: Floats) -> np.float32:
    """Return the area that two boxes have in common, in 32 bits; for kernels.

    Parameters
    ----------
    one, other : ndarray
        Left, top, right, bottom.

    Returns
    -------
    float32
        Pixels squared.
    """
    none = np.float32(0)
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return np.float32(max(wide, none) * max(high, none))


def shared(first: NDArray[Float], second: NDArray[Float]) -> NDArray[Float]:
    """Return the area that each box has in common with each.

    Parameters
    ----------
    first, second : ndarray
        n × 4 and m × 4, left, top, right, bottom.

    Returns
    -------
    ndarray
        n × m, pixels squared.
    """
    # Side by side, not as pairs of sides: numpy is some ten times slower along an axis of two.
    left, top, right, bottom = first.T[:, :, None]
    wide = np.minimum(right, second[:, 2]) - np.maximum(left, second[:, 0])
    high = np.minimum(bottom, second[:, 3]) - np.maximum(top, second[:, 1])
    return np.asarray(np.maximum(wide, 0) * np.maximum(high, 0))


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
    alive = np.ones(len(order), np.bool_)
    _suppress(np.asarray(boxes[order], np.float32), groups[order], np.float32(overlap), alive)
    return np.asarray(order[alive])


@numba.njit(cache=True)
def _suppress(boxes: Floats, groups: NDArray[np.int64], overlap: np.float32, alive: NDArray[np.bool_]) -> None:
    """Strike out repeats of better boxes, best first: few of all pairs are looked at."""
    for i in range(len(boxes)):
        if not alive[i]:
            continue
        for j in range(i + 1, len(boxes)):
            if alive[j] and groups[i] == groups[j] and overlap_of(boxes[i], boxes[j]) > overlap:
                alive[j] = False


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
