"""Days of one camera without a fault, at their real speed, two pictures a second as small as health looks at them.

The street is mixed from what was painted once (`stage`, `footage`): a picture costs a third of a millisecond where one
painted anew costs thirty. What the painter cannot do comes on top (`nuisance`).
"""

import random
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from vision.frames import Image
from vision.scenes.day import Day, Weather, traffic_share
from vision.scenes.footage import LOOK_S, Cycle, film, lay, traffic
from vision.scenes.layout import Layout, hanoi_junction
from vision.scenes.nuisance import Encoder, Exposure, Grain, Lorry, Shower, Spider, lorry_side
from vision.scenes.paint.light import Light
from vision.scenes.pinhole import PinholeCamera
from vision.scenes.stage import Floats, Stage

SIZE = (640, 360)
DAY_S = 86_400.0
# Traffic was filmed at such shares of the busiest, and in the light of such minutes; night is one of them.
SHARES = (0.05, 0.3, 0.9)
FILMED_MIN = (420.0, 720.0, 990.0, 1078.0, 60.0)
CYCLES = 2
LIT_EACH = 2  # looks between two mixtures of the street's light
# How often an hour: a jam that stands for so long, a lorry before the lens for so long, spiders by night.
JAMS, JAM_S = 0.4, (30.0, 300.0)
LORRIES, LORRY_S, FLEETING_S = 1.0, (4.0, 240.0), 38.0
SPIDERS, SPIDER_S = 0.3, (60.0, 1800.0)
# More of the picture than this is hidden for less than `FLEETING_S` only: a lens covered for longer is covered.
SMALL_SHARE, LARGE_SHARE = 0.3, 0.85


class CameraWeek:
    """One camera's street through a week of days.

    Parameters
    ----------
    seed : int
        Of the place, its traffic, the camera and the weather.
    """

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed * 77 + 1)  # noqa: S311 - a scene, not a secret
        self.seed, self.layout = seed, hanoi_junction()
        self.camera = camera_of(self.layout, rng)
        self.stage = Stage(self.layout, self.camera, seed)
        self._noise, self._least = rng.uniform(0.4, 1.5), rng.choice((0.0, 0.8, 1.6))
        self._key_looks = rng.choice((4, 8, 20))
        self._filmed: dict[tuple[int, int, int], Cycle] = {}
        self._run: _Run | None = None

    def frames(self, day: int, from_s: float = 0.0, to_s: float = DAY_S) -> Iterator[tuple[int, float, Image]]:
        """Yield the milliseconds since midnight, the minute of the day, and the picture in grey, 320 wide.

        Parameters
        ----------
        day : int
            Which day of the week, 0 to 6.
        from_s, to_s : float, optional
            Seconds of the day.

        Yields
        ------
        tuple of (int, float, ndarray)
            See above.
        """
        self._run = run = _Run(self, Day(self.seed * 10 + day), random.Random(self.seed * 1009 + day))  # noqa: S311
        for look in range(round(from_s / LOOK_S), round(to_s / LOOK_S)):
            yield round(look * LOOK_S * 1000), look * LOOK_S / 60, run.take(look)

    def circumstances(self) -> str:
        """Return in words what the last picture shows beside plain traffic."""
        return "" if self._run is None else self._run.words()

    def filmed(self, light: int, level: int, number: int) -> Cycle:
        """Return a cycle of traffic: painted when it is first asked for."""
        key = (light, level, number)
        if key not in self._filmed:
            world = traffic(self.seed * 1000 + 10 * level + number, SHARES[level])
            self._filmed[key] = film(world, self.seed, Day(1).light(FILMED_MIN[light]), self.camera)
        return self._filmed[key]

    @property
    def recording(self) -> tuple[float, float, int]:
        """Noise of the sensor, change that the encoder leaves out (grey levels), looks between key frames."""
        return self._noise, self._least, self._key_looks


