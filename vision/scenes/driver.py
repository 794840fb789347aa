"""What one driver does in one step: stop for the lamp or of its own will, follow, filter through a queue."""

from collections.abc import Sequence

import numpy as np

from vision.scenes.arrivals import lane_bounds
from vision.scenes.following import FREE_M, Around, Bodies, accel_mps2
from vision.scenes.kerbside import NEAR_M, may_pull_in
from vision.scenes.layout import Floats, Layout
from vision.scenes.phases import LampState
from vision.scenes.road_user import Halt, RoadUser

CALM_BRAKE_MPS2 = 3.0
HARD_BRAKE_MPS2 = 5.5
SIDE_MPS = 1.1
# Who stands behind one that is parked turns out so fast.
TURN_OUT_MPS = 0.3
# Nobody parks farther from its place at the kerb than this.
AT_KERB_M = 0.6
FILTER_BELOW_MPS, FILTER_GAP_M = 3.0, 14.0
STEP_ASIDE_M = 0.4
REST_MPS = 0.15
ASIDES: Floats = np.arange(-6.0, 7.0) * STEP_ASIDE_M
# Past a lorry at the kerb: who has to turn out looks so far.
OUT_ASIDES: Floats = np.arange(-10.0, 11.0) * STEP_ASIDE_M


def stop_gap_m(user: RoadUser, lamp: LampState) -> float:
    """Return how far its front is from where the lamp makes it stop; free where it may go on.

    Parameters
    ----------
    user : RoadUser
        The driver.
    lamp : LampState
        What its arm shows.
    """
    gap = user.intent.stop_s - user.front_s
    if user.front_s > max(0.0, user.intent.stop_s) + 0.3 or user.intent.red == "run":
        return FREE_M
    if user.turn in lamp.arrows or (lamp.colour == "green" and user.turn not in lamp.holds):
        user.goes_on = None
        return FREE_M
    if lamp.colour == "green":
        return max(gap, 0.02) if user.front_s < 0 else FREE_M
    braking_m = user.speed_mps**2 / 2
    if user.goes_on is None:
        user.goes_on = lamp.colour == "yellow" and (
            braking_m / CALM_BRAKE_MPS2 > gap or (user.intent.red == "late" and _reaches_line(user, lamp))
        )
    if user.goes_on and lamp.colour == "red" and braking_m / HARD_BRAKE_MPS2 < gap:
        user.goes_on = False
    return FREE_M if user.goes_on else max(gap, 0.02)


def _reaches_line(user: RoadUser, lamp: LampState) -> bool:
    """Tell whether it comes over the line well before red."""
    return user.speed_mps * (lamp.left_s - 0.4) > -user.front_s


def halt_gap_m(user: RoadUser, time_s: float, step_s: float, parked: Sequence[RoadUser] = ()) -> float:
    """Return how far it is from the stop it means to make, and let the stop end when its time is over.

    Whom somebody parked keeps from its place at the kerb drives around that one first, or gives it up; so does who
    could not get to the kerb for those beside it.
    """
    halt = user.halt
    if halt is None:
        return FREE_M
    gap = halt.s - user.s
    if halt.since_s is None:
        if gap < 0.8 and user.speed_mps < REST_MPS:
            if halt.aside_m is not None and abs(halt.aside_m - user.aside_m) > AT_KERB_M:
                _give_up(user, halt)
                return FREE_M
            halt.since_s = time_s
        elif gap < -3.0:
            halt.is_over = True
            return FREE_M
        elif gap < NEAR_M:
            may = True if halt.aside_m is None else may_pull_in(user, halt, parked)
            halt.pulls_in = may is True
            if may is None:
                _give_up(user, halt)
                return FREE_M
        if halt.pulls_in and halt.aside_m is not None:
            user.aside_wish_m = halt.aside_m
        return max(gap, 0.02)
    if time_s - halt.since_s + step_s >= halt.seconds:
        halt.is_over = True
        user.aside_wish_m = 0.0
        user.goes_on = None
    return 0.02


def _give_up(user: RoadUser, halt: Halt) -> None:
    halt.is_over, user.aside_wish_m = True, 0.0


def wish_aside(
    user: RoadUser, i: int, around: Around, bodies: Bodies, gap_m: float, layout: Layout, *, turns_out: bool = False
) -> None:
    """Choose another offset when the way is blocked: two-wheelers filter through queues, others pass what stands.

    Parameters
    ----------
    user : RoadUser
        The driver.
    i : int
        Its row.
    around, bodies : Around, Bodies
        Everybody.
    gap_m : float
        Free way ahead.
    layout : Layout
        The junction.
    turns_out : bool
        It stands behind one that is parked, and looks farther aside.
    """
    if user.halt is not None and user.halt.pulls_in:
        return
    if user.front_s > -0.5:
        return
    if gap_m > FILTER_GAP_M or user.intent.holds_lane:
        return
    asides = OUT_ASIDES if turns_out else ASIDES
    low, high = lane_bounds(layout.arms[user.enter], user.kind)
    across = user.across_m + user.aside_m + asides
    inside = (across >= low) & (across <= high)
    if not inside.any():
        return
    free = around.free_ahead(i, bodies, asides)
    value = np.where(inside, np.minimum(free, 20.0) - 1.2 * np.abs(asides), -np.inf)
    best = int(value.argmax())
    if value[best] > value[len(asides) // 2] + 1.0:
        user.aside_wish_m = user.aside_m + float(asides[best])


def move_aside(
    user: RoadUser, i: int, around: Around, bodies: Bodies, step_s: float, *, turns_out: bool = False
) -> None:
    """Move sideways towards the wished offset, no faster than wheels allow and into nobody.

    Who ``turns_out`` from behind one that is parked creeps with its wheels turned, or is walked aside.
    """
    off = user.aside_wish_m - user.aside_m
    most = min(SIDE_MPS, max(0.35 * user.speed_mps, TURN_OUT_MPS if turns_out else 0.0)) * step_s
    step = max(-most, min(most, off))
    if abs(step) > 1e-6 and around.is_free_beside(i, bodies, step):
        user.aside_m += step


def accelerate(user: RoadUser, gap_m: float, leader_mps: float, stop_m: float, step_s: float) -> None:
    """Set its speed after one step."""
    kind = user.kind
    follow = accel_mps2(user.speed_mps, user.wish_mps, gap_m, user.speed_mps - leader_mps, kind.accel_mps2, kind.gap_m)
    stop = accel_mps2(user.speed_mps, user.wish_mps, stop_m, user.speed_mps, kind.accel_mps2, 0.25)
    user.accel_mps2 = min(follow, stop)
    user.speed_mps = max(0.0, user.speed_mps + user.accel_mps2 * step_s)
