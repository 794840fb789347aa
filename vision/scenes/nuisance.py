"""What disturbs a camera's pictures though nothing is wrong with it, in grey and as small as health looks at them."""

import random
from dataclasses import dataclass

import cv2
import numpy as np

from vision.frames import Image
from vision.scenes.footage import SIDE
from vision.scenes.paint.weather import streaks
from vision.scenes.stage import Floats
from vision.view import shrink

# An automatic exposure aims at such a mean, reaches it within seconds, and amplifies so much at most.
AIM, MOST_GAIN, QUICK = 105.0, 2.2, 0.25
LEAP = 0.001
SPARE = 32
SHEETS = 3
HAZE = 0.22
# Drops come in the first minutes of rain and dry within so many minutes after it.
DROPS, DROP_PX, DRY_MIN, WET_MIN = 10, (6.0, 18.0), 12.0, 4.0
COARSE = 8


class Exposure:
    """Brightens and darkens as a camera does: with a lag, and sometimes by a leap."""

    def __init__(self, rng: random.Random) -> None:
        self._rng, self._gain = rng, 1.0

    def take(self, image: Floats) -> Image:
        """Return the picture as exposed."""
        wanted = min(MOST_GAIN, AIM / max(8.0, float(image[::8, ::8].mean())))
        if self._rng.random() < LEAP:
            self._gain *= self._rng.choice((0.65, 1.5))  # headlamps or a white lorry fill the picture
        self._gain += QUICK * (wanted - self._gain)
        return np.asarray(cv2.convertScaleAbs(image, alpha=self._gain), np.uint8)


class Grain:
    """A sensor's noise, one of some sheets pushed at random."""

    def __init__(self, rng: random.Random, sigma: float) -> None:
        self._rng = rng
        made = np.random.default_rng(rng.randrange(2**31)).normal(0, sigma, (SHEETS, 180 + SPARE, 320 + SPARE))
        self._more = np.clip(np.rint(made), 0, 255).astype(np.uint8)
        self._less = np.clip(np.rint(-made), 0, 255).astype(np.uint8)

    def take(self, image: Image) -> Image:
        """Return the picture with noise."""
        k, y, x = self._rng.randrange(SHEETS), self._rng.randrange(SPARE), self._rng.randrange(SPARE)
        rows, columns = slice(y, y + 180), slice(x, x + 320)
        brighter = cv2.add(image, self._more[k][rows, columns])
        return np.asarray(cv2.subtract(brighter, self._less[k][rows, columns]), np.uint8)


