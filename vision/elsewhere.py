"""Where one picture of edges lies in another, pushed or turned by whatever: corners matched (Rublee et al. 2011)."""

from dataclasses import dataclass

import cv2
import numpy as np

from vision.tiles import Floats

CORNERS, SCALE, LEVELS, PATCH, FAINT = 500, 1.2, 4, 24, 8
# So many corners agree in one turn and push, each so near: two pictures of nothing in common had 8 at most, one that
# was pushed by half, turned by 45° or enlarged by a quarter 51 at least (nine streets and clips).
LEAST, AGREE_PX = 20, 3.0


@dataclass(frozen=True)
class Elsewhere:
    """How far off what was found again lies: the median of its corners in pixels, and its turn in degrees."""

    off_px: float
    roll_deg: float


def find_elsewhere(old: Floats, new: Floats) -> Elsewhere | None:
    """Look for one picture in the other.

    Parameters
    ----------
    old, new : ndarray
        Height × width, 0 to 1.

    Returns
    -------
    Elsewhere or None
        ``None`` where too little of the first is in the second.
    """
    orb = cv2.ORB.create(CORNERS, SCALE, LEVELS, edgeThreshold=PATCH, patchSize=PATCH, fastThreshold=FAINT)
    (before, said), (after, says) = (
        orb.detectAndCompute(np.asarray(np.clip(one * 255, 0, 255), np.uint8), None) for one in (old, new)
    )
    if said is None or says is None:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(said, says)
    if len(pairs) < LEAST:
        return None
    here = np.array([before[pair.queryIdx].pt for pair in pairs])
    there = np.array([after[pair.trainIdx].pt for pair in pairs])
    matrix, agrees = cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=AGREE_PX)
    if matrix is None or agrees.sum() < LEAST:
        return None
    off_px = np.hypot(*(there - here)[agrees.ravel() > 0].T)
    return Elsewhere(float(np.median(off_px)), float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))))
