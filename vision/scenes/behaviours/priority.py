"""An ambulance on duty: it need not stop at red, and those in front make way over the line."""

from dataclasses import replace
from random import Random

from vision.scenes.behaviours.base import Behaviour, is_straight_south
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return is_straight_south(user) and user.kind.name in ("car", "truck")


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    del layout, rng
    user.look = replace(user.look, is_priority=True, plate_colour="blue")
    user.intent.red = "run"


PRIORITY = Behaviour("priority", "", _suits, _prepare)