class _Run:
    """A day as it passes."""

    def __init__(self, week: CameraWeek, day: Day, rng: random.Random) -> None:
        noise, least, key_looks = week.recording
        self._week, self._day, self._rng = week, day, rng
        self._exposure, self._shower = Exposure(rng), Shower(rng)
        self._grain = {False: Grain(rng, noise), True: Grain(rng, noise * 1.8)}
        self._encoder = Encoder(rng, least, key_looks)
        self._light = day.light(0.0)
        self._street: Floats = np.zeros((180, 320), np.float32)
        self._cycle: Cycle | None = None
        self._shot, self._now_s, self._jammed_until_s = 0, 0.0, 0.0
        self._lorry: Lorry | None = None
        self._spider: Spider | None = None

    def take(self, look: int) -> Image:
        self._now_s = now_s = look * LOOK_S
        minute = now_s / 60
        weather = self._day.weather(minute)
        if look % LIT_EACH == 0 or self._cycle is None:
            self._light_street(minute, weather)
        street = self._street.copy()
        cycle = self._traffic(now_s, minute)
        lay(street, cycle.shots[self._shot], _level(self._light) / _level(cycle.light))
        self._cover(street, now_s)
        street = self._shower.fall(street, weather.rain, float(self._light.sky[1][1]))
        image = self._exposure.take(street)
        if weather.shake_px:
            image = self._shake(image, weather.shake_px / 2)
        return self._encoder.take(self._grain[self._light.hour == "night"].take(image))

    def words(self) -> str:
        weather = self._day.weather(self._now_s / 60)
        told = [
            f"{self._now_s / 3600:.2f} h, {self._light.hour}, cloud {weather.cloud:.1f}, rain {weather.rain:.1f}",
            f"wind {weather.shake_px:.1f} px" if weather.shake_px else "",
            f"{self._shower.count} drops" if self._shower.count else "",
            f"jam for {self._jammed_until_s - self._now_s:.0f} s more" if self._jammed_until_s > self._now_s else "",
            f"{self._lorry.share:.0%} lorry for {self._now_s - self._lorry.from_s:.0f} s" if self._lorry else "",
            f"spider {self._spider.radius:.0f} px" if self._spider else "",
        ]
        return ", ".join(word for word in told if word)

    def _light_street(self, minute: float, weather: Weather) -> None:
        self._light = self._day.light(minute)
        wind = weather.shake_px or 0.2
        sway = (self._rng.gauss(0, wind), self._rng.gauss(0, wind / 2))
        street = np.clip(self._week.stage.empty(self._light, minute, sway), 0, 255)
        leaves = cv2.warpAffine(street, np.array([[1, 0, sway[0]], [0, 1, sway[1]]], np.float32), (320, 180))
        cv2.copyTo(leaves, self._week.stage.leaves, street)
        lamps = self._week.stage.lamps if self._light.hour == "night" else np.float32(1)
        self._street = np.asarray(street * lamps, np.float32)
        self._shower.pass_time(LIT_EACH * LOOK_S / 60, weather.rain)

    def _traffic(self, now_s: float, minute: float) -> Cycle:
        if self._cycle is not None and now_s < self._jammed_until_s:
            if self._rng.random() < 0.05 and self._shot + 1 < len(self._cycle.shots):
                self._shot += 1  # it creeps
            return self._cycle
        self._shot += 1
        if self._cycle is None or self._shot >= len(self._cycle.shots):
            self._shot, self._cycle = 0, self._next(minute)
        elif self._chance(JAMS) and traffic_share(minute) > 0.2:
            self._jammed_until_s = now_s + self._rng.uniform(*JAM_S)
        return self._cycle

    def _next(self, minute: float) -> Cycle:
        share = traffic_share(minute) * self._rng.uniform(0.6, 1.4)
        level = min(range(len(SHARES)), key=lambda i: abs(SHARES[i] - share))
        return self._week.filmed(_filmed_light(self._light, minute), level, self._rng.randrange(CYCLES))

    def _cover(self, street: Floats, now_s: float) -> None:
        rng = self._rng
        if self._lorry is None and self._chance(LORRIES):
            lasts_s = rng.uniform(*LORRY_S) if rng.random() < 0.3 else rng.uniform(LORRY_S[0], FLEETING_S)
            share = rng.uniform(0.1, LARGE_SHARE if lasts_s < FLEETING_S else SMALL_SHARE)
            self._lorry = Lorry(share, now_s, now_s + lasts_s, lorry_side(rng), rng.random() < 0.5)
        if self._lorry is not None:
            lit = _level(self._light)
            self._lorry.cover(street, now_s, lit)
            self._lorry = self._lorry if now_s < self._lorry.until_s else None
        if self._spider is None and self._light.hour == "night" and self._chance(SPIDERS):
            self._spider = Spider(
                rng.uniform(0, 320), rng.uniform(0, 180), rng.uniform(6, 26), rng.choice((10.0, 90.0)),
                now_s + rng.uniform(*SPIDER_S),
            )  # fmt: skip
        if self._spider is not None:
            self._spider.cover(street, rng)
            self._spider = self._spider if now_s < self._spider.until_s else None

    def _shake(self, image: Image, most: float) -> Image:
        x, y = ((self._rng.random() + self._rng.random() - 1) * 2 * most for _ in range(2))
        matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
        return np.asarray(cv2.warpAffine(image, matrix, (320, 180), borderMode=cv2.BORDER_REPLICATE), np.uint8)

    def _chance(self, an_hour: float) -> bool:
        return self._rng.random() < an_hour * LOOK_S / 3600


def camera_of(layout: Layout, rng: random.Random) -> PinholeCamera:
    """Hang a camera above the southern arm: how high, how steep and how wide is chosen.

    Parameters
    ----------
    layout : Layout
        The junction.
    rng : random.Random
        Chooses.

    Returns
    -------
    PinholeCamera
        640 × 360.
    """
    x, y = layout.arms["south"].place(-rng.uniform(22.0, 34.0), rng.uniform(3.0, 9.0))
    place = (x, y, rng.uniform(5.5, 9.0))
    return PinholeCamera(
        place, rng.uniform(-8, 8), rng.uniform(13, 20), rng.uniform(460, 620), size=SIZE, fps=1 / LOOK_S
    )


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


def _filmed_light(light: Light, minute: float) -> int:
    """Return which filmed light is nearest: by lamps first, then by where the sun stands."""
    lights: Sequence[Light] = [Day(1).light(filmed) for filmed in FILMED_MIN]
    fitting = [i for i, one in enumerate(lights) if (one.hour, one.lamps) == (light.hour, light.lamps)]
    return min(fitting or range(len(lights)), key=lambda i: abs(FILMED_MIN[i] - minute))


def _level(light: Light) -> float:
    return light.ambient + 0.5 * light.direct
