"""Examples for a detector: pictures of made-up junctions, and the boxes that a careful person would draw."""

import math
import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.scenes.made_up import Cast, some_camera, some_layout, some_setting, some_traffic
from vision.scenes.paint.brush import draw_ids
from vision.scenes.paint.picture import MARGIN_PX, Painter
from vision.scenes.paint.sight import Seen
from vision.scenes.paint.solids import Floats
from vision.scenes.phases import LampState

LABELS = ("person", "bicycle", "car", "motorcycle", "bus", "truck")
# A thing is marked when this share of it is seen, and when it is so large. Who rides in line is hidden by the others
# more than that: what they hide does not count while so much of all and so much of the head (so high) is left.
SEEN_SHARE, LEFT_SHARE = 0.25, 0.08
HEAD_SHARE, HEAD_HEIGHTS = 0.3, 0.2
SMALLEST_PX = 7.0
CUT_SHARE = 0.34
JPEG_QUALITY = 92


@dataclass(frozen=True, eq=False)
class Example:
    """A picture with its boxes: ``boxes`` is n × 4 (left, top, right, bottom, pixels); ``labels`` n of `LABELS`."""

    image: Image
    boxes: Floats
    labels: tuple[str, ...]

    def jpeg(self) -> bytes:
        """Return the picture as a JPEG file."""
        return bytes(cv2.imencode(".jpg", self.image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1])


def examples(seed: int, pictures: int, cast: Cast | None = None) -> Iterator[Example]:
    """Yield pictures of a junction seen by one camera, each with other traffic.

    Parameters
    ----------
    seed : int
        Of junction, camera, light, weather and traffic; the same seed gives the same bytes.
    pictures : int
        How many.
    cast : Cast, optional
        Who may be painted again: most of the work is to build somebody new. Bytes depend on who is in it.

    Yields
    ------
    Example
        Whole pictures.
    """
    rng = random.Random(seed)  # noqa: S311 - a scene, not a secret
    layout = some_layout(rng)
    painter = Painter(layout, some_camera(layout, rng), some_setting(rng, seed))
    crowd = rng.choice([0.15, 0.35, 0.6, 0.9])
    for frame in range(pictures):
        poses = some_traffic(layout, crowd, rng, first=frame * 1000 + 1, cast=cast)
        lamps = {
            name: LampState(rng.choice(["red", "yellow", "green"]), left_s=rng.uniform(0, 60)) for name in layout.arms
        }
        seen = painter.see(poses, lamps)
        image = painter.develop(painter.compose(seen), frame)
        yield marked(painter, image, seen, {pose.user_id: pose.label for pose in poses}, painter.shake(frame))


def crop(whole: Example, side_px: int, rng: random.Random) -> Example:
    """Cut a square out of a picture and bring it to another scale.

    Parameters
    ----------
    whole : Example
        The picture.
    side_px : int
        Width and height of the square, after scaling.
    rng : random.Random
        Chooses place and scale; half of the squares lie around somebody.

    Returns
    -------
    Example
        With the boxes of which a third is left.
    """
    height, width = whole.image.shape[:2]
    zoom = max(side_px / height, math.exp(rng.uniform(math.log(0.55), math.log(1.3))))
    side = min(height, round(side_px / zoom))
    x, y = rng.randint(0, width - side), rng.randint(0, height - side)
    if len(whole.labels) and rng.random() < 0.5:
        left, top, right, bottom = whole.boxes[rng.randrange(len(whole.labels))].tolist()
        x = max(0, min(width - side, round((left + right - side) / 2 + rng.uniform(-0.3, 0.3) * side)))
        y = max(0, min(height - side, round((top + bottom - side) / 2 + rng.uniform(-0.3, 0.3) * side)))
    how = cv2.INTER_AREA if side > side_px else cv2.INTER_LINEAR
    image = cv2.resize(whole.image[y : y + side, x : x + side], (side_px, side_px), interpolation=how)
    cut = np.clip(whole.boxes - np.array([x, y, x, y]), 0, side)
    left_over = np.prod(cut[:, 2:] - cut[:, :2], axis=1) / np.prod(whole.boxes[:, 2:] - whole.boxes[:, :2], axis=1)
    boxes = cut * (side_px / side)
    kept = np.flatnonzero(
        (left_over > CUT_SHARE)
        & (boxes[:, 3] - boxes[:, 1] >= SMALLEST_PX)
        & (boxes[:, 2] - boxes[:, 0] >= SMALLEST_PX / 2)
    )
    return Example(np.asarray(image, np.uint8), boxes[kept], tuple(whole.labels[i] for i in kept))


