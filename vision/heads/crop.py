"""The part of a rider's picture in which the head is."""

from typing import TypeAlias

import cv2
import numpy as np

from vision.frames import Image

Box: TypeAlias = tuple[float, float, float, float]

WIDE, TALL = 48, 32
# Of the rider's box: so much above its top, and down to here.
ABOVE, BELOW, ASIDE = 0.06, 0.38, 0.06


def head_part(image: Image, box: Box) -> Image | None:
    """Cut a rider's head out with a little of the shoulders, brought to one size.

    Parameters
    ----------
    image : ndarray
        The frame, blue green red.
    box : tuple of float
        Of the whole rider: left, top, right, bottom.

    Returns
    -------
    ndarray or None
        32 × 48 × 3; ``None`` where hardly anything of it is in the picture.
    """
    left, top, right, bottom = (float(v) for v in box)
    wide, tall = right - left, bottom - top
    x0, x1 = max(0, round(left - ASIDE * wide)), min(image.shape[1], round(right + ASIDE * wide))
    y0, y1 = max(0, round(top - ABOVE * tall)), min(image.shape[0], round(top + BELOW * tall))
    if x1 - x0 < 4 or y1 - y0 < 4:
        return None
    part = image[y0:y1, x0:x1]
    way = cv2.INTER_AREA if part.shape[1] > WIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (WIDE, TALL), interpolation=way), np.uint8)
