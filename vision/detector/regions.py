"""What a network is shown of a picture: windows of a few sizes, in which road users near and far are equally tall."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from vision.detector.depth import Depth
from vision.frames import Image
from vision.motion import PixelBox

# Room above a two-wheeler's head, in its heights, so that a bus is seen to its windows.
HEADROOM = 1.25
# Rows and columns a window may have: few, because a network is prepared for each size when it is first met.
HEIGHTS_PX = (128, 192, 256)
WIDTHS_PX = (128, 256, 384, 512, 768)
TILE_PX = HEIGHTS_PX[-1]
# What a window costs besides its pixels, in pixels.
EACH_PX = 6_000
OVERLAP_PX = 96
# Largest zoom: what is smaller holds too little to be told.
ZOOM = 4.0


@dataclass(frozen=True)
class Strip:
    """A strip of the picture: rows, the rows of the feet it answers for, and its zoom (network px per px)."""

    top: int
    bottom: int
    first_foot: float
    last_foot: float
    zoom: float


@dataclass(frozen=True)
class Window:
    """A part of a strip shown to the network at once: its place in the picture, and columns and rows as shown."""

    strip: Strip
    box: tuple[int, int, int, int]
    shown_px: tuple[int, int]

    @property
    def cost_px(self) -> int:
        """Pixels the network is shown."""
        return self.shown_px[0] * self.shown_px[1]


def lay_strips(
    depth: Depth, size: tuple[int, int], target_px: float, smallest_share: float, tile_px: int
) -> list[Strip]:
    """Cut the road into strips, each shown so that the smallest two-wheelers in it are ``target_px`` tall.

    Parameters
    ----------
    depth : Depth
        How tall they are in the picture.
    size : tuple of int
        Width and height of the picture.
    target_px : float
        Height in the network's input.
    smallest_share : float
        Height of the smallest looked for, as a share of the picture's.
    tile_px : int
        Rows of the network's input.

    Returns
    -------
    list of Strip
        From far to near; the farthest answers for all above, the nearest for all below.
    """
    height = size[1]
    distance = max(smallest_share * height, target_px / ZOOM) / depth.slope
    step = 1 + depth.slope * (tile_px / target_px - HEADROOM)
    span = np.log(max((height - depth.horizon_px) / distance, step)) / np.log(step)
    count = max(1, round(span))
    step = ((height - depth.horizon_px) / distance) ** (1 / count)
    strips = []
    for i in range(count):
        near = distance * step**i
        first, last = depth.horizon_px + near, depth.horizon_px + near * step
        zoom = min(target_px / (depth.slope * near), tile_px / (near * (step - 1) + HEADROOM * depth.slope * near))
        rows = min(height, round(tile_px / zoom))
        bottom = min(height, max(round(last), rows))
        is_last = i == count - 1
        strips.append(Strip(bottom - rows, bottom, first if i else -np.inf, np.inf if is_last else last, float(zoom)))
    return strips


class Windows:
    """Covers what is to be seen of a picture with windows of a network's sizes.

    Parameters
    ----------
    size : tuple of int
        Width and height of the picture.
    fixed_px : tuple of int, optional
        Height and width of the only input the network takes.
    """

    def __init__(self, size: tuple[int, int], fixed_px: tuple[int, int] | None = None) -> None:
        self._size = size
        self._heights: Sequence[int] = (fixed_px[0],) if fixed_px else HEIGHTS_PX
        self._widths: Sequence[int] = (fixed_px[1],) if fixed_px else WIDTHS_PX

    def cover(self, strip: Strip, places: Sequence[PixelBox]) -> list[Window]:
        """Cover places of a strip as cheaply as the sizes allow.

        Parameters
        ----------
        strip : Strip
            The strip.
        places : sequence of box
            What is to be seen whole, with room around it.

        Returns
        -------
        list of Window
            All of one zoom.
        """
        groups = self._grouped(strip, self._grouped(strip, [_within(strip, place) for place in places]))
        return [window for group in groups for window in self._split(strip, group)]

    def _grouped(self, strip: Strip, places: Sequence[PixelBox]) -> list[PixelBox]:
        groups: list[PixelBox] = []
        for place in sorted(places):
            alone = self._cost(strip, place)
            gains = [self._cost(strip, each) + alone - self._cost(strip, union(each, place)) for each in groups]
            best = int(np.argmax(gains)) if gains else 0
            if gains and gains[best] >= 0:
                groups[best] = union(groups[best], place)
            else:
                groups.append(place)
        return groups

    def _cost(self, strip: Strip, place: PixelBox) -> float:
        wide, tall = (place[2] - place[0]) * strip.zoom, (place[3] - place[1]) * strip.zoom
        columns = next((w for w in self._widths if w >= wide), wide * 1.1)
        return float(columns * next((h for h in self._heights if h >= tall), self._heights[-1]) + EACH_PX)

    def _split(self, strip: Strip, place: PixelBox) -> list[Window]:
        left, top, right, foot = place
        widest, overlap = self._widths[-1] / strip.zoom, min(OVERLAP_PX, self._widths[-1] / 3) / strip.zoom
        count = max(1, int(np.ceil((right - left - overlap) / (widest - overlap))))
        part = (right - left + overlap * (count - 1)) / count
        starts = [left + i * (part - overlap) for i in range(count)]
        return [self._window(strip, (start, top, start + part, foot)) for start in starts]

    def _window(self, strip: Strip, place: PixelBox) -> Window:
        left, right, columns = _fitted(place[0], place[2], strip.zoom, self._widths, self._size[0])
        top, bottom, rows = _fitted(place[1], place[3], strip.zoom, self._heights, self._size[1])
        return Window(strip, (left, top, right, bottom), (columns, rows))


def _fitted(low: float, high: float, zoom: float, sizes: Sequence[int], limit: int) -> tuple[int, int, int]:
    """Return where one side of a window begins and ends, pixels of the picture, and how long it is shown."""
    shown = next((size for size in sizes if size >= (high - low) * zoom - 1), sizes[-1])
    length = min(limit, round(shown / zoom))
    start = int(np.clip(round((low + high - length) / 2), 0, limit - length))
    return start, start + length, shown


def _within(strip: Strip, place: PixelBox) -> PixelBox:
    left, top, right, foot = place
    foot = min(foot, strip.bottom)
    return left, min(max(top, strip.top), foot - 1), right, foot


def union(one: PixelBox, other: PixelBox) -> PixelBox:
    """Return the smallest box that holds both."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def overlaps(one: Sequence[float], other: Sequence[float]) -> bool:
    """Return whether two boxes share a place."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def crop(image: Image, window: Window) -> tuple[Image, float]:
    """Cut a window out of a picture, scaled for the network, filled up with grey where the picture ends.

    Parameters
    ----------
    image : ndarray
        The picture.
    window : Window
        The part.

    Returns
    -------
    shown : ndarray
        Of the rows and columns the window names, × 3.
    scale : float
        Network pixels per pixel of the picture.
    """
    left, top, right, bottom = window.box
    columns, rows = window.shown_px
    part = image[top:bottom, left:right]
    scale = min(columns / part.shape[1], rows / part.shape[0], window.strip.zoom * 1.02)
    size = (min(columns, round(part.shape[1] * scale)), min(rows, round(part.shape[0] * scale)))
    shown = cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    if size != window.shown_px:
        beside = (0, rows - size[1], 0, columns - size[0])
        shown = cv2.copyMakeBorder(shown, *beside, cv2.BORDER_CONSTANT, value=(114, 114, 114))
    return np.asarray(shown, np.uint8), scale
