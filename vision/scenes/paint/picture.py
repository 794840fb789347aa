"""Pictures of a scene: the same world, camera and seed give the same bytes."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frames import Image
from vision.scenes.lamp_places import POLE_M
from vision.scenes.layout import Layout
from vision.scenes.paint.backdrop import backdrop
from vision.scenes.paint.brush import Glow, draw, draw_ids, glow_of
from vision.scenes.paint.cast import thing_of
from vision.scenes.paint.ground_light import beams, shadows, street_light
from vision.scenes.paint.lens import Camera, Lens, turn
from vision.scenes.paint.light import Light, light_of
from vision.scenes.paint.order import painting_order
from vision.scenes.paint.roadside import hide, roadside, settle
from vision.scenes.paint.scenery import signal_head
from vision.scenes.paint.sensor import Flaws, Sensor, smear
from vision.scenes.paint.sight import Seen, Thing, look_at, shade
from vision.scenes.paint.weather import Rain, shine
from vision.scenes.phases import LampState
from vision.scenes.road_user import Pose

MARGIN_PX = 16  # drawn around the picture, so that a shaken camera finds something there
HEAD_ALONG_M = 2.0  # as in lamp_places
SMEAR_PX = 2.0


@dataclass(frozen=True)
class Setting:
    """How a scene looks: hour, rain (0 to 1), the camera's flaws, and the seed of all that is not traffic.

    ``light`` is what shines instead of a light chosen for the hour.
    """

    hour: str = "day"
    rain: float = 0.0
    flaws: Flaws = field(default_factory=Flaws)
    seed: int = 1
    light: Light | None = None


class Painter:
    """Paints one camera's pictures.

    Parameters
    ----------
    layout : Layout
        The junction.
    camera : Camera
        Where it hangs.
    setting : Setting
        Light, weather, flaws.
    """

    def __init__(self, layout: Layout, camera: Camera, setting: Setting | None = None) -> None:
        self.setting = setting or Setting()
        seed = self.setting.seed
        self.size = camera.size
        self._rng = random.Random(seed)  # noqa: S311 - a scene, not a secret
        self.light: Light = self.setting.light or light_of(self.setting.hour, self._rng)
        self.lens = Lens(_Wider(camera))
        self._layout = layout
        self._empty = backdrop(layout, self.lens, self.light, seed)
        self._gain = street_light(layout, self.lens) if self.light.hour == "night" else None
        beside = roadside(layout, self.lens, self._rng, lit=self.light.lamps)
        self._depths = settle(self._empty, beside, self.lens, self.light)
        self._rain = Rain(self.lens.size, self.setting.rain, seed)
        self._sensor = Sensor(self.size, self.setting.flaws, seed)

    def paint(self, poses: Sequence[Pose], lamps: Mapping[str, LampState], frame: int) -> Image:
        """Paint one picture.

        Parameters
        ----------
        poses : sequence of Pose
            Road users.
        lamps : mapping of str to LampState
            What each arm's signal shows.
        frame : int
            Number of the picture; chooses noise, streaks and shake.

        Returns
        -------
        ndarray
            Height × width × 3.
        """
        return self.develop(self.compose(self.see(poses, lamps)), frame)

    def see(self, poses: Sequence[Pose], lamps: Mapping[str, LampState]) -> list[Seen]:
        """Return everything that moves or may cover it, the farthest first."""
        things = [thing_of(pose, lamps_on=self.light.lamps) for pose in poses] + self._heads(lamps)
        seen = [one for one in (look_at(thing, self.lens) for thing in things) if one is not None]
        for one in seen:
            shade(one, self.lens, self.light)
        return [seen[i] for i in painting_order(seen, self.lens)]

    def number(self, sheet: NDArray[Any], one: Seen, numbers: Mapping[int, int]) -> None:
        """Draw a thing's parts as numbers (by owner), hidden by what stands before it; see `draw_ids`."""
        draw_ids(sheet, one, numbers)
        hide(sheet, np.zeros_like(sheet), self._depths, one)

    def compose(self, seen: Sequence[Seen], empty: Image | None = None) -> Image:
        """Draw what is seen into the empty junction, or into what is given in its place, with light and weather."""
        empty = self._empty if empty is None else empty
        image = empty.copy()
        shadows(image, seen, self.lens, self.light)
        glows: list[Glow] = []
        for one in seen:
            glows += self._draw(image, one, empty)
        dark = {"day": 0.0, "dusk": 0.55, "night": 1.0}[self.light.hour]
        glows = [glow for glow in glows if glow.is_open(image)]
        if self._gain is not None:
            image = np.asarray(cv2.multiply(image, self._gain, scale=1 / 128), np.uint8)
        if glows:
            shine(image, glows, beams(seen, self.lens) if dark else [], dark=dark)
        return image

    def develop(self, image: Image, frame: int) -> Image:
        """Return what the camera delivers of a drawn picture."""
        rng = random.Random(self.setting.seed * 1_000_003 + frame)  # noqa: S311 - a scene, not a secret
        image = self._rain.fall(image, rng, self.light.sky[1])
        x, y = self.shake(frame)
        cut = np.ascontiguousarray(image[MARGIN_PX + y :, MARGIN_PX + x :][: self.size[1], : self.size[0]])
        return self._sensor.take(cut, rng)

    def shake(self, frame: int) -> tuple[int, int]:
        """Return by how many pixels the picture is pushed left and up in a frame."""
        most = self.setting.flaws.shake_px
        if not most:
            return 0, 0
        rng = random.Random(self.setting.seed * 9_176_237 + frame)  # noqa: S311 - a scene, not a secret
        x, y = (max(-MARGIN_PX, min(MARGIN_PX, round((rng.random() + rng.random() - 1) * 2 * most))) for _ in range(2))
        return x, y

    def _draw(self, image: Image, one: Seen, empty: Image) -> list[Glow]:
        way = way_of(one, self.lens, self.setting.flaws.exposure_s)
        if max(abs(way[0]), abs(way[1])) < SMEAR_PX:
            lamps = draw(image, one)
        else:
            left, top, right, bottom = one.box()
            x0, y0 = max(0, int(left - abs(way[0])) - 3), max(0, int(top - abs(way[1])) - 3)
            x1, y1 = int(right + abs(way[0])) + 4, int(bottom + abs(way[1])) + 4
            before = image[y0:y1, x0:x1].copy()
            lamps = draw(image, one)
            smear(before, image[y0:y1, x0:x1], way)
        hide(image, empty, self._depths, one)
        return [glow_of(image, one, i) for i in lamps]

    def _heads(self, lamps: Mapping[str, LampState]) -> list[Thing]:
        made = []
        for number, (name, state) in enumerate(sorted(lamps.items())):
            arm = self._layout.arms[name]
            x, y = arm.place(HEAD_ALONG_M, arm.half_m + POLE_M)
            hx, hy = arm.heading
            model = signal_head(state.colour, state.arrows, min(99, math.ceil(state.left_s)))
            made.append(
                Thing(
                    model, x, y, math.atan2(-hy, -hx), -1 - number, lit=frozenset({state.colour}), footprint=(0.3, 0.5)
                )
            )
        return made


class _Wider:
    """The camera with a margin around its picture."""

    def __init__(self, camera: Camera) -> None:
        self.place_m, self.axes, self.focal_px, self.push_px = (
            camera.place_m,
            camera.axes,
            camera.focal_px,
            camera.push_px,
        )
        self.size = (camera.size[0] + 2 * MARGIN_PX, camera.size[1] + 2 * MARGIN_PX)


def way_of(one: Seen, lens: Lens, exposure_s: float) -> tuple[float, float]:
    """Return the pixels a thing moves while the shutter is open.

    Parameters
    ----------
    one : Seen
        The thing.
    lens : Lens
        The camera.
    exposure_s : float
        How long it is open.

    Returns
    -------
    tuple of float
        Right and down.
    """
    thing = one.thing
    if not thing.speed_mps:
        return 0.0, 0.0
    cos, sin = turn(thing.heading_rad)
    step = thing.speed_mps * exposure_s
    ends = np.array([[thing.x, thing.y, 0.7], [thing.x + cos * step, thing.y + sin * step, 0.7]])
    (x0, y0), (x1, y1) = lens.see(ends)[0].tolist()
    return round(x1 - x0, 3), round(y1 - y0, 3)
