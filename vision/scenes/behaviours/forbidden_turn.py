"""A driver turns left where a sign forbids it."""

from random import Random

from vision.scenes.arrivals import lane_bounds, leave_by
from vision.scenes.behaviours.base import Behaviour, is_straight_south, ride_at
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    return is_straight_south(user) and "left" in layout.forbidden.get("south", ())


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    user.turn, user.leave = "left", leave_by(user.enter, "left")
    low, _ = lane_bounds(layout.arms[user.enter], user.kind)
    ride_at(user, layout, low + rng.uniform(0.0, 0.8), -layout.arms[user.leave].lanes[0].middle_m)


FORBIDDEN_TURN = Behaviour("forbidden_turn", "forbidden_turn", _suits, _prepare)
