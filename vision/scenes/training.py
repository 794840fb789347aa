"""Examples for a detector: pictures of made-up junctions, and the boxes that a careful person would draw."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from vision.frames import Image
from vision.scenes.made_up import some_camera, some_layout, some_setting, some_traffic
from vision.scenes.paint.brush import draw_ids
from vision.scenes.paint.picture import MARGIN_PX, Painter
from vision.scenes.paint.sight import Seen
from vision.scenes.paint.solids import Floats
from vision.scenes.phases import LampState

LABELS = ("person", "bicycle", "car", "motorcycle", "bus", "truck")
# A thing is marked when this share of it is seen, and when it is so large.
SEEN_SHARE = 0.25
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


def examples(seed: int, pictures: int) -> Iterator[Example]:
    """Yield pictures of a junction seen by one camera, each with other traffic.

    Parameters
    ----------
    seed : int
        Of junction, camera, light, weather and traffic; the same seed gives the same bytes.
    pictures : int
        How many.

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
        poses = some_traffic(layout, crowd, rng, first=frame * 1000 + 1)
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
    owners: list[tuple[Seen, int, str]] = []
    whole: list[int] = []
    for one in seen:
        base = len(owners) + 1
        if one.thing.number > 0:
            label = labels[one.thing.number]
            owners += [(one, owner, "person" if owner else label) for owner in one.thing.model.owners]
            whole += [_area(one, owner) for owner in one.thing.model.owners]
        numbers = {owner: base + k for k, owner in enumerate(one.thing.model.owners)}
        painter.number(sheet, one, numbers if one.thing.number > 0 else {})
    counts = np.bincount(sheet.ravel(), minlength=len(owners) + 1)[1:]
    boxes, names = [], []
    limit = np.array([image.shape[1], image.shape[0]] * 2, np.float64)
    for (one, owner, label), area, count in zip(owners, whole, counts.tolist(), strict=True):
        box = np.array(one.box_of(owner)) - np.array([MARGIN_PX + push[0], MARGIN_PX + push[1]] * 2)
        box = np.clip(box, 0, limit)
        if (
            count >= SEEN_SHARE * area
            and min(box[2] - box[0], box[3] - box[1]) >= SMALLEST_PX * 0.6
            and box[3] - box[1] >= SMALLEST_PX
        ):
            boxes.append(box)
            names.append(label)
    return Example(image, np.array(boxes).reshape(-1, 4), tuple(names))


def _area(one: Seen, owner: int) -> int:
    left, top, right, bottom = (round(v) for v in one.box_of(owner))
    alone = np.zeros((max(1, bottom - top + 2), max(1, right - left + 2)), np.uint16)
    draw_ids(alone, one, {owner: 1}, (left, top), only=owner)
    return int(np.count_nonzero(alone))
