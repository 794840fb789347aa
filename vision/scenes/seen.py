"""How a camera sees road users: boxes in the picture, and how much of each hides behind others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vision.scenes.kinds import KINDS, RIDER_HEIGHT_M
from vision.scenes.layout import Floats
from vision.scenes.pinhole import NEAR_M, PinholeCamera
from vision.scenes.road_user import Pose

Box = tuple[float, float, float, float]
Cells = NDArray[np.bool_]
# Where riders sit: metres behind the middle of the body, the driver first; seat height; a person's half sizes.
SEATS_M = (-0.02, 0.42, 0.78)
SEAT_M, RIDER_HALF_M = 0.42, (0.20, 0.25)
# Hiding is reckoned on a grid of so many pixels; a road user fills this share of its box around the middle.
CELL_PX, FILLED = 4, 0.86
# Rows and columns of a box of which less is unhidden do not lengthen what is seen of it.
LEAST_FREE = 0.25
# Smaller than this nobody is seen: a detector does not find them either.
LEAST_PX = 16.0


class Part(NamedTuple):
    """A body or a rider: its whole box, the box around what nobody nearer hides of it, and how much that is."""

    label: str
    box: Box
    shown: Box
    visible: float


@dataclass(frozen=True)
class Seen:
    """One road user in one picture, pixels.

    Attributes
    ----------
    pose : Pose
        Who.
    box : tuple of float
        Left, top, right, bottom around body and riders, cut at the picture's edges.
    parts : tuple of Part
        What a detector may find: the body, then each rider.
    depth_m : float
        From the camera, along its axis.
    visible : float
        Share of the whole box that is inside the picture and hidden by nobody nearer.
    """

    pose: Pose
    box: Box
    parts: tuple["Part", ...]
    depth_m: float
    visible: float

    @property
    def label(self) -> str:
        """What a detector calls it."""
        return self.pose.label

    @property
    def shown(self) -> Box:
        """The box around what nobody nearer hides of it and its riders."""
        if not self.parts:
            return self.box
        left, top, right, bottom = zip(*(part.shown for part in self.parts), strict=True)
        return min(left), min(top), max(right), max(bottom)

    @property
    def height_px(self) -> float:
        """Height of its box."""
        return self.box[3] - self.box[1]


def look_at(camera: PinholeCamera, poses: Sequence[Pose]) -> list[Seen]:
    """Return those of the road users that a camera sees, the nearest first.

    Parameters
    ----------
    camera : PinholeCamera
        The camera.
    poses : sequence of Pose
        Everybody.
    """
    if not poses:
        return []
    solids, owner, labels = _solids(poses)
    pixels, depth = camera.pixels(solids.reshape(-1, 3))
    pixels, depth = pixels.reshape(-1, 8, 2), depth.reshape(-1, 8)
    boxes = np.concatenate([pixels.min(axis=1), pixels.max(axis=1)], axis=1)
    first = np.searchsorted(owner, np.arange(len(poses) + 1))
    lows, highs = np.minimum.reduceat(boxes[:, :2], first[:-1]), np.maximum.reduceat(boxes[:, 2:], first[:-1])
    is_seen = np.minimum.reduceat(depth.min(axis=1), first[:-1]) > NEAR_M
    is_seen &= (highs[:, 1] - lows[:, 1] >= LEAST_PX) & (highs > 0).all(axis=1) & (lows < camera.size).all(axis=1)
    made = []
    for i in np.flatnonzero(is_seen).tolist():
        whole = np.concatenate([lows[i], highs[i]])
        cut = _cut(whole, camera.size)
        if cut is None:
            continue
        rows = range(first[i], first[i + 1])
        parts = tuple((labels[r], part) for r in rows if (part := _cut(boxes[r], camera.size)) is not None)
        inside = _area(cut) / _area(whole.tolist())
        made.append((float(depth[first[i]].mean()), poses[i], cut, parts, inside))
    made.sort(key=lambda one: (one[0], one[1].user_id))
    shown = _unhidden([(one[2], one[3]) for one in made], camera.size)
    return [
        Seen(pose, cut, parts, far, inside * share)
        for (far, pose, cut, _, inside), (share, parts) in zip(made, shown, strict=True)
    ]


def cuboid(x: float, y: float, heading_rad: float, half: tuple[float, float], heights: tuple[float, float]) -> Floats:
    """Return the 8 corners of an upright box, metres.

    Parameters
    ----------
    x, y : float
        Its middle.
    heading_rad : float
        Where its front looks, from east anticlockwise.
    half : tuple of float
        Half its length and half its width.
    heights : tuple of float
        Of its bottom and of its top.
    """
    return np.asarray(_corners(np.array([[x, y, heading_rad, *half, *heights]]))[0])


def _corners(rows: Floats) -> Floats:
    x, y, heading, half_l, half_w, low, high = rows.T[:, :, None]
    along = np.array([1.0, 1.0, -1.0, -1.0] * 2)
    right = np.array([1.0, -1.0, -1.0, 1.0] * 2)
    cos, sin = np.cos(heading), np.sin(heading)
    px = x + cos * along * half_l + sin * right * half_w
    py = y + sin * along * half_l - cos * right * half_w
    pz = np.where(np.arange(8) < 4, low, high)
    return np.stack([px, py, pz], axis=2)


def _solids(poses: Sequence[Pose]) -> tuple[Floats, Floats, list[str]]:
    rows, owner, labels = [], [], []
    for i, pose in enumerate(poses):
        look = pose.look
        half = look.length_m / 2, look.width_m / 2
        rows.append((pose.x, pose.y, pose.heading_rad, *half, 0.0, look.height_m))
        owner.append(i)
        labels.append(KINDS[look.kind].label)
        for seat, rider in zip(SEATS_M, look.riders, strict=False):
            x = pose.x - np.cos(pose.heading_rad) * seat
            y = pose.y - np.sin(pose.heading_rad) * seat
            top = RIDER_HEIGHT_M * (0.8 if rider.is_child else 1.0)
            rows.append((x, y, pose.heading_rad, *RIDER_HALF_M, SEAT_M, top))
            owner.append(i)
            labels.append("person")
    return _corners(np.array(rows, np.float64)), np.array(owner), labels


def _cut(box: Floats, size: tuple[int, int]) -> Box | None:
    left, top = max(0.0, float(box[0])), max(0.0, float(box[1]))
    right, bottom = min(float(size[0]), float(box[2])), min(float(size[1]), float(box[3]))
    if right - left < LEAST_PX / 4 or bottom - top < LEAST_PX / 2:
        return None
    return left, top, right, bottom


def _area(box: Sequence[float]) -> float:
    return max(1e-9, (box[2] - box[0]) * (box[3] - box[1]))


def _unhidden(
    made: Sequence[tuple[Box, Sequence[tuple[str, Box]]]], size: tuple[int, int]
) -> list[tuple[float, tuple[Part, ...]]]:
    """Return the share of each box that no nearer one covers, and what is seen of its parts; the nearest come first."""
    taken = np.zeros((size[1] // CELL_PX + 1, size[0] // CELL_PX + 1), bool)
    found = []
    for box, parts in made:
        left, top, right, bottom = box
        area = taken[_cells(box)]
        share = 1.0 - int(np.count_nonzero(area)) / max(area.size, 1)
        found.append((share, tuple(_part(label, own, taken, is_whole=share == 1.0) for label, own in parts)))
        rest = (1 - FILLED) / 2
        inner_left, inner_right = left + rest * (right - left), right - rest * (right - left)
        inner_top = top + rest * (bottom - top)
        taken[
            int(inner_top / CELL_PX) : int(bottom / CELL_PX) + 1, int(inner_left / CELL_PX) : int(inner_right / CELL_PX)
        ] = True
    return found


def _part(label: str, box: Box, taken: Cells, *, is_whole: bool) -> Part:
    if is_whole:
        return Part(label, box, box, 1.0)
    rows, columns = _cells(box)
    free = ~taken[rows, columns]
    high = np.flatnonzero(np.count_nonzero(free, axis=1) >= LEAST_FREE * free.shape[1])
    if not len(high):
        return Part(label, box, box, 0.0)
    wide = np.flatnonzero(np.count_nonzero(free[high], axis=0) >= LEAST_FREE * len(high))
    left, right = _ends(wide, columns, box[0], box[2])
    top, bottom = _ends(high, rows, box[1], box[3])
    return Part(label, box, (left, top, right, bottom), int(np.count_nonzero(free)) / free.size)


def _ends(free: NDArray[np.int64], cells: slice, low: float, high: float) -> tuple[float, float]:
    """Return where the free cells of a side begin and end, pixels; where the outermost are free, where the box does."""
    first, last = int(free[0]), int(free[-1]) + 1
    start = (cells.start + first) * CELL_PX if first else low
    return start, (cells.start + last) * CELL_PX if last < cells.stop - cells.start else high


def _cells(box: Box) -> tuple[slice, slice]:
    left, top, right, bottom = (int(edge / CELL_PX) for edge in box)
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))
