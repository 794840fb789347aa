"""A driver lets somebody off at the kerb for a few seconds."""

from random import Random

from vision.scenes.behaviours.base import Behaviour
from vision.scenes.behaviours.kerb import can_stop_at_kerb, stop_in
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    return can_stop_at_kerb(user, layout)


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    stop_in(user, layout, rng, "no_stopping", rng.uniform(3.0, 8.0))


SHORT_STOP = Behaviour("short_stop", "", _suits, _prepare)
