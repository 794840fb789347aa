"""One vehicle painted like a street scene before one camera, and nothing else: thousands of looks take minutes."""

import math
import random
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from vision.frames import Image
from vision.scenes.paint.brush import draw
from vision.scenes.paint.lens import Lens
from vision.scenes.paint.light import light_of
from vision.scenes.paint.plates import SIGN_SHARE
from vision.scenes.paint.sensor import Flaws, Sensor, smear
from vision.scenes.paint.sight import Seen, Thing, look_at, shade
from vision.scenes.paint.solids import Model
from vision.scenes.pinhole import PinholeCamera

ROOM_PX, ROOM = 12, 0.15  # around the vehicle, and so much of its longer side more: boxes of detectors are off
GAIN = {"day": 1.0, "dusk": 0.8, "night": 0.55}
NOISE = {"day": 2.0, "dusk": 3.0, "night": 5.0}
LARGEST_PX = 2000
# A plate throws the light of lamps back, so it is never darker than its signs.
LEAST_PAPER = 0.6
ASPHALT = (96, 98, 100)


@dataclass(frozen=True, eq=False)
class Sight:
    """Where a vehicle stands and how the camera sees it."""

    thing: Thing
    lens: Lens
    seen: Seen


class Approach:
    """One vehicle before one camera.

    Parameters
    ----------
    rng : random.Random
        Chooses camera, speed and light.
    model : Model
        The vehicle.
    lines : int
        Lines of its plate.
    hour : str
        Day, dusk or night.
    comes : bool
        Whether its front is seen.
    signs_px : tuple of float
        How high its signs are where it is nearest, from and to.
    """

    def __init__(
        self, rng: random.Random, model: Model, lines: int, hour: str, *, comes: bool,
        signs_px: tuple[float, float] = (8.0, 34.0),
    ) -> None:  # fmt: skip
        self._rng, self._model, self._lines, self._hour, self._comes = rng, model, lines, hour, comes
        self._light = light_of(hour, rng)
        self._height_m, self.near_m = rng.uniform(4.0, 8.0), rng.uniform(9.0, 16.0)
        self._aside_m = rng.uniform(-7.0, 7.0)
        self._heading = math.pi / 2 + rng.gauss(0, 0.08)
        self.speed_mps = rng.choice((0.0, 1.0)) * rng.uniform(1.0, 12.0)
        self._exposure_s = 1 / rng.choice((500, 250, 120) if hour == "day" else (250, 120, 60))
        tall_m = SIGN_SHARE[self._lines] * {True: 0.11, False: 0.15}[self._lines == 1]
        # Its signs are so tall where it is nearest.
        self._focal_px = (
            math.exp(rng.uniform(math.log(signs_px[0]), math.log(signs_px[1])))
            / tall_m
            * math.hypot(self.near_m, self._height_m, self._aside_m)
        )
        self._roll_deg = rng.gauss(0, 2.0)
        self.flaws = Flaws(noise=0.0, soft_px=int(rng.random() < 0.3), quality=rng.randint(55, 92))

    def see(self, ahead_m: float) -> Sight | None:
        """Put the vehicle so far ahead; ``None`` where it fills too large a picture."""
        turned = self._heading + (math.pi if self._comes else 0.0)
        thing = Thing(self._model, self._aside_m, ahead_m, turned, speed_mps=self.speed_mps)
        seen, lens = self._seen(thing)
        return Sight(thing, lens, seen) if seen is not None else None

    def _seen(self, thing: Thing) -> tuple[Seen | None, Lens]:
        """Point the picture at the vehicle and nothing else."""
        pitch = math.degrees(math.atan2(self._height_m, self.near_m))
        camera = PinholeCamera(
            (0.0, 0.0, self._height_m), 0.0, pitch, self._focal_px, size=(64, 64), roll_deg=self._roll_deg
        )
        wide = Lens(camera)
        middle = wide.see(np.array([[thing.x, thing.y, 0.9]]))[0][0]
        first = look_at(thing, Lens(camera.moved((32 - float(middle[0]), 32 - float(middle[1])))))
        left, top, right, bottom = first.box() if first is not None else (0.0, 0.0, 0.0, 0.0)
        room = ROOM_PX + round(ROOM * max(right - left, bottom - top))
        size = round(right - left) + 2 * room, round(bottom - top) + 2 * room
        if first is None or max(size) > LARGEST_PX:
            return None, wide
        fitted = PinholeCamera(
            camera.place_m, 0.0, pitch, self._focal_px, size=size, roll_deg=self._roll_deg,
            push_px=(32 - float(middle[0]) - left + room + 32 - size[0] / 2,
                     32 - float(middle[1]) - top + room + 32 - size[1] / 2),
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

    def way(self, sight: Sight) -> tuple[float, float]:
        """Return by how many pixels it moves while the shutter is open."""
        step, thing = self.speed_mps * self._exposure_s, sight.thing
        ends = np.array([[thing.x, thing.y, 0.7], [thing.x, thing.y + step, 0.7]])
        (x0, y0), (x1, y1) = sight.lens.see(ends)[0].tolist()
        return round(x1 - x0, 3), round(y1 - y0, 3)

    def picture(self, sight: Sight) -> Image:
        """Return the picture of a sight."""
        return self._develop(self._paint(sight, self.way(sight)))

    def _paint(self, sight: Sight, way: tuple[float, float]) -> Image:
        image = np.empty((sight.lens.size[1], sight.lens.size[0], 3), np.uint8)
        image[:] = self._light.flat(ASPHALT)
        before = image.copy()
        draw(image, sight.seen)
        if max(abs(way[0]), abs(way[1])) >= 1.0:
            smear(before, image, way)
        return np.asarray(cv2.convertScaleAbs(image, alpha=GAIN[self._hour]), np.uint8)

    def _develop(self, image: Image) -> Image:
        grained = _sensor(NOISE[self._hour]).take(image, self._rng)
        return Sensor((1, 1), self.flaws, 0).take(grained, self._rng)


@cache
def _sensor(noise: float) -> Sensor:
    """Return the grain of an hour; its sheets are large and are made once."""
    return Sensor((LARGEST_PX, LARGEST_PX), Flaws(noise=noise), 1)
