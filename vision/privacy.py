"""What makes bystanders known is covered: heads and plates of every road user but the one who acted.

There is no model of faces: where a head or a plate is follows from the road user's own box. So that a look that was
missed leaves nothing open, boxes are laid through the gaps of a track and go on for a second before its first look and
after its last. A covered region gets one colour, its mean: there is nothing in it to be restored.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from vision.frames import Image

Box = tuple[float, float, float, float]
# A track is drawn on for so long at both ends, with its own movement; a gap as long as a track lives is bridged.
BEYOND_MS = 1_000
# Shares of a box's height, from its top: the head of a walker; of riders, whose passengers sit higher and lower.
HEADS = {"person": (-0.08, 0.30), "motorcycle": (-0.08, 0.5), "bicycle": (-0.08, 0.5)}
PLATES = {"car": (0.45, 1.03), "truck": (0.5, 1.03), "bus": (0.62, 1.03), "motorcycle": (0.42, 1.06)}
# What people sit on: its box may lack them.
RIDDEN = frozenset({"motorcycle", "bicycle"})
# Windows of cars, through which a driver may be seen, and of buses and lorries.
WINDOWS = {"car": (0.08, 0.45), "truck": (0.05, 0.45), "bus": (0.05, 0.45)}
WIDER = 0.08
# A person or a two-wheeler inside the acting road user's own box is a part of it.
SAME_SHARE = 0.7


class OtherTrack(msgspec.Struct, frozen=True, kw_only=True):
    """Another road user while the clip runs: event times and boxes (left, top, right, bottom), pixels."""

    track_id: int
    label: str
    time_ms: tuple[int, ...]
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Actor:
    """The road user who acted: event times and boxes."""

    time_ms: tuple[int, ...]
    boxes: tuple[Box, ...]


def covered(others: Iterable[OtherTrack], actor: Actor, time_ms: int) -> list[Box]:
    """Return the regions to be covered in the frame of one moment.

    Parameters
    ----------
    others : iterable of OtherTrack
        All other road users.
    actor : Actor
        Who acted; what is a part of it stays open.
    time_ms : int
        The moment.

    Returns
    -------
    list of tuple
        Left, top, right, bottom, pixels; they may reach out of the picture.
    """
    own = box_at(actor.time_ms, actor.boxes, time_ms)
    regions: list[Box] = []
    for other in others:
        box = box_at(other.time_ms, other.boxes, time_ms)
        if box is not None and not (own is not None and _inside(box, own) >= SAME_SHARE):
            regions += _regions(other.label, box, _tallest(other, time_ms) if other.label in RIDDEN else 0.0)
    return regions


def _tallest(other: OtherTrack, time_ms: int) -> float:
    """Return the height of the tallest look around a moment: one may have missed the rider, or the machine."""
    low = bisect_left(other.time_ms, time_ms - BEYOND_MS)
    high = bisect_left(other.time_ms, time_ms + BEYOND_MS + 1)
    return max((bottom - top for _, top, _, bottom in other.boxes[low:high]), default=0.0)


def box_at(times: Sequence[int], boxes: Sequence[Box], time_ms: int) -> Box | None:
    """Return the box of a track at a moment, between its looks or up to a second beyond them; else ``None``."""
    if not times or not times[0] - BEYOND_MS <= time_ms <= times[-1] + BEYOND_MS:
        return None
    at = bisect_left(times, time_ms)
    if (at < len(times) and times[at] == time_ms) or len(times) == 1:
        return boxes[min(at, len(times) - 1)]
    low = min(max(at - 1, 0), len(times) - 2)
    if at in {0, len(times)}:
        return _beyond(times, boxes, time_ms, is_before=at == 0)
    share = (time_ms - times[low]) / (times[low + 1] - times[low])
    mixed = np.array(boxes[low]) * (1 - share) + np.array(boxes[low + 1]) * share
    return _box(mixed)


def _beyond(times: Sequence[int], boxes: Sequence[Box], time_ms: int, *, is_before: bool) -> Box:
    """Go on as the track moved over its nearest half second, and keep where it was last seen covered too."""
    near, far = (0, min(len(times) - 1, 12)) if is_before else (len(times) - 1, max(0, len(times) - 13))
    box = np.array(boxes[near])
    step = (box - np.array(boxes[far])) / max(1, abs(times[near] - times[far]))
    gone = box + step * abs(time_ms - times[near])
    return _box(np.concatenate([np.minimum(box, gone)[:2], np.maximum(box, gone)[2:]]))


def _box(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Box:
    left, top, right, bottom = values.tolist()
    return left, top, right, bottom


def _inside(box: Box, other: Box) -> float:
    wide = min(box[2], other[2]) - max(box[0], other[0])
    tall = min(box[3], other[3]) - max(box[1], other[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return max(0.0, wide) * max(0.0, tall) / area if area > 0 else 0.0


def _regions(label: str, box: Box, tallest: float) -> list[Box]:
    """Return the regions of one look; each begins as if it lacked what is above it and ends as if what is below."""
    left, top, right, bottom = box
    room = WIDER * (right - left)
    tall = max(bottom - top, tallest)
    return [
        (left - room, bottom - (1 - low) * tall, right + room, top + high * tall)
        for part in (HEADS, WINDOWS, PLATES)
        for low, high in [part.get(label, (0.0, 0.0))]
        if high > low
    ]


def cover(image: Image, regions: Iterable[Box], open_: Iterable[Box] = ()) -> Image:
    """Return a copy of a picture in which each region has one colour.

    Parameters
    ----------
    image : ndarray
        Height × width × 3.
    regions : iterable of tuple
        Left, top, right, bottom, pixels.
    open_ : iterable of tuple
        What is never covered: the lamps that the act is judged by.

    Returns
    -------
    ndarray
        The copy.
    """
    copy = image.copy()
    for region in regions:
        rows, columns = _slices(image, region)
        part = image[rows, columns]
        if part.size:
            copy[rows, columns] = part.reshape(-1, 3).mean(axis=0).astype(np.uint8)
    for region in open_:
        rows, columns = _slices(image, region)
        copy[rows, columns] = image[rows, columns]
    return copy


def _slices(image: Image, region: Box) -> tuple[slice, slice]:
    left, top, right, bottom = region
    height, width = image.shape[:2]
    y1, y2 = max(0, int(np.floor(top))), min(height, int(np.ceil(bottom)))
    x1, x2 = max(0, int(np.floor(left))), min(width, int(np.ceil(right)))
    return slice(y1, max(y1, y2)), slice(x1, max(x1, x2))
