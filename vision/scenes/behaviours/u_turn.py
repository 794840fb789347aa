"""A driver turns round where a sign forbids it."""

from random import Random

from vision.scenes.arrivals import lane_bounds
from vision.scenes.behaviours.base import Behaviour, is_straight_south, ride_at
from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser


def _suits(user: RoadUser, layout: Layout) -> bool:
    return is_straight_south(user) and user.kind.name in ("motorbike", "car") and bool(layout.forbidden)


def _prepare(user: RoadUser, layout: Layout, rng: Random) -> None:
    user.turn, user.leave = "uturn", user.enter
    low, _ = lane_bounds(layout.arms[user.enter], user.kind)
    ride_at(user, layout, low + rng.uniform(0.0, 0.5), -layout.arms[user.enter].lanes[1].middle_m)


U_TURN = Behaviour("u_turn", "u_turn", _suits, _prepare)
