"""Looks at one number plate while its vehicle drives away or comes: painted like a street scene, a look at a time.

A whole scene is painted for the sake of a few small plates; here only the vehicle is, so that thousands of looks take
minutes. What is told of each look (height of its signs, blur, angle) is geometry, not what some reader made of it.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from vision.frames import Image
from vision.scenes.made_up import some_plate
from vision.scenes.one_vehicle import Approach
from vision.scenes.paint.cars import PLATE_PAPER, car
from vision.scenes.paint.cast import plate_lines
from vision.scenes.paint.cycles import motorcycle
from vision.scenes.paint.light import HOURS
from vision.scenes.paint.plates import SIGN_SHARE
from vision.scenes.paint.sight import Seen
from vision.scenes.paint.solids import Floats, Model

LOOKS, EVERY_S = 8, 0.2
# A stroke is a seventh of a sign's height; it can be told from its neighbour when it is two pixels wide, and wider
# than the blur. Plates turned away farther than this hide strokes behind one another.
STROKE_SHARE, LEAST_STROKE_PX, FARTHEST_TURN_DEG = 1 / 7, 2.0, 45.0


@dataclass(frozen=True, eq=False)
class PaintedLook:
    """One look: the vehicle's picture and what is known of its plate.

    ``corners`` are pixels in a round from the top left as read, ``sign_px`` the height of its signs, ``blur_px`` by
    how much a point is spread (movement and softness), ``turn_deg`` the angle between the plate and the line of sight.
    """

    image: Image
    corners: Floats
    sign_px: float
    blur_px: float
    turn_deg: float

    @property
    def is_legible(self) -> bool:
        """Whether a careful eye can read it: strokes of two pixels, wider than the blur, not turned far away."""
        stroke = self.sign_px * STROKE_SHARE
        return stroke >= max(LEAST_STROKE_PX, self.blur_px) and self.turn_deg <= FARTHEST_TURN_DEG


@dataclass(frozen=True, eq=False)
class PaintedTrack:
    """One vehicle's plate and the looks at it."""

    text: str
    lines: int
    label: str
    colour: str
    hour: str
    looks: tuple[PaintedLook, ...]


def painted_tracks(seed: int, count: int) -> Iterator[PaintedTrack]:
    """Paint vehicles one after another; the same seed gives the same ones.

    Parameters
    ----------
    seed : int
        The seed.
    count : int
        How many vehicles.

    Yields
    ------
    PaintedTrack
        Motorcycles from behind, cars from behind or before, by day, dusk and night.
    """
    for number in range(count):
        yield _track(random.Random(seed * 1_000_003 + number))  # noqa: S311 - a scene, not a secret


def _track(rng: random.Random) -> PaintedTrack:
    label = rng.choices(("motorcycle", "car"), (0.6, 0.4))[0]
    colour = "yellow" if label == "car" and rng.random() < 0.25 else "white"
    text = some_plate("motorbike" if label == "motorcycle" else "car", rng)
    lines = plate_lines(text, two=label == "motorcycle" or rng.random() < 0.5)
    model = with_paper(motorcycle(rng, plate=lines) if label == "motorcycle" else car(rng, lines), colour)
    hour = rng.choices(HOURS, (0.5, 0.2, 0.3))[0]
    scene = _Scene(rng, model, lines, hour, comes=label == "car" and rng.random() < 0.4)
    return PaintedTrack(text, len(lines), label, colour, hour, scene.looks())


def with_paper(model: Model, colour: str) -> Model:
    """Return a vehicle whose plate is of another colour, a key of `PLATE_PAPER`."""
    parts = tuple(replace(part, colour=PLATE_PAPER[colour]) if part.text else part for part in model.parts)
    return Model(model.points, parts)


class _Scene:
    """One vehicle before one camera."""

    def __init__(self, rng: random.Random, model: Model, lines: tuple[str, ...], hour: str, *, comes: bool) -> None:
        self._approach, self._model, self._lines, self._comes = (
            Approach(rng, model, len(lines), hour, comes=comes), model, len(lines), comes,
        )  # fmt: skip

    def looks(self) -> tuple[PaintedLook, ...]:
        """Return its looks in the order of time."""
        steps = range(LOOKS) if not self._comes else range(LOOKS - 1, -1, -1)
        near_m, step_m = self._approach.near_m, self._approach.speed_mps * EVERY_S
        made = (self._look(near_m + step_m * step) for step in steps)
        return tuple(look for look in made if look is not None)

    def _look(self, ahead_m: float) -> PaintedLook | None:
        sight = self._approach.see(ahead_m)
        part = plate_part(sight.seen) if sight is not None else None
        if sight is None or part is None:
            return None
        way = self._approach.way(sight)
        image = self._approach.picture(sight)
        corners = sight.seen.pixels[self._model.corners[part]]
        sign_px = _tall(corners) * SIGN_SHARE[self._lines]
        blur_px = math.hypot(math.hypot(*way), 2.0 * self._approach.flaws.soft_px)
        turn_deg = math.degrees(math.acos(min(1.0, max(-1.0, float(sight.seen.facing[part])))))
        return PaintedLook(image, corners, sign_px, blur_px, turn_deg)


def plate_part(seen: Seen) -> int | None:
    """Return which drawn part bears signs: the plate that looks this way."""
    return next((i for i in seen.order if seen.thing.model.parts[i].text), None)


def _tall(corners: Floats) -> float:
    left, right = np.hypot(*(corners[3] - corners[0])), np.hypot(*(corners[2] - corners[1]))
    return float(left + right) / 2
