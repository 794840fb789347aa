"""A scene's empty street under any light, in the size that health looks at: painted once, mixed at each moment.

What a surface gives back is its share of the light from all around and of the sun's, and the painter's grain. The
first is painted once, the second for each tenth minute of the sun; a picture of any minute and cloud is their sum.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.scenes.day import SUNRISE_MIN, SUNSET_MIN, Day
from vision.scenes.layout import Layout
from vision.scenes.paint.ground_light import street_light
from vision.scenes.paint.lens import Camera, Lens, turn
from vision.scenes.paint.light import Light
from vision.scenes.paint.picture import MARGIN_PX, Painter, Setting
from vision.scenes.paint.roadside import roadside
from vision.scenes.paint.sight import Seen
from vision.view import shrink

Floats = NDArray[np.float32]
SUN_MIN = 10.0
SOME, WHITE = 0.4, 200
BLACK = (0, 0, 0)
# So much of the sun's light a house takes from the ground behind it, a tree with its leaves less.
SHADE, LEAVES = 0.9, 0.7
SHORTEST_UP = 0.12


@dataclass(frozen=True)
class _Sun:
    """What a surface gives back of the sun's light, and what of it stands in shadow (0 to 1)."""

    back: Floats
    shadow: Floats


class Stage:
    """One camera's street without traffic.

    Parameters
    ----------
    layout : Layout
        The junction.
    camera : Camera
        Where it hangs.
    seed : int
        Of houses, trees and stains.
    """

    def __init__(self, layout: Layout, camera: Camera, seed: int) -> None:
        self._layout, self._camera, self._seed = layout, camera, seed
        dim, bright = self._paint(SOME, 0.0), self._paint(2 * SOME, 0.0)
        self._back = (bright - dim) / SOME
        self._grain = 2 * dim - bright
        self._sky = (self._paint(SOME, 0.0, sky=WHITE) - dim) / WHITE
        painter = self._painter(self._light(SOME, 0.0))
        lit = street_light(layout, painter.lens)
        self.lamps = seen_of(lit).astype(np.float32) / 128
        self.leaves, self._things = self._roadside(painter.lens)
        self._open = (self._back > 0) & (self._standing(painter.lens) == 0)
        self._suns: dict[int, _Sun] = {}

    def empty(self, light: Light, minute: float, sway: tuple[float, float] = (0.0, 0.0)) -> Floats:
        """Return the empty street in grey, before exposure.

        Parameters
        ----------
        light : Light
            What shines.
        minute : float
            Of the day: where the sun stands.
        sway : tuple of float, optional
            By how many pixels leaves and their shadows are off.

        Returns
        -------
        ndarray
            180 × 320, grey levels, lamps of the street not counted in.
        """
        back, shadow = self._sun(minute)
        if any(sway):
            matrix = np.array([[1, 0, sway[0]], [0, 1, sway[1]]], np.float32)
            shadow = np.asarray(cv2.warpAffine(shadow, matrix, shadow.shape[::-1]), np.float32)
        made = self._grain + light.ambient * self._back + light.direct * back * (1 - shadow)
        return np.asarray(made + self._sky * _rows(light, len(made)), np.float32)

    def _sun(self, minute: float) -> tuple[Floats, Floats]:
        at = min(max(minute, SUNRISE_MIN), SUNSET_MIN) / SUN_MIN
        before, share = int(at), at - int(at)
        one, other = self._at(before), self._at(before + 1)
        return one.back + share * (other.back - one.back), one.shadow + share * (other.shadow - one.shadow)

    def _at(self, step: int) -> _Sun:
        if step not in self._suns:
            sun = Day(1).light(step * SUN_MIN).sun
            back = (self._paint(SOME, SOME, sun) - self._paint(SOME, 0.0)) / SOME
            self._suns[step] = _Sun(back, self._shadow(sun))
        return self._suns[step]

    def _shadow(self, sun: tuple[float, float, float]) -> Floats:
        """Return where houses and trees keep the sun from the ground."""
        lens = self._painter(self._light(SOME, 0.0)).lens
        mask = np.zeros(lens.size[::-1], np.uint8)
        east, north, up = sun
        for one in self._things:
            thing = one.thing
            points = thing.model.points
            cos, sin = turn(thing.heading_rad)
            x = thing.x + points[:, 0] * cos - points[:, 1] * sin
            y = thing.y + points[:, 0] * sin + points[:, 1] * cos
            far = points[:, 2] / max(up, SHORTEST_UP)
            pixels, depth = lens.see(np.stack([x - east * far, y - north * far, np.zeros(len(x))], 1))
            if float(depth.min()) > 0.5 and float(np.abs(pixels).max()) < 20_000:
                hull = cv2.convexHull(np.rint(pixels).astype(np.int32))
                share = LEAVES if thing.number == 0 else SHADE
                cv2.fillConvexPoly(mask, hull, (round(255 * share),))
        return np.asarray(
            seen_of(np.asarray(cv2.blur(mask, (5, 5)), np.uint8)).astype(np.float32) / 255 * self._open, np.float32
        )

    def _roadside(self, lens: Lens) -> tuple[Image, list[Seen]]:
        """Return where leaves are in the picture (0 or 1), and all that throws a shadow."""
        rng = random.Random(self._seed)  # noqa: S311 - a scene, not a secret
        things = roadside(self._layout, lens, rng, lit=False)
        return _boxes([one for one in things if one.thing.number == 0], lens), things

    def _standing(self, lens: Lens) -> Image:
        return _boxes([one for one in self._things if one.thing.number != 0], lens)

    def _paint(
        self, ambient: float, direct: float, sun: tuple[float, float, float] = (0.0, 0.0, 1.0), *, sky: int = 0
    ) -> Floats:
        painter = self._painter(replace(self._light(ambient, direct), sun=sun, sky=((sky,) * 3, (sky,) * 3)))
        return seen_of(painter.compose([])).astype(np.float32)

    def _painter(self, light: Light) -> Painter:
        return Painter(self._layout, self._camera, Setting("day", seed=self._seed, light=light))

    @staticmethod
    def _light(ambient: float, direct: float) -> Light:
        return Light("day", ambient, direct, (0.0, 0.0, 1.0), (0.94, 0.98, 1.02), 0.0, (BLACK, BLACK), False)


def seen_of(image: Image) -> Image:
    """Return a painted picture without its margin, in grey, as small as health looks at it."""
    inner = image[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
    return shrink(np.ascontiguousarray(inner))


def _boxes(things: Sequence[Seen], lens: Lens) -> Image:
    mask = np.zeros(lens.size[::-1], np.uint8)
    for one in things:
        hull = cv2.convexHull(np.rint(one.pixels).astype(np.int32))
        cv2.fillConvexPoly(mask, hull, (255,))
    return np.asarray(seen_of(mask) > 127, np.uint8)


def _rows(light: Light, height: int) -> Floats:
    high, low = (0.114 * b + 0.587 * g + 0.299 * r for b, g, r in light.sky)
    share = np.minimum(np.arange(height) / (height * 0.4), 1.0)
    return np.asarray((high + (low - high) * share)[:, None], np.float32)
