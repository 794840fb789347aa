"""Cameras and road users that tests of pictures place by hand."""

import math
from functools import cache

from vision.scenes.kinds import KINDS
from vision.scenes.layout import hanoi_junction
from vision.scenes.paint.picture import Painter, Setting
from vision.scenes.paint.sensor import Flaws
from vision.scenes.phases import LampState
from vision.scenes.pinhole import PinholeCamera
from vision.scenes.road_user import Look, Pose, Rider

LAYOUT = hanoi_junction()
SOUTH = LAYOUT.arms["south"]
NO_LAMPS: dict[str, LampState] = {}


def camera(along: float = -30.0, across: float = 6.0) -> PinholeCamera:
    x, y = SOUTH.place(along, across)
    return PinholeCamera((x, y, 7.0), 0.0, 14.0, 640.0, size=(640, 360))


@cache
def painter(hour: str = "day", rain: float = 0.0, shake_px: float = 0.0, exposure_s: float = 0.0) -> Painter:
    flaws = Flaws(noise=0.0, shake_px=shake_px, exposure_s=exposure_s)
    return Painter(LAYOUT, camera(), Setting(hour, rain, flaws, seed=3))


def user(kind: str, along: float, across: float, *, number: int = 1, helmets: tuple[bool, ...] = (True,)) -> Pose:
    size = KINDS[kind]
    x, y = SOUTH.place(along, across)
    riders = tuple(Rider(helmet) for helmet in helmets) if size.is_two_wheeler else ()
    plate = {"motorbike": "29B112345", "person": "", "bicycle": ""}.get(kind, "30A67890")
    look = Look(kind, size.length_m, size.width_m, size.height_m, 0.5, 0.5, plate, riders=riders)
    return Pose(number, look, x, y, math.pi / 2, 0.0)
