"""Strips of the road, each with a zoom of its own: two-wheelers near and far are shown alike tall."""

from dataclasses import dataclass

import numpy as np

from vision.detector.depth import Depth

# Room above the feet of the farthest of a strip, in their heights: a tall rider's head, a bus to its windows.
HEADROOM = 1.1
# Feet may be seen so far (heights of the smallest) outside the rows a strip answers for.
FOOT_SLACK = 0.15
# Largest zoom: what is smaller holds too little to be told.
ZOOM = 4.0


@dataclass(frozen=True)
class Strip:
    """Rows of the picture, the rows of the feet it answers for, its zoom (network px per px) and that slack (px)."""

    top: int
    bottom: int
    first_foot: float
    last_foot: float
    zoom: float
    slack_px: float


def lay_strips(
    depth: Depth, height: int, smallest_px: float, *, tall_px: float, least_zoom: float, count: int
) -> list[Strip]:
    """Cut the road into strips, each shown so that the smallest two-wheelers in it are so tall.

    Parameters
    ----------
    depth : Depth
        How tall they are in the picture.
    height : int
        Rows of the picture.
    smallest_px : float
        Height of the smallest looked for, in the picture.
    tall_px : float
        Height of the smallest of each strip as the network is shown them.
    least_zoom : float
        No strip is shown smaller.
    count : int
        How many strips.

    Returns
    -------
    list of Strip
        From far to near; the farthest answers for all above, the nearest for all below.
    """
    distance = smallest_px / depth.slope
    step = max((height - depth.horizon_px) / distance, 1.01) ** (1 / count)
    strips = []
    for i in range(count):
        near = distance * step**i
        first, last = depth.horizon_px + near, depth.horizon_px + near * step
        tall = depth.slope * near
        slack = FOOT_SLACK * tall
        top, bottom = max(0, round(first - HEADROOM * tall)), min(height, round(last + slack))
        first, last = first if i else -np.inf, last if i < count - 1 else np.inf
        strips.append(Strip(top, bottom, first, last, max(min(tall_px / tall, ZOOM), least_zoom), slack))
    return strips
