"""A driver takes the bus lane."""

from random import Random

from vision.scenes.behaviours.base import Behaviour, is_straight_south, ride_at
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return is_straight_south(user) and user.kind.name in ("motorbike", "car")


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    ride_at(user, layout, layout.arms["south"].lanes[0].middle_m + rng.uniform(-0.4, 0.4))


BUS_LANE = Behaviour("bus_lane", "brt_lane", _suits, _prepare)
