"""Which windows of a frame are worth a look: around what changed, and each strip whole in its turn."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vision.detector.depth import Depth
from vision.detector.regions import TILE_PX, Strip, Window, Windows, lay_strips, overlaps, union
from vision.motion import ChangeMap, PixelBox

# A change taller than so many two-wheelers at its foot is of several behind one another.
SEVERAL = 1.7
# Of several, a strip whose rows hold less than so much of one's height holds nobody's feet.
SLIVER = 0.4
# Room beside a change, in heights of the smallest.
BESIDE = 0.25
# Less than this share of a two-wheeler's height squared is none.
SPECK = 0.05


class Plan:
    """The strips of one camera and when each is looked at whole.

    Parameters
    ----------
    depth : Depth
        How tall two-wheelers stand.
    size : tuple of int
        Width and height of the picture.
    made_ms : int
        Time of the frame.
    full_s : float
        Each strip is looked at whole once in so many seconds.
    target_px : float
        How tall the smallest of a strip are shown.
    smallest : float
        The smallest looked for, share of the picture's height.
    fixed_px : tuple of int, optional
        Height and width of the only input the network takes.
    """

    def __init__(
        self,
        depth: Depth,
        size: tuple[int, int],
        made_ms: int,
        full_s: float,
        *,
        target_px: float,
        smallest: float,
        fixed_px: tuple[int, int] | None,
    ) -> None:
        self.made_ms = made_ms
        self.strips = lay_strips(depth, size, target_px, smallest, fixed_px[0] if fixed_px else TILE_PX)
        self._cover = Windows(size, fixed_px)
        self._depth, self._size, self._target_px = depth, size, target_px
        self._full_ms = round(full_s * 1000)
        # All are due at first; then each in its own turn, so that no frame takes much longer than the others.
        gap_ms = self._full_ms // len(self.strips)
        self._due_ms = [made_ms] * len(self.strips)
        self._turn_ms = [made_ms + i * gap_ms for i in range(len(self.strips))]

    def is_worth(self, place: PixelBox) -> bool:
        """Return whether a change is large enough, and low enough, to be somebody on the road."""
        left, top, right, foot = place
        height = self._depth.height_px(foot)
        return (
            height >= 0.8 * self._target_px / self.strips[0].zoom and (right - left) * (foot - top) > SPECK * height**2
        )

    def windows(
        self, time_ms: int, places: Sequence[PixelBox], known: NDArray[np.float32], changes: ChangeMap
    ) -> list[Window]:
        """Return what is to be looked at now.

        Parameters
        ----------
        time_ms : int
            Time of the frame.
        places : sequence of box
            What changed.
        known : ndarray
            Boxes of the last frame in which something changed: one that a window would cut widens it.
        changes : ChangeMap
            Where within those.

        Returns
        -------
        list of Window
            Of all strips.
        """
        windows = []
        for i, strip in enumerate(self.strips):
            if time_ms >= self._due_ms[i]:
                while self._turn_ms[i] <= time_ms:
                    self._turn_ms[i] += self._full_ms
                self._due_ms[i] = self._turn_ms[i]
                wanted = [(0.0, float(strip.top), float(self._size[0]), float(strip.bottom))]
            else:
                parts = [part for place in places if (part := self._part(strip, place, changes)) is not None]
                wanted = [self._with_room(strip, part, known) for part in parts]
            windows += self._cover.cover(strip, wanted)
        return windows

    def _part(self, strip: Strip, place: PixelBox, changes: ChangeMap) -> PixelBox | None:
        """Return what of a change a strip answers for: all of one road user, or those of several in its rows."""
        left, top, right, foot = place
        if foot - top <= SEVERAL * self._depth.height_px(foot):
            return place if strip.first_foot < foot <= strip.last_foot else None
        first, last = max(top, strip.first_foot), min(foot, strip.last_foot)
        if last - first < SLIVER * self._depth.height_px(first):
            return None
        columns = changes.columns((left, first, right, last))
        return (
            None if columns is None else (columns[0], max(top, first - self._depth.height_px(first)), columns[1], last)
        )

    def _with_room(self, strip: Strip, part: PixelBox, known: NDArray[np.float32]) -> PixelBox:
        whole = part
        for box in known.tolist():
            if strip.first_foot < box[3] <= strip.last_foot and overlaps(box, part):
                whole = union(whole, (box[0], box[1], box[2], box[3]))
        room = BESIDE * self._target_px / strip.zoom
        left, top, right, foot = whole
        width, height = self._size
        return (
            max(0.0, left - room),
            max(0.0, top - room),
            min(float(width), right + room),
            min(float(height), foot + room),
        )
