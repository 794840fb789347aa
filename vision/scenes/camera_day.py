"""Pictures of days before one camera without a fault: painted only where health looks at them, two a second."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from vision.frames import Image
from vision.scenes.arrivals import Flow
from vision.scenes.day import Day, Weather, traffic_share
from vision.scenes.paint.light import Light
from vision.scenes.paint.picture import Painter, Setting
from vision.scenes.paint.sensor import Flaws
from vision.scenes.pinhole import PinholeCamera
from vision.scenes.world import World

SIZE, FOCAL_PX = (640, 360), 547.0
EVERY_S = 0.5
# Light is drawn anew so often, minutes of the day.
LIGHT_MIN = 4.0
BUSIEST = {"south": 1500.0, "north": 1200.0, "east": 500.0, "west": 500.0}
SHARES = {"no_stopping": 0.01, "bus_stop": 0.01, "short_stop": 0.02, "breakdown": 0.002}
# An automatic exposure aims at such a mean, reaches it within seconds, and amplifies so much at most.
AIM, MOST_GAIN, QUICK = 105.0, 2.2, 0.25


@dataclass(frozen=True)
class DayPart:
    """A stretch of a day: from a minute on, for so many minutes, each shown in 1 / ``pace`` of its time."""

    seed: int
    from_min: float
    minutes: float
    pace: float = 1.0


class Exposure:
    """Brightens and darkens as a camera does: with a lag, and sometimes by a leap."""

    def __init__(self, rng: random.Random) -> None:
        self._rng, self._gain = rng, 1.0

    def take(self, image: Image) -> Image:
        """Return the picture as exposed."""
        wanted = min(MOST_GAIN, AIM / max(8.0, float(image[::8, ::8].mean())))
        if self._rng.random() < 0.001:
            self._gain *= self._rng.choice((0.65, 1.5))  # headlamps or a white lorry fill the picture
        self._gain += QUICK * (wanted - self._gain)
        return np.asarray(cv2.convertScaleAbs(image, alpha=self._gain), np.uint8)


class CameraDay:
    """One street before one camera through a stretch of a day.

    Parameters
    ----------
    part : DayPart
        Which.
    """

    def __init__(self, part: DayPart) -> None:
        self.part = part
        self.day = Day(part.seed)
        self._rng = random.Random(part.seed * 77 + 1)  # noqa: S311 - a scene, not a secret
        self._exposure = Exposure(self._rng)
        self._quality = self._rng.choice((35, 50, 70, 90))
        self._noise = self._rng.uniform(0.8, 3.0)

    def frames(self) -> Iterator[tuple[int, float, Image]]:
        """Yield the milliseconds since the beginning, the minute of the day, and the picture."""
        part = self.part
        world: World | None = None
        painter: Painter | None = None
        drawn: object = None
        share = -1.0
        world_s = 0.0
        for number in range(round(part.minutes * 60 / part.pace / EVERY_S)):
            minute = part.from_min + number * EVERY_S * part.pace / 60
            now = traffic_share(minute)
            if world is None or abs(now - share) > 0.12:
                share, world = now, self._world(number, now)
                world_s = world.time_s
            world_s += EVERY_S
            step = self._step(minute)
            if painter is None or step != drawn:
                drawn, painter = step, self._painter(world, *step)
            poses = world.poses(world_s)
            lamps = {name: world.lamp(name, world_s) for name in world.layout.arms}
            image = painter.paint(poses, lamps, number)
            yield round(number * EVERY_S * 1000), minute % 1440, self._exposure.take(image)

    def _step(self, minute: float) -> tuple[Light, Weather]:
        weather = self.day.weather(minute)
        at = minute // LIGHT_MIN * LIGHT_MIN
        return self.day.light(max(at, 0.0)), weather

    def _world(self, number: int, share: float) -> World:
        flow = Flow({arm: most * share for arm, most in BUSIEST.items()}, 20 * share, 200 * share)
        world = World(self.part.seed * 1000 + number % 997, SHARES, flow)
        world.poses(30.0)  # the world is empty before traffic has come in
        return world

    def _painter(self, world: World, light: Light, weather: Weather) -> Painter:
        dark = light.hour == "night"
        flaws = Flaws(self._noise * (1.8 if dark else 1.0), 0, weather.shake_px, 0.02 if dark else 0.008, self._quality)
        x, y = world.layout.arms["south"].place(-30.0, 7.0)
        camera = PinholeCamera((x, y, 7.0), 0.0, 16.0, FOCAL_PX, size=SIZE, fps=1 / EVERY_S)
        return Painter(world.layout, camera, Setting(light.hour, weather.rain, flaws, self.part.seed, light))


def at_width(image: Image) -> Image:
    """Return any picture at the width of these: half of it is what health looks at.

    Parameters
    ----------
    image : ndarray
        Height × width × 3.

    Returns
    -------
    ndarray
        640 wide.
    """
    size = (SIZE[0], round(SIZE[0] * image.shape[0] / image.shape[1]))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
