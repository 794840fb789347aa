"""A motorbike takes the lane of cars, a car the lane of motorbikes."""

from random import Random

from vision.scenes.behaviours.base import Behaviour, is_straight_south, ride_at
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    del layout
    return is_straight_south(user) and user.kind.name in ("motorbike", "car")


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    kind = "car" if user.kind.is_two_wheeler else "motorbike"
    lane = next(lane for lane in layout.arms["south"].lanes if lane.kind == kind)
    ride_at(user, layout, lane.middle_m + rng.uniform(-0.3, 0.3))


LANE = Behaviour("lane", "lane", _suits, _prepare)
