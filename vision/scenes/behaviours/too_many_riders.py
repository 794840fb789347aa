"""Three ride one motorbike, none of them a child."""

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
    user.look = replace(user.look, riders=(Rider(), Rider(), Rider()))


TOO_MANY_RIDERS = Behaviour("too_many_riders", "too_many_riders", _suits, _prepare)
