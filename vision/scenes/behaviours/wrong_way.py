"""A rider goes against the traffic along the kerb of the arm that the cameras watch."""

from random import Random

from vision.scenes.behaviours.base import Behaviour, ride_at
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return user.kind.is_two_wheeler and user.leave == "south" and user.enter != "south"


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    del rng
    ride_at(user, layout, user.across_m, layout.arms["south"].half_m - 0.45)


WRONG_WAY = Behaviour("wrong_way", "wrong_way", _suits, _prepare)
