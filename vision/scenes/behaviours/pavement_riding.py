"""A rider passes the queue on the pavement."""

from random import Random

from vision.scenes.behaviours.base import Behaviour, is_straight_south, ride_at
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return is_straight_south(user) and user.kind.name == "motorbike"


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    half_m = layout.arms["south"].half_m
    ride_at(user, layout, half_m + rng.uniform(1.0, 2.2), -(half_m - 1.2))
    user.wish_mps *= 0.7


PAVEMENT_RIDING = Behaviour("pavement_riding", "pavement_riding", _suits, _prepare)
