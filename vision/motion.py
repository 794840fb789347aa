"""Where a picture changed since somebody last looked there: a cheap map, a quarter of a megapixel at most."""

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image

WIDTH = 320
# Levels of 255 that a mean of several pixels must be off: compression and noise are off by less.
CHANGED_BY = 14
# What is so near the empty road is the road, where somebody was before.
ROAD_WITHIN = 9
# The empty road is followed so fast, levels a second: slower than traffic passes, faster than daylight goes.
FOLLOWS = 3.0
Mask = NDArray[np.uint8]
PixelBox = tuple[float, float, float, float]


class ChangeMap:
    """Compares each picture with what it was where, and when, it was last looked at.

    A place that was looked at is compared with how it looked then, not with the frame before, so that slow motion adds
    up until it is noticed and what stands still never asks for another look. Where somebody left and the empty road
    (an approximate running median, McFarlane and Schofield 1995) is back, there is nothing to look at either.
    """

    def __init__(self) -> None:
        self._seen: Mask | None = None
        self._now: Mask = np.zeros((0, 0), np.uint8)
        self._road: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._time_ms = 0
        self.mask: Mask = self._now
        self._there: Mask = self._now
        self.scale = 1.0

    def step(self, time_ms: int, image: Image) -> Mask:
        """Take a picture; return 1 where it changed.

        Parameters
        ----------
        time_ms : int
            Its time.
        image : ndarray
            Height × width × 3. One of another size begins anew: all of it changed.

        Returns
        -------
        ndarray
            Of the small map, `scale` pixels of it a pixel of the picture.
        """
        height, width = image.shape[:2]
        self.scale = min(1.0, WIDTH / width)
        size = (max(1, round(width * self.scale)), max(1, round(height * self.scale)))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        self._now = np.asarray(cv2.blur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (3, 3)), np.uint8)
        if self._seen is None or self._seen.shape != self._now.shape:
            self._seen, self._road = self._now.copy(), self._now.astype(np.float32)
            self.mask = np.ones_like(self._now)
        else:
            self.mask = np.asarray(
                cv2.threshold(cv2.absdiff(self._now, self._seen), CHANGED_BY, 1, cv2.THRESH_BINARY)[1], np.uint8
            )
            self._follow((time_ms - self._time_ms) / 1000)
        self._time_ms = time_ms
        off = np.asarray(np.abs(self._now - self._road) > ROAD_WITHIN, np.uint8)
        self._there = np.asarray(cv2.bitwise_and(self.mask, cv2.dilate(off, np.ones((3, 3), np.uint8))), np.uint8)
        return self.mask

    def places(self) -> list[PixelBox]:
        """Return the boxes of what changed and is not the empty road, each in one piece, in pixels of the picture."""
        joined = cv2.dilate(self._there, np.ones((5, 3), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        boxes = stats[1:, :4].astype(np.float64)
        boxes[:, 2:] += boxes[:, :2]
        return [(left, top, right, foot) for left, top, right, foot in (boxes / self.scale).tolist()]

    def share(self, box: PixelBox) -> float:
        """Return the share of a box of the picture that changed, 0 to 1."""
        left, top, right, foot = self._small(box)
        part = self.mask[top:foot, left:right]
        return float(part.mean()) if part.size else 0.0

    def columns(self, box: PixelBox) -> tuple[float, float] | None:
        """Return the leftmost and the rightmost column of a box where something is; ``None`` where nothing is."""
        left, top, right, foot = self._small(box)
        changed = np.flatnonzero(self._there[top:foot, left:right].any(0))
        if not len(changed):
            return None
        return (left + float(changed[0])) / self.scale, (left + float(changed[-1]) + 1) / self.scale

    def looked(self, box: PixelBox) -> None:
        """Remember how a box of the picture looks now."""
        if self._seen is not None:
            left, top, right, foot = self._small(box)
            self._seen[top:foot, left:right] = self._now[top:foot, left:right]

    def looked_at_road(self) -> None:
        """Remember how the empty road looks now wherever somebody left it."""
        if self._seen is not None:
            cv2.copyTo(self._now, np.asarray((self.mask > 0) & (self._there == 0), np.uint8), self._seen)

    def _follow(self, gap_s: float) -> None:
        most = FOLLOWS * min(max(gap_s, 0.0), 1.0)
        self._road += np.clip(self._now - self._road, -most, most)

    def _small(self, box: PixelBox) -> tuple[int, int, int, int]:
        left, top = (max(0, int(v * self.scale)) for v in box[:2])
        right, foot = (max(0, int(np.ceil(v * self.scale))) for v in box[2:])
        return left, top, right, foot
