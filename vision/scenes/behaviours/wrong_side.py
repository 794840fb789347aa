"""A driver passes the queue beyond the centre line."""

from random import Random

from vision.scenes.behaviours.base import Behaviour, is_straight_south, ride_at
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return is_straight_south(user) and user.kind.name in ("motorbike", "car")


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    ride_at(user, layout, -rng.uniform(1.0, 1.8), -1.6)


WRONG_SIDE = Behaviour("wrong_side", "wrong_side", _suits, _prepare)
