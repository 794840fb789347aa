"""Looks at one number plate while its vehicle drives away or comes: painted like a street scene, a look at a time.

A whole scene is painted for the sake of a few small plates; here only the vehicle is, so that thousands of looks take
minutes. What is told of each look (height of its signs, blur, angle) is geometry, not what some reader made of it.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from vision.frames import Image
from vision.scenes.made_up import some_plate
from vision.scenes.paint.brush import draw
from vision.scenes.paint.cars import PLATE_PAPER, car
from vision.scenes.paint.cast import plate_lines
from vision.scenes.paint.cycles import motorcycle
from vision.scenes.paint.lens import Lens
from vision.scenes.paint.light import HOURS, light_of
from vision.scenes.paint.plates import SIGN_SHARE
from vision.scenes.paint.sensor import Flaws, Sensor, smear
from vision.scenes.paint.sight import Seen, Thing, look_at, shade
from vision.scenes.paint.solids import Floats, Model
from vision.scenes.pinhole import PinholeCamera

LOOKS, EVERY_S = 8, 0.2
ROOM_PX = 12
# A stroke is a seventh of a sign's height; it can be told from its neighbour when it is two pixels wide, and wider
# than the blur. Plates turned away farther than this hide strokes behind one another.
STROKE_SHARE, LEAST_STROKE_PX, FARTHEST_TURN_DEG = 1 / 7, 2.0, 45.0
GAIN = {"day": 1.0, "dusk": 0.8, "night": 0.55}
NOISE = {"day": 2.0, "dusk": 3.0, "night": 5.0}
LARGEST_PX = 1600
# A plate throws the light of lamps back, so it is never darker than its signs.
LEAST_PAPER = 0.6
ASPHALT = (96, 98, 100)


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
    model = _with_paper(motorcycle(rng, plate=lines) if label == "motorcycle" else car(rng, lines), colour)
    hour = rng.choices(HOURS, (0.5, 0.2, 0.3))[0]
    scene = _Scene(rng, model, lines, hour, comes=label == "car" and rng.random() < 0.4)
    return PaintedTrack(text, len(lines), label, colour, hour, scene.looks())


def _with_paper(model: Model, colour: str) -> Model:
    parts = tuple(replace(part, colour=PLATE_PAPER[colour]) if part.text else part for part in model.parts)
    return Model(model.points, parts)


class _Scene:
    """One vehicle before one camera."""

    def __init__(self, rng: random.Random, model: Model, lines: tuple[str, ...], hour: str, *, comes: bool) -> None:
        self._rng, self._model, self._lines, self._hour, self._comes = rng, model, len(lines), hour, comes
        self._light = light_of(hour, rng)
        self._height_m, self._near_m = rng.uniform(4.0, 8.0), rng.uniform(9.0, 16.0)
        self._aside_m = rng.uniform(-7.0, 7.0)
        self._heading = math.pi / 2 + rng.gauss(0, 0.08)
        self._speed_mps = rng.choice((0.0, 1.0)) * rng.uniform(1.0, 12.0)
        self._exposure_s = 1 / rng.choice((500, 250, 120) if hour == "day" else (250, 120, 60))
        tall_m = SIGN_SHARE[self._lines] * {True: 0.11, False: 0.15}[self._lines == 1]
        # Its signs are so tall where it is nearest.
        self._focal_px = (
            math.exp(rng.uniform(math.log(8.0), math.log(34.0)))
            / tall_m
            * math.hypot(self._near_m, self._height_m, self._aside_m)
        )
        self._roll_deg = rng.gauss(0, 2.0)
        self._flaws = Flaws(noise=0.0, soft_px=int(rng.random() < 0.3), quality=rng.randint(55, 92))

    def looks(self) -> tuple[PaintedLook, ...]:
        """Return its looks in the order of time."""
        steps = range(LOOKS) if not self._comes else range(LOOKS - 1, -1, -1)
        made = (self._look(self._near_m + self._speed_mps * EVERY_S * step) for step in steps)
        return tuple(look for look in made if look is not None)

    def _look(self, ahead_m: float) -> PaintedLook | None:
        turned = self._heading + (math.pi if self._comes else 0.0)
        thing = Thing(self._model, self._aside_m, ahead_m, turned, speed_mps=self._speed_mps)
        seen, lens = self._seen(thing)
        part = self._plate_part(seen) if seen is not None else None
        if seen is None or part is None:
            return None
        way = self._way(thing, lens)
        image = self._develop(self._paint(seen, lens, way))
        corners = seen.pixels[self._model.corners[part]]
        sign_px = _tall(corners) * SIGN_SHARE[self._lines]
        blur_px = math.hypot(math.hypot(*way), 2.0 * self._flaws.soft_px)
        turn_deg = math.degrees(math.acos(min(1.0, max(-1.0, float(seen.facing[part])))))
        return PaintedLook(image, corners, sign_px, blur_px, turn_deg)

    def _seen(self, thing: Thing) -> tuple[Seen | None, Lens]:
        """Point the picture at the vehicle and nothing else."""
        pitch = math.degrees(math.atan2(self._height_m, self._near_m))
        camera = PinholeCamera(
            (0.0, 0.0, self._height_m), 0.0, pitch, self._focal_px, size=(64, 64), roll_deg=self._roll_deg
        )
        wide = Lens(camera)
        middle = wide.see(np.array([[thing.x, thing.y, 0.9]]))[0][0]
        first = look_at(thing, Lens(camera.moved((32 - float(middle[0]), 32 - float(middle[1])))))
        left, top, right, bottom = first.box() if first is not None else (0.0, 0.0, 0.0, 0.0)
        size = round(right - left) + 2 * ROOM_PX, round(bottom - top) + 2 * ROOM_PX
        if first is None or max(size) > LARGEST_PX:
            return None, wide
        fitted = PinholeCamera(
            camera.place_m, 0.0, pitch, self._focal_px, size=size, roll_deg=self._roll_deg,
            push_px=(32 - float(middle[0]) - left + ROOM_PX + 32 - size[0] / 2,
                     32 - float(middle[1]) - top + ROOM_PX + 32 - size[1] / 2),
        )  # fmt: skip
        lens = Lens(fitted)
        seen = look_at(thing, lens)
        if seen is not None:
            shade(seen, lens, self._light)
            for i, part in enumerate(self._model.parts):
                if part.text:
                    seen.colours[i] = [
                        max(v, int(LEAST_PAPER * c)) for v, c in zip(seen.colours[i], part.colour, strict=True)
                    ]
        return seen, lens

    def _plate_part(self, seen: Seen) -> int | None:
        """Return which drawn part bears signs: the plate that looks this way."""
        return next((i for i in seen.order if self._model.parts[i].text), None)

    def _way(self, thing: Thing, lens: Lens) -> tuple[float, float]:
        step = self._speed_mps * self._exposure_s
        ends = np.array([[thing.x, thing.y, 0.7], [thing.x, thing.y + step, 0.7]])
        (x0, y0), (x1, y1) = lens.see(ends)[0].tolist()
        return round(x1 - x0, 3), round(y1 - y0, 3)

    def _paint(self, seen: Seen, lens: Lens, way: tuple[float, float]) -> Image:
        image = np.empty((lens.size[1], lens.size[0], 3), np.uint8)
        image[:] = self._light.flat(ASPHALT)
        before = image.copy()
        draw(image, seen)
        if max(abs(way[0]), abs(way[1])) >= 1.0:
            smear(before, image, way)
        return np.asarray(cv2.convertScaleAbs(image, alpha=GAIN[self._hour]), np.uint8)

    def _develop(self, image: Image) -> Image:
        grained = _sensor(NOISE[self._hour]).take(image, self._rng)
        return Sensor((1, 1), self._flaws, 0).take(grained, self._rng)


@cache
def _sensor(noise: float) -> Sensor:
    """Return the grain of an hour; its sheets are large and are made once."""
    return Sensor((LARGEST_PX, LARGEST_PX), Flaws(noise=noise), 1)


def _tall(corners: Floats) -> float:
    left, right = np.hypot(*(corners[3] - corners[0])), np.hypot(*(corners[2] - corners[1]))
    return float(left + right) / 2
