"""People on foot: they walk along the pavement, or over a crossing while its road has red."""

from random import Random

from vision.scenes.arrivals import make_look
from vision.scenes.kinds import KINDS
from vision.scenes.layout import CROSSING_M, PAVEMENT_M, Layout
from vision.scenes.path import Path
from vision.scenes.phases import SignalPlan
from vision.scenes.road_user import RoadUser

PAVEMENT_SHARE = 0.4
SPARE_S = 2.0


def make_walker(rng: Random, layout: Layout, number: int) -> RoadUser:
    """Draw a person who walks."""
    name = rng.choice(list(layout.arms))
    arm = layout.arms[name]
    side = rng.choice((-1, 1))
    if rng.random() < PAVEMENT_SHARE:
        across = side * (arm.half_m + rng.uniform(1.0, PAVEMENT_M - 0.5))
        ends = [(-60.0, across), (-1.0, across)]
        arm_name, before_m = "", 0.0
    else:
        along = rng.uniform(CROSSING_M[0] + 0.6, CROSSING_M[1] - 0.6)
        ends = [(along, -side * (arm.half_m + 3.0)), (along, side * (arm.half_m + 3.0))]
        arm_name, before_m = name, 2.0
    if rng.random() < 0.5 and not arm_name:
        ends.reverse()
    kind = KINDS["person"]
    path = Path([arm.place(*end) for end in ends], before_m)
    wish = kind.speed_mps * rng.uniform(0.8, 1.2)
    user = RoadUser(number, kind, make_look(rng, kind), path, "", arm_name, "", 0.0, wish, 0.0)
    user.s = path.start_m
    return user


def may_walk(user: RoadUser, layout: Layout, plan: SignalPlan, time_s: float) -> bool:
    """Tell whether a person walks on: always, but to step onto a road that has no red for long enough."""
    if not user.leave or not -0.6 < user.s < 0.2:
        return True
    lamp = plan.state(user.leave, time_s)
    needed_s = (2 * layout.arms[user.leave].half_m + 3.0) / user.wish_mps
    return lamp.colour == "red" and lamp.left_s > min(needed_s, 18.0) + SPARE_S
