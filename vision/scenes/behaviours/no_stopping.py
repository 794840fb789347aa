"""A driver stops or parks at the kerb where a sign forbids it."""

from random import Random

from vision.scenes.behaviours.base import Behaviour
from vision.scenes.behaviours.kerb import can_stop_at_kerb, stop_in
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    return can_stop_at_kerb(user, layout)


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    stop_in(user, layout, rng, "no_stopping", rng.uniform(90.0, 1500.0))


NO_STOPPING = Behaviour("no_stopping", "no_stopping", _suits, _prepare)
