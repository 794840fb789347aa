"""A rider in the queue is pushed with its front wheel over the stop line and waits there: allowed."""

from random import Random

from vision.scenes.behaviours.base import Behaviour
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    return user.kind.is_two_wheeler and user.turn not in layout.forbidden.get(user.enter, ())


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    del layout
    user.intent.stop_s = rng.uniform(0.2, 0.55) * user.look.length_m


PUSHED = Behaviour("pushed", "", _suits, _prepare)
