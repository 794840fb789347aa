"""A junction drawn by code: road, crossing, stop line, signal head and plain coloured road users."""

import colorsys
import itertools
import math
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np

from vision.detector.scene import HUES
from vision.errors import VideoError
from vision.frames import Image
from vision.scenes.traffic import FPS, LANES, LINE_Y, SIZE, RoadUser, Traffic, TruthEvent

WIDTH, HEIGHT = 640, 360
LAMPS = {"red": (470, 150), "yellow": (470, 166), "green": (470, 182)}
LAMP_PX = 6
LIT = {"red": (40, 40, 240), "yellow": (30, 200, 250), "green": (90, 230, 60)}
ROAD = (200, 440)
# A motorcycle of 30 pixels is 2 m long; seen from straight above, up is north.
METRES_PER_PX = 2.0 / 30.0


class JunctionScene:
    """A scene that goes on for ever; the same seed gives the same pictures.

    Parameters
    ----------
    seed : int
        The seed.
    """

    size = (WIDTH, HEIGHT)

    def __init__(self, seed: int) -> None:
        self.traffic = Traffic(seed)
        self._ground = _ground(seed)

    @property
    def truth(self) -> list[TruthEvent]:
        """What really happened so far."""
        return self.traffic.truth

    def frames(self) -> Iterator[tuple[float, Image]]:
        """Yield seconds since the beginning and the picture, ten a second, for ever."""
        while True:
            yield self.traffic.time_s, self._draw()
            self.traffic.step()

    def _draw(self) -> Image:
        image = self._ground.copy()
        colour, left_s = self.traffic.lamp()
        cv2.circle(image, LAMPS[colour], LAMP_PX, LIT[colour], -1, cv2.LINE_AA)
        cv2.putText(image, f"{int(left_s):02d}", (461, 132), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (200, 200, 200), 1)
        for user in self.traffic.users:
            _paint(image, user)
        stamp = f"SCENE {self.traffic.time_s:8.1f} s"
        cv2.putText(image, stamp, (8, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (230, 230, 230), 1, cv2.LINE_AA)
        return image


def open_scene(source: str) -> JunctionScene:
    """Open ``scene://junction?seed=N``.

    Parameters
    ----------
    source : str
        The address.

    Returns
    -------
    JunctionScene
        The scene, at its beginning.

    Raises
    ------
    VideoError
        If there is no such scene or the seed is no number.
    """
    parts = urlsplit(source)
    seed = parse_qs(parts.query).get("seed", ["1"])[0]
    if parts.scheme != "scene" or parts.netloc != "junction" or not seed.isdigit():
        raise VideoError(f"{source}: no such scene; there is scene://junction?seed=NUMBER")
    return JunctionScene(int(seed))


def _ground(seed: int) -> Image:
    rng = np.random.default_rng(seed)
    image = np.full((HEIGHT, WIDTH, 3), (96, 104, 100), np.uint8)
    cv2.rectangle(image, (0, 40), (WIDTH, 150), (84, 84, 84), -1)
    cv2.rectangle(image, (ROAD[0], 0), (ROAD[1], HEIGHT), (84, 84, 84), -1)
    for x in range(ROAD[0] + 6, ROAD[1] - 8, 22):
        cv2.rectangle(image, (x, 168), (x + 11, 196), (205, 205, 205), -1)
    cv2.line(image, (ROAD[0] + 2, round(LINE_Y)), (ROAD[1] - 2, round(LINE_Y)), (225, 225, 225), 4)
    for left, right in itertools.pairwise(LANES):
        for y in range(round(LINE_Y) + 12, HEIGHT, 34):
            x = round((left + right) / 2)
            cv2.line(image, (x, y), (x, y + 14), (190, 190, 190), 1)
    cv2.rectangle(image, (458, 118), (482, 196), (28, 28, 28), -1)
    cv2.line(image, (470, 196), (470, 250), (40, 40, 40), 3)
    for x, y in LAMPS.values():
        cv2.circle(image, (x, y), LAMP_PX, (45, 45, 45), -1)
    noise = rng.integers(-5, 6, (HEIGHT, WIDTH, 1), np.int16)
    return np.asarray(np.clip(image.astype(np.int16) + noise, 0, 255), np.uint8)


def _paint(image: Image, user: RoadUser) -> None:
    width, height = SIZE[user.label]
    x, foot = LANES[user.lane], user.foot_y
    low, high = HUES[user.label]
    hue = low + 6 + (user.number * 5) % max(1, high - low - 12)
    red, green, blue = colorsys.hsv_to_rgb(hue / 180, 0.8, 0.85)
    colour = (round(blue * 255), round(green * 255), round(red * 255))
    left, top = round(x - width / 2), round(foot - height)
    cv2.rectangle(image, (left, top), (round(x + width / 2) - 1, round(foot) - 1), colour, -1)


def scene_camera_yaml(camera_id: str, name: tuple[str, str], position: tuple[float, float], seed: int = 1) -> str:
    """Write the camera file of a rendered junction.

    Parameters
    ----------
    camera_id : str
        For instance ``"SC-01"``.
    name : tuple of str
        In Vietnamese and in English.
    position : tuple of float
        Lon, lat in degrees, WGS 84.
    seed : int
        The scene's seed.

    Returns
    -------
    str
        YAML that `vision.camera.read_camera` reads.
    """
    ground = "\n".join(f"  - {{px: [{x}, {y}], at: [{lon:.8f}, {lat:.8f}]}}" for x, y, lon, lat in _marks(position))
    lamps = ", ".join(f"{colour}: [{x}, {y}]" for colour, (x, y) in LAMPS.items())
    return f"""# A junction drawn by code: simple shapes, no real street.
id: {camera_id}
name: {{vi: "{name[0]}", en: "{name[1]}"}}
position: [{position[0]}, {position[1]}]
source: scene://junction?seed={seed}
frame: [{WIDTH}, {HEIGHT}]
approaches:
  - id: south
    travel_px: [0.0, -1.0]
    stop_line: [[{ROAD[0] + 2}, {round(LINE_Y)}], [{ROAD[1] - 2}, {round(LINE_Y)}]]
    lamps: {{{lamps}, radius_px: 4}}
ground:
{ground}
rules: [red_light, stop_line]
"""


def _marks(position: tuple[float, float]) -> Iterator[tuple[int, int, float, float]]:
    """Yield four marks of the road: pixel, lon and lat, the middle of the picture being the camera's position."""
    north = METRES_PER_PX / 111_133.0
    east = north / math.cos(math.radians(position[1]))
    for x, y in ((ROAD[0], 60), (ROAD[1], 60), (ROAD[0], 340), (ROAD[1], 340)):
        yield x, y, position[0] + (x - WIDTH / 2) * east, position[1] - (y - HEIGHT / 2) * north


__all__ = ["FPS", "JunctionScene", "open_scene", "scene_camera_yaml"]
