"""A driver stops at red, but wholly past the stop line."""

from random import Random

from vision.scenes.behaviours.base import Behaviour
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return user.turn == "straight" and user.kind.name != "bus"


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    del layout
    user.intent.stop_s = user.look.length_m + rng.uniform(0.4, 2.0)


STOP_LINE = Behaviour("stop_line", "stop_line", _suits, _prepare)
