"""A driver goes far faster than the limit while the way is free."""

from random import Random

from vision.scenes.behaviours.base import Behaviour, is_straight_south
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return is_straight_south(user) and user.kind.name in ("motorbike", "car")


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    user.wish_mps = layout.limit_mps * rng.uniform(1.25, 1.8)
    user.speed_mps = user.wish_mps


SPEEDING = Behaviour("speeding", "speed_screening", _suits, _prepare)
