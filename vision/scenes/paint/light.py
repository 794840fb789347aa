"""What shines: sun, sky or street lamps, and what it does to a surface's colour."""

import math
import random
from dataclasses import dataclass

import numpy as np

from vision.scenes.paint.solids import Colour, Floats

HOURS = ("day", "dusk", "night")


@dataclass(frozen=True)
class Light:
    """Light of a picture: shares of what a surface gives back, from all around and from the sun.

    ``sun`` is a unit vector towards it (east, north, up), ``tint`` the light's colour (blue, green, red),
    ``shadow`` how dark a shadow on the road is (0 none to 1), ``lamps`` whether road users drive with light.
    """

    hour: str
    ambient: float
    direct: float
    sun: tuple[float, float, float]
    tint: tuple[float, float, float]
    shadow: float
    sky: tuple[Colour, Colour]
    lamps: bool

    def on(self, colours: Floats, shine: Floats) -> list[list[int]]:
        """Return colours (n × 3, 0 to 255) of surfaces that the sun meets at a cosine ``shine`` (n)."""
        share = self.ambient + self.direct * shine
        lit = colours * share[:, None] * np.array(self.tint)
        return np.clip(np.rint(lit), 0, 255).astype(np.int64).tolist()  # type: ignore[no-any-return]

    def flat(self, colour: Colour) -> Colour:
        """Return the colour of a level surface."""
        ((blue, green, red),) = self.on(np.array([colour], np.float64), np.array([self.sun[2]]))
        return blue, green, red


def light_of(hour: str, rng: random.Random) -> Light:
    """Choose the light of an hour: day (clear or overcast), dusk or night.

    Parameters
    ----------
    hour : str
        One of `HOURS`.
    rng : random.Random
        Chooses the sun's place and the clouds.

    Returns
    -------
    Light
        See there.
    """
    around, high = rng.uniform(0, 2 * math.pi), math.radians(rng.uniform(25, 75))
    if hour != "day":
        high = math.radians(rng.uniform(8, 20))
    flat = math.cos(high)
    sun = (round(flat * math.cos(around), 9), round(flat * math.sin(around), 9), round(math.sin(high), 9))
    cloud = rng.random()
    if hour == "day":
        ambient, direct = 0.42 + 0.30 * cloud, 0.62 * (1 - cloud) + 0.16
        warm = 1.0 - 0.06 * (1 - cloud)
        return Light(
            hour,
            ambient,
            direct,
            sun,
            (warm, 1.0, 1.02),
            0.55 * (1 - cloud) + 0.18,
            ((215, 190, 160), (230, 228, 222)),
            False,
        )
    if hour == "dusk":
        return Light(
            hour, 0.40 + 0.1 * cloud, 0.20, sun, (0.92, 0.96, 1.06), 0.2, ((120, 95, 85), (150, 160, 190)), True
        )
    return Light(hour, 0.30 + 0.08 * cloud, 0.05, sun, (0.80, 0.95, 1.10), 0.12, ((30, 24, 20), (52, 44, 40)), True)
