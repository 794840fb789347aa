"""A third rider is a child, which the law allows."""

from dataclasses import replace
from random import Random

from vision.scenes.behaviours.base import Behaviour
from vision.scenes.layout import Layout
from vision.scenes.road_user import Rider, RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return user.kind.name == "motorbike"


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    del layout, rng
    user.look = replace(user.look, riders=(Rider(), Rider(is_child=True), Rider()))


CHILD = Behaviour("child", "", _suits, _prepare)
