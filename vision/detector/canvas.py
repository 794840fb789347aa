"""One canvas of a fixed size a frame: the road's strips, each at its own zoom, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from vision.detector.base import NOTHING, Detections
from vision.detector.depth import Depth
from vision.detector.merge import Finds, joined
from vision.detector.packing import pack
from vision.detector.strips import Strip, lay_strips
from vision.frames import Image

Sides = tuple[int, int]
MOST_STRIPS = 7
# Two parts of one strip share so many columns as shown: a rider at the end of one is whole in the other.
OVERLAP_PX = 72
# The zoom is found to so many pixels of the smallest's height; more than the most tells the network nothing.
NEAREST_PX, LEAST_PX, MOST_PX = 0.25, 16.0, 96.0
BORDER_PX = 3.0
GREY = 114


@dataclass(frozen=True)
class Part:
    """A part of a strip: its columns in the picture, and its left, top, width and height on the canvas."""

    strip: Strip
    columns: Sides
    place: tuple[int, int, int, int]


@dataclass(frozen=True)
class Canvas:
    """Parts of a picture of one size (width, height) on a canvas (width, height); the smallest are so tall there."""

    depth: Depth
    parts: tuple[Part, ...]
    size: Sides
    sides: Sides
    tall_px: float

    def drawn(self, image: Image) -> Image:
        """Return the canvas, grey where nothing lies."""
        canvas = np.full((self.sides[1], self.sides[0], 3), GREY, np.uint8)
        for part in self.parts:
            left, top, width, height = part.place
            shown = image[part.strip.top : part.strip.bottom, part.columns[0] : part.columns[1]]
            way = cv2.INTER_AREA if part.strip.zoom < 1 else cv2.INTER_LINEAR
            cv2.resize(shown, (width, height), canvas[top : top + height, left : left + width], interpolation=way)
        return canvas

    def placed(self, found: Detections) -> Detections:
        """Return what was found in pixels of the picture: nothing twice, nothing whose feet a part does not show."""
        middle = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
        finds = joined([self._of_part(part, found, middle) for part in self.parts])
        if not len(finds):
            return NOTHING
        best = finds.pick(np.argsort(-finds.scores, kind="stable"))
        return Detections(best.boxes, best.scores, best.labels)

    def _of_part(self, part: Part, found: Detections, middle: np.ndarray) -> Finds:
        left, top, width, height = part.place
        low, high = np.array([left, top]), np.array([left + width, top + height])
        here = np.flatnonzero(((middle >= low) & (middle < high)).all(1))
        boxes = np.clip(found.boxes[here], [*low, *low], [*high, *high]) - np.array([*low, *low])
        is_foot_cut = (boxes[:, 3] > height - BORDER_PX) & (part.strip.bottom < self.size[1])
        is_cut = (boxes[:, 0] < BORDER_PX) & (part.columns[0] > 0)
        is_cut |= (boxes[:, 2] > width - BORDER_PX) & (part.columns[1] < self.size[0])
        rows, columns = part.strip.bottom - part.strip.top, part.columns[1] - part.columns[0]
        boxes = boxes * ([columns / width, rows / height] * 2) + [part.columns[0], part.strip.top] * 2
        foot, slack = boxes[:, 3], part.strip.slack_px
        mine = (foot >= part.strip.first_foot - slack) & (foot <= part.strip.last_foot + slack) & ~is_foot_cut
        labels = tuple(found.labels[i] for i in here.tolist())
        return Finds(boxes.astype(np.float32), found.scores[here], labels, is_cut).pick(np.flatnonzero(mine))


def lay_canvas(depth: Depth, size: Sides, sides: Sides, *, smallest_px: float, least_zoom: float) -> Canvas | None:
    """Lay the road on a canvas so that the smallest two-wheelers are as tall as will fit.

    Parameters
    ----------
    depth : Depth
        How tall two-wheelers stand at which row.
    size : tuple of int
        Width and height of the picture.
    sides : tuple of int
        Width and height of the canvas.
    smallest_px : float
        Height of the smallest looked for, in the picture.
    least_zoom : float
        No part of the road is shown smaller: that of a whole frame, so that the canvas never shows less.

    Returns
    -------
    Canvas or None
        ``None`` where the road does not fit however small.
    """
    best = None
    for count in range(1, MOST_STRIPS + 1):
        low, high = best.tall_px if best else LEAST_PX, MOST_PX
        while high - low > NEAREST_PX:
            tall_px = (low + high) / 2
            strips = lay_strips(depth, size[1], smallest_px, tall_px=tall_px, least_zoom=least_zoom, count=count)
            parts = _parts(strips, size[0], sides)
            if parts is None:
                high = tall_px
            else:
                low, best = tall_px, Canvas(depth, parts, size, sides, tall_px)
    return best


def _parts(strips: Sequence[Strip], width: int, sides: Sides) -> tuple[Part, ...] | None:
    pieces = [(strip, columns) for strip in strips for columns in _columns(strip, width, sides[0])]
    shown = [
        (min(sides[0], round((right - left) * strip.zoom)), round((strip.bottom - strip.top) * strip.zoom))
        for strip, (left, right) in pieces
    ]
    places = pack(shown, sides)
    if places is None:
        return None
    return tuple(
        Part(strip, columns, (*place, *shape))
        for (strip, columns), place, shape in zip(pieces, places, shown, strict=True)
    )


def _columns(strip: Strip, width: int, most_px: int) -> list[Sides]:
    """Cut a strip that is shown wider than the canvas into parts that overlap."""
    if width * strip.zoom <= most_px:
        return [(0, width)]
    wide, step = int(most_px / strip.zoom), max(1, int((most_px - OVERLAP_PX) / strip.zoom))
    starts = range(0, max(1, width - int(OVERLAP_PX / strip.zoom)), step)
    return [(start, min(width, start + wide)) for start in starts]
