"""The scene `scene://street`: the living junction as one camera on a mast sees it, painted in perspective."""

import itertools
import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from vision.errors import VideoError
from vision.frames import Image
from vision.scenes.camera_file import camera_yaml
from vision.scenes.layout import Layout, hanoi_junction
from vision.scenes.paint.light import HOURS
from vision.scenes.paint.picture import Painter, Setting
from vision.scenes.paint.sensor import Flaws
from vision.scenes.pinhole import PinholeCamera
from vision.scenes.truth import Truth
from vision.scenes.world import World

FPS = 10.0
BEGIN_S = 30.0  # the world is empty before traffic has come in
SHARES = {"red_light": 0.15, "stop_line": 0.04, "late_yellow": 0.05, "pushed": 0.02, "no_helmet": 0.06}
_NUMBER = re.compile(r"\d{1,9}|\d?\.\d{1,3}")


class StreetScene:
    """A scene that goes on for ever; the same arguments give the same pictures.

    Parameters
    ----------
    seed : int
        The seed.
    hour : str
        ``day``, ``dusk`` or ``night``.
    rain : float
        0 to 1.
    shares : mapping of str to float, optional
        How many of the road users behave how; by default few badly.
    """

    def __init__(
        self, seed: int, hour: str = "day", rain: float = 0.0, shares: Mapping[str, float] | None = None
    ) -> None:
        self.world = World(seed, SHARES if shares is None else dict(shares))
        self.camera = street_camera(self.world.layout)
        self.size = self.camera.size
        flaws = Flaws(noise=3.5 if hour == "night" else 1.5, exposure_s=0.008 if hour == "day" else 0.015)
        self._painter = Painter(self.world.layout, self.camera, Setting(hour, rain, flaws, seed))

    @property
    def truth(self) -> Truth:
        """What really happened so far; its seconds are `BEGIN_S` more than the pictures'."""
        return self.world.truth

    def frames(self, *, every: int = 1) -> Iterator[tuple[float, Image]]:
        """Yield seconds since the beginning and the picture, ten a second or only each so-manieth, for ever."""
        for frame in itertools.count(step=every):
            time_s = BEGIN_S + frame / FPS
            poses = self.world.poses(time_s)
            lamps = {name: self.world.lamp(name, time_s) for name in self.world.layout.arms}
            yield frame / FPS, self._painter.paint(poses, lamps, frame)


def street_camera(layout: Layout) -> PinholeCamera:
    """Return the camera: on a mast above the southern arm, behind the traffic, with stop line and signal in sight.

    Parameters
    ----------
    layout : Layout
        The junction.

    Returns
    -------
    PinholeCamera
        960 × 540.
    """
    x, y = layout.arms["south"].place(-30.0, 7.0)
    return PinholeCamera((x, y, 7.0), 0.0, 16.0, 820.0, size=(960, 540), fps=FPS)


def open_street(source: str) -> StreetScene:
    """Open ``scene://street?seed=N&hour=night&rain=0.5``; hour and rain may be left out.

    Parameters
    ----------
    source : str
        The address.

    Returns
    -------
    StreetScene
        The scene, at its beginning.

    Raises
    ------
    VideoError
        If there is no such scene or a value is wrong.
    """
    parts = urlsplit(source)
    asked = {"seed": "1", "hour": "day", "rain": "0"} | dict(parse_qsl(parts.query))
    known = parts.scheme == "scene" and parts.netloc == "street" and len(asked) == 3
    if not (known and asked["seed"].isdigit() and asked["hour"] in HOURS and _NUMBER.fullmatch(asked["rain"])):
        raise VideoError(
            f"{source}: no such scene; there is scene://street?seed=NUMBER&hour={'|'.join(HOURS)}&rain=0 to 1"
        )
    return StreetScene(int(asked["seed"]), asked["hour"], min(1.0, float(asked["rain"])))


def street_camera_yaml(camera_id: str, name: tuple[str, str], position: tuple[float, float], seed: int = 1) -> str:
    """Write the camera file of the rendered junction.

    Parameters
    ----------
    camera_id : str
        For instance ``"SC-01"``.
    name : tuple of str
        In Vietnamese and in English.
    position : tuple of float
        Lon, lat in degrees, WGS 84, of the junction's middle.
    seed : int
        The scene's seed.

    Returns
    -------
    str
        YAML that `vision.camera.read_camera` reads.
    """
    layout = hanoi_junction(position)
    source = f"scene://street?seed={seed}"
    return camera_yaml(street_camera(layout), layout, camera_id=camera_id, name=name, source=source)
