"""Looks at one number plate while its vehicle drives away or comes: painted like a street scene, a look at a time.

A whole scene is painted for the sake of a few small plates; here only the vehicle is, so that thousands of looks take
minutes. What is told of each look (height of its signs, blur, angle) is geometry, not what some reader made of it.
"""

import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from vision.frames import Image
from vision.plates.track import part_around
from vision.scenes.made_up import some_plate
from vision.scenes.one_vehicle import Approach, Sight
from vision.scenes.paint.cars import PLATE_PAPER, car
from vision.scenes.paint.cast import plate_lines
from vision.scenes.paint.cycles import motorcycle
from vision.scenes.paint.light import HOURS
from vision.scenes.paint.plates import SIGN_SHARE
from vision.scenes.paint.sight import Box, Seen
from vision.scenes.paint.solids import Floats, Model

LOOKS, EVERY_S, LEGIBLE_LOOKS = 8, 0.2, 3
BOX_OFF = 0.02
# A stroke is a seventh of a sign's height; it can be told from its neighbour when it is two pixels wide, and wider
# than the blur. Plates turned away farther than this hide strokes behind one another.
STROKE_SHARE, LEAST_STROKE_PX, FARTHEST_TURN_DEG, MOST_HIDDEN = 1 / 7, 2.0, 45.0, 0.01


@dataclass(frozen=True)
class ShownPlate:
    """What geometry tells of a plate in one picture, before anybody reads it.

    ``sign_px`` is the height of its signs, ``blur_px`` by how much a point is spread (movement and softness),
    ``turn_deg`` the angle between the plate and the line of sight, ``hidden`` the share of it that others cover.
    """

    sign_px: float
    blur_px: float
    turn_deg: float
    hidden: float = 0.0

    @property
    def is_legible(self) -> bool:
        """Whether a careful eye can read it: strokes two pixels wide and wider than the blur, not turned or hidden."""
        stroke = self.sign_px * STROKE_SHARE
        is_clear = stroke >= max(LEAST_STROKE_PX, self.blur_px)
        return is_clear and self.turn_deg <= FARTHEST_TURN_DEG and self.hidden <= MOST_HIDDEN


@dataclass(frozen=True, eq=False)
class PaintedLook:
    """One look: the vehicle's picture, cut out as a track's looks are, and what is known of its plate.

    ``corners`` are pixels in a round from the top left as read.
    """

    image: Image
    corners: Floats
    plate: ShownPlate


@dataclass(frozen=True, eq=False)
class PaintedTrack:
    """One vehicle's plate and the looks at it."""

    text: str
    lines: int
    label: str
    colour: str
    hour: str
    looks: tuple[PaintedLook, ...]

    @property
    def is_legible(self) -> bool:
        """Whether three of its looks are."""
        return legible_looks(look.plate for look in self.looks)


def painted_tracks(seed: int, count: int, *, is_legible: bool = False) -> Iterator[PaintedTrack]:
    """Paint vehicles one after another; the same seed gives the same ones.

    Parameters
    ----------
    seed : int
        The seed.
    count : int
        How many vehicles.
    is_legible : bool
        Whether only those that are legible are painted, so that thousands of them take minutes; they are no others.

    Yields
    ------
    PaintedTrack
        Motorcycles from behind, cars from behind or before, by day, dusk and night.
    """
    made = found = 0
    while found < count:
        track = _track(random.Random(seed * 1_000_003 + made), is_legible=is_legible)  # noqa: S311 - a scene, not a secret
        made += 1
        if track is not None:
            found += 1
            yield track


def _track(rng: random.Random, *, is_legible: bool) -> PaintedTrack | None:
    label = rng.choices(("motorcycle", "car"), (0.6, 0.4))[0]
    colour = "yellow" if label == "car" and rng.random() < 0.25 else "white"
    text = some_plate("motorbike" if label == "motorcycle" else "car", rng)
    lines = plate_lines(text, two=label == "motorcycle" or rng.random() < 0.5)
    model = with_paper(motorcycle(rng, plate=lines) if label == "motorcycle" else car(rng, lines), colour)
    hour = rng.choices(HOURS, (0.5, 0.2, 0.3))[0]
    scene = _Scene(rng, model, lines, hour, comes=label == "car" and rng.random() < 0.4)
    if is_legible and not scene.is_legible():
        return None
    return PaintedTrack(text, len(lines), label, colour, hour, scene.looks())


def with_paper(model: Model, colour: str) -> Model:
    """Return a vehicle whose plate is of another colour, a key of `PLATE_PAPER`."""
    parts = tuple(replace(part, colour=PLATE_PAPER[colour]) if part.text else part for part in model.parts)
    return Model(model.points, parts)


class _Scene:
    """One vehicle before one camera."""

    def __init__(self, rng: random.Random, model: Model, lines: tuple[str, ...], hour: str, *, comes: bool) -> None:
        self._rng, self._model, self._lines = rng, model, len(lines)
        self._approach = Approach(rng, model, len(lines), hour, comes=comes)
        steps = range(LOOKS) if not comes else range(LOOKS - 1, -1, -1)
        near_m, step_m = self._approach.near_m, self._approach.speed_mps * EVERY_S
        sights = (self._approach.see(near_m + step_m * step) for step in steps)
        self._sights = [
            (sight, part) for sight in sights if sight is not None and (part := plate_part(sight.seen)) is not None
        ]

    def is_legible(self) -> bool:
        """Whether the track will be: what geometry tells is known before anything is painted."""
        return legible_looks(self._plate(sight, part) for sight, part in self._sights)

    def looks(self) -> tuple[PaintedLook, ...]:
        """Return its looks in the order of time."""
        return tuple(self._look(sight, part) for sight, part in self._sights)

    def _look(self, sight: Sight, part: int) -> PaintedLook:
        image, at = part_around(self._approach.picture(sight), detected(sight.seen.box(), self._rng))
        return PaintedLook(image, self._corners(sight, part) - np.array(at), self._plate(sight, part))

    def _corners(self, sight: Sight, part: int) -> Floats:
        return np.asarray(sight.seen.pixels[self._model.corners[part]])

    def _plate(self, sight: Sight, part: int) -> ShownPlate:
        blur_px = math.hypot(*self._approach.way(sight), 2.0 * self._approach.flaws.soft_px)
        return ShownPlate(
            plate_tall(self._corners(sight, part)) * SIGN_SHARE[self._lines], blur_px, turn_deg(sight.seen, part)
        )


def legible_looks(plates: Iterable[ShownPlate]) -> bool:
    """Return whether a track is legible: three looks at its plate are."""
    return sum(plate.is_legible for plate in plates) >= LEGIBLE_LOOKS


def detected(box: Box, rng: random.Random) -> Box:
    """Return a vehicle's box as a detector gives it: each edge off by a few hundredths of its height."""
    left, top, right, bottom = (edge + rng.gauss(0, BOX_OFF * (box[3] - box[1])) for edge in box)
    return left, top, right, bottom


def plate_part(seen: Seen) -> int | None:
    """Return which drawn part bears signs: the plate that looks this way."""
    return next((i for i in seen.order if seen.thing.model.parts[i].text), None)


def turn_deg(seen: Seen, part: int) -> float:
    """Return the angle between a flat part and the line of sight, degrees; 0: seen straight."""
    return math.degrees(math.acos(min(1.0, max(-1.0, float(seen.facing[part])))))


def plate_tall(corners: Floats) -> float:
    """Return the height of a plate in pixels, the mean of both sides."""
    left, right = np.hypot(*(corners[3] - corners[0])), np.hypot(*(corners[2] - corners[1]))
    return float(left + right) / 2