def marked(painter: Painter, image: Image, seen: list[Seen], labels: dict[int, str], push: tuple[int, int]) -> Example:
    """Mark on a picture who is to be seen.

    Parameters
    ----------
    painter : Painter
        Who painted it.
    image : ndarray
        The picture.
    seen : list of Seen
        What was painted, the farthest first.
    labels : dict of int to str
        What a detector calls each road user, by number.
    push : tuple of int
        By how much the camera was shaken.

    Returns
    -------
    Example
        Vehicles and each person on them apart.
    """
    sheet = np.zeros((image.shape[0] + 2 * MARGIN_PX, image.shape[1] + 2 * MARGIN_PX), np.uint16)
    marks: list[_Mark] = []
    for one in seen:
        own = _marks(one, labels[one.thing.number]) if one.thing.number > 0 else {}
        painter.number(sheet, one, {owner: len(marks) + k for k, owner in enumerate(own, 1)})
        marks += own.values()
    counts = np.bincount(sheet.ravel(), minlength=len(marks) + 1)[1:]
    corner = np.array([MARGIN_PX + push[0], MARGIN_PX + push[1]] * 2)
    limit = np.array([image.shape[1], image.shape[0]] * 2, np.float64)
    boxes, names = [], []
    for mark, count in zip(marks, counts.tolist(), strict=True):
        box = np.clip(mark.box - corner, 0, limit)
        wide, high = box[2:] - box[:2]
        if count >= mark.least and min(wide, high) >= SMALLEST_PX * 0.6 and high >= SMALLEST_PX:
            boxes.append(box)
            names.append(mark.label)
    return Example(image, np.array(boxes).reshape(-1, 4), tuple(names))


@dataclass(frozen=True, eq=False)
class _Mark:
    """A vehicle or a person, its box, and how many pixels of it must be seen."""

    label: str
    box: Floats
    least: float


def _marks(one: Seen, label: str) -> dict[int, _Mark]:
    """Return the marks of a vehicle (0) and of each person on it, by owner."""
    owners = one.thing.model.owners
    boxes = {owner: np.array(one.box_of(owner)) for owner in owners}
    large = [owner for owner in owners if boxes[owner][3] - boxes[owner][1] >= SMALLEST_PX]
    shapes = {owner: _shape(one, (owner,)) > 0 for owner in large}
    least = {owner: SEEN_SHARE * int(np.count_nonzero(shape)) for owner, shape in shapes.items()}
    people = [owner for owner in large if owner]
    if len(people) > 1:
        together, top = _shape(one, people), round(one.box()[1])
        for owner in people:
            neck = round((1 - HEAD_HEIGHTS) * boxes[owner][1] + HEAD_HEIGHTS * boxes[owner][3]) - top
            left, mine = together == owner, shapes[owner]
            shows_head = np.count_nonzero(left[:neck]) >= HEAD_SHARE * np.count_nonzero(mine[:neck])
            kept = SEEN_SHARE * int(np.count_nonzero(left))
            least[owner] = max(LEFT_SHARE * np.count_nonzero(mine), kept) if shows_head else np.inf
    return {owner: _Mark("person" if owner else label, boxes[owner], least.get(owner, np.inf)) for owner in owners}


def _shape(one: Seen, owners: Collection[int]) -> NDArray[np.uint16]:
    """Return a sheet of a thing's box with the numbers of some of its owners, as if nothing else were there."""
    left, top, right, bottom = (round(v) for v in one.box())
    sheet = np.zeros((max(1, bottom - top + 2), max(1, right - left + 2)), np.uint16)
    draw_ids(sheet, one, {owner: max(owner, 1) for owner in owners}, (left, top), only=owners)
    return sheet