class Shower:
    """Rain: haze and streaks, and drops that sit on the lens until they dry."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        sheet = shrink(streaks((640, 360), 1.0, rng))
        self._sheet = np.asarray(cv2.resize(sheet, (320 + SPARE, 180 + SPARE)), np.uint8)
        self._drops: list[tuple[float, float, float]] = []
        self._wet = 0.0
        self._mask: Floats = np.zeros((180, 320), np.float32)

    @property
    def count(self) -> int:
        """How many drops sit on the lens."""
        return len(self._drops)

    def pass_time(self, minutes: float, rain: float) -> None:
        """Let drops come and dry."""
        self._wet = min(1.0, self._wet + minutes / WET_MIN) if rain else max(0.0, self._wet - minutes / DRY_MIN)
        wanted = round(self._wet * DROPS)
        if wanted == len(self._drops):
            return
        while len(self._drops) < wanted:
            self._drops.append((self._rng.uniform(0, 320), self._rng.uniform(0, 180), self._rng.uniform(*DROP_PX)))
        del self._drops[wanted:]
        mask = np.zeros((180, 320), np.uint8)
        for x, y, radius in self._drops:
            cv2.circle(mask, (round(x), round(y)), round(radius), (255,), -1)
        self._mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 2.0) / 255, np.float32)

    def fall(self, street: Floats, rain: float, air: float) -> Floats:
        """Return the picture with haze, streaks and drops."""
        if rain:
            y, x = self._rng.randrange(SPARE), self._rng.randrange(SPARE)
            share = HAZE * rain
            street = street * np.float32(1 - share) + np.float32(share * air)
            street += self._sheet[y : y + 180, x : x + 320] * np.float32(rain)
        if self._drops:
            coarse = cv2.resize(street, (320 // COARSE, 180 // COARSE), interpolation=cv2.INTER_AREA)
            street = street + (cv2.resize(coarse, (320, 180)) - street) * self._mask
        return np.asarray(street, np.float32)


@dataclass
class Spider:
    """A spider or moth at the lens: a blurred blob that crawls, sits, crawls on."""

    x: float
    y: float
    radius: float
    tone: float
    until_s: float

    def cover(self, street: Floats, rng: random.Random) -> None:
        """Crawl, and lay it over the picture in place."""
        if rng.random() < 0.2:
            self.x += rng.gauss(0, 12)
            self.y += rng.gauss(0, 12)
        reach = int(2.5 * self.radius)
        left, top = max(0, int(self.x) - reach), max(0, int(self.y) - reach)
        part = street[top : int(self.y) + reach, left : int(self.x) + reach]
        if part.size:
            y, x = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
            share = np.exp(-((x - self.x) ** 2 + (y - self.y) ** 2) / (2 * self.radius**2)).astype(np.float32)
            part += (np.float32(self.tone) - part) * share


@dataclass
class Lorry:
    """A lorry or a bus close before the lens: it slides in, stands, and drives on."""

    share: float
    from_s: float
    until_s: float
    side: Image
    is_left: bool

    def cover(self, street: Floats, now_s: float, light: float) -> None:
        """Lay it over the picture in place."""
        inside = min(1.0, (now_s - self.from_s) / 2.0, (self.until_s - now_s) / 2.0)
        wide = round(320 * self.share * inside)
        if wide > 0:
            rows, low = slice(20, 180), self.side[20:180, :wide].astype(np.float32) * np.float32(light)
            if self.is_left:
                street[rows, :wide] = low
            else:
                street[rows, 320 - wide :] = low[:, ::-1]


def lorry_side(rng: random.Random) -> Image:
    """Draw the side of a lorry: one tone with ribs, a stripe and stains.

    Parameters
    ----------
    rng : random.Random
        Chooses them.

    Returns
    -------
    ndarray
        180 × 320.
    """
    side = np.full((180, 320), rng.randint(40, 190), np.uint8)
    step = rng.randint(12, 40)
    for x in range(0, 320, step):
        cv2.line(side, (x, 0), (x, 180), (int(side[0, 0]) * 3 // 4,), 1)
    top = rng.randint(40, 120)
    cv2.rectangle(side, (0, top), (320, top + rng.randint(4, 30)), (rng.randint(30, 220),), -1)
    cv2.rectangle(side, (0, 150), (320, 180), (30,), -1)
    return np.asarray(cv2.blur(side, (3, 3)), np.uint8)


class Encoder:
    """Leaves out what hardly changed since the last picture, tile by tile; each so many looks all is coded anew.

    Parameters
    ----------
    rng : random.Random
        Chooses what rounding does.
    least : float
        Mean change of a tile, grey levels, below which it is left out; 0: all is coded.
    key_looks : int
        Between two key frames.
    """

    def __init__(self, rng: random.Random, least: float, key_looks: int) -> None:
        self._rng, self._least, self._key_looks = rng, least, key_looks
        self._shown: Image | None = None
        self._number = 0

    def take(self, image: Image) -> Image:
        """Return the picture as it is decoded."""
        self._number += 1
        if not self._least:
            return image
        if self._shown is None or self._number % self._key_looks == 0:
            self._shown = image
            return image
        size = (image.shape[1] // SIDE, image.shape[0] // SIDE)
        changed = cv2.resize(cv2.absdiff(image, self._shown).astype(np.float32), size, interpolation=cv2.INTER_AREA)
        mask = (changed >= self._least).astype(np.uint8)
        if mask.any():
            shown = self._shown.copy()
            cv2.copyTo(image, cv2.resize(mask, image.shape[::-1], interpolation=cv2.INTER_NEAREST), shown)
            self._shown = shown
        return self._shown
