"""A day before one camera: the sun goes up and down, clouds pass, lamps switch on, rain sets in, wind shakes the mast.

What comes slowly is slow, what comes at once is at once: street lamps switch within one picture, a cloud needs some
seconds to leave the sun.
"""

import bisect
import math
import random
from dataclasses import dataclass

from vision.scenes.paint.light import Light
from vision.scenes.paint.solids import Colour

MINUTES = 1440
# Hanoi at an equinox.
SUNRISE_MIN, SUNSET_MIN = 350.0, 1080.0
NOON_DEG = 72.0
LAMPS_ON_MIN, LAMPS_OFF_MIN = 1085.0, 345.0
CLOUD_MIN = 0.2
# Degrees below and above the horizon between which it dawns.
DAWN_DEG = (-6.0, 14.0)
NIGHT_SKY: tuple[Colour, Colour] = ((30, 24, 20), (52, 44, 40))
DAY_SKY: tuple[Colour, Colour] = ((215, 190, 160), (230, 228, 222))


@dataclass(frozen=True)
class Weather:
    """What the sky does in one stretch of minutes: clouds (0 to 1), rain (0 to 1), and how far wind shakes, pixels."""

    cloud: float = 0.3
    rain: float = 0.0
    shake_px: float = 0.0


class Day:
    """The weather of one day, by its seed; the light follows from the minute.

    Parameters
    ----------
    seed : int
        Of clouds, showers and wind.
    """

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311 - a scene, not a secret
        self._weather: list[tuple[float, Weather]] = []
        at, rain_until, wind_until = 0.0, -1.0, -1.0
        rain = shake = 0.0
        while at < MINUTES:
            if at >= rain_until and rng.random() < 0.03:
                rain, rain_until = rng.uniform(0.2, 1.0), at + rng.uniform(10, 60)
            if at >= wind_until and rng.random() < 0.05:
                shake, wind_until = rng.uniform(0.4, 1.5), at + rng.uniform(5, 40)
            raining = at < rain_until
            cloud = 1.0 if raining else rng.choice((0.0, 0.1, 0.3, 0.6, 0.9))
            wind = shake if at < wind_until else 0.0
            self._weather.append((at, Weather(cloud, rain if raining else 0.0, wind)))
            at += rng.uniform(2, 12)
        self._since = [since for since, _ in self._weather]

    def weather(self, minute: float) -> Weather:
        """Return the weather of a minute of the day."""
        return self._weather[bisect.bisect(self._since, minute % MINUTES) - 1][1]

    def cloud(self, minute: float) -> float:
        """Return how much of the sun clouds hide at a minute of the day: it changes within some seconds."""
        at = bisect.bisect(self._since, minute % MINUTES) - 1
        now, before = self._weather[at][1].cloud, self._weather[max(0, at - 1)][1].cloud
        return before + (now - before) * min(1.0, (minute % MINUTES - self._since[at]) / CLOUD_MIN)

    def light(self, minute: float) -> Light:
        """Return what shines at a minute of the day.

        Parameters
        ----------
        minute : float
            From midnight.

        Returns
        -------
        Light
            ``night`` where street lamps burn, ``dusk`` while cars drive with lamps, else ``day``.
        """
        minute %= MINUTES
        cloud = self.cloud(minute)
        up, high_deg = _height(minute), math.degrees(math.asin(_height(minute)))
        low, high = DAWN_DEG
        share = min(1.0, max(0.0, (high_deg - low) / (high - low)))
        ambient = 0.24 + share * (0.18 + 0.30 * cloud)
        direct = (0.62 * (1 - cloud) + 0.10) * min(1.0, max(0.0, up * 2.5))
        warm = (0.94 - 0.06 * (1 - share), 0.98 - 0.03 * (1 - share), 1.02 + 0.06 * (1 - share))
        shadow = share * (0.55 * (1 - cloud) + 0.15) if up > 0 else 0.1
        return Light(_hour(minute, share), ambient, direct, _sun(minute), warm, shadow, _sky(share), share < 0.75)


def traffic_share(minute: float) -> float:
    """Return how much of a street's busiest traffic drives at a minute of the day, 0 to 1."""
    hour = minute % MINUTES / 60
    peaks = sum(math.exp(-(((hour - peak) / wide) ** 2) / 2) for peak, wide in ((7.5, 1.3), (12.5, 3.0), (17.5, 1.5)))
    return min(1.0, 0.04 + 0.9 * peaks)


def _height(minute: float) -> float:
    """Return the sine of how high the sun stands."""
    turn = math.pi * (minute - SUNRISE_MIN) / (SUNSET_MIN - SUNRISE_MIN)
    return math.sin(math.radians(NOON_DEG)) * math.sin(turn) if -0.6 < turn < math.pi + 0.6 else -0.4


def _sun(minute: float) -> tuple[float, float, float]:
    """Return the unit vector towards the sun: from the east over the south to the west."""
    up = max(0.03, _height(minute))
    around = math.pi * (minute - SUNRISE_MIN) / (SUNSET_MIN - SUNRISE_MIN)
    flat = math.sqrt(1 - up * up)
    return round(flat * math.cos(around), 9), round(-flat * abs(math.sin(around)), 9), round(up, 9)


def _hour(minute: float, share: float) -> str:
    if minute < LAMPS_OFF_MIN or minute >= LAMPS_ON_MIN:
        return "night"
    return "dusk" if share < 0.75 else "day"


def _sky(share: float) -> tuple[Colour, Colour]:
    def between(night: Colour, day: Colour) -> Colour:
        blue, green, red = (round(n + share * (d - n)) for n, d in zip(night, day, strict=True))
        return blue, green, red

    return between(NIGHT_SKY[0], DAY_SKY[0]), between(NIGHT_SKY[1], DAY_SKY[1])
