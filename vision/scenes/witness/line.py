"""Who passes the stop line, when, at which lamp: acts of driving on at red and of standing past the line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, sin

from vision.scenes.layout import Arm, Layout
from vision.scenes.phases import SignalPlan
from vision.scenes.road_user import RoadUser
from vision.scenes.truth import Act, Pass, Truth

# A pass on red is an act once the tail is so far past the line in the same red; to stand past it, after so long.
DROVE_ON_M = 1.0
STOOD_S, STILL_MPS = 2.0, 0.2
MADE_WAY_M = 6.0


@dataclass
class _Open:
    one: Pass
    red_from_s: float
    stood_s: float = 0.0
    is_told: bool = False


class LineWitness:
    """Watches every stop line.

    Parameters
    ----------
    truth : Truth
        Where it writes.
    layout : Layout
        The junction.
    plan : SignalPlan
        Its lamps.
    """

    def __init__(self, truth: Truth, layout: Layout, plan: SignalPlan) -> None:
        self._truth = truth
        self._layout = layout
        self._plan = plan
        self._open: dict[int, _Open] = {}

    def step(self, time_s: float, step_s: float, users: Sequence[RoadUser], waved: frozenset[str]) -> None:
        """Take one step that ended at a time."""
        for user in users:
            half = user.look.length_m / 2
            s0, s1 = user.before[0], user.s
            if s0 + half < 0 <= s1 + half:
                one = self._pass(user, time_s - step_s * (s1 + half) / (s1 - s0), waved)
                self._open[user.user_id] = _Open(one, one.nose_s - one.since_s)
            open_ = self._open.get(user.user_id)
            if open_ is None:
                continue
            arm = self._layout.arms[user.enter]
            tail0_m, tail1_m = _tail_m(arm, user, 0.0), _tail_m(arm, user, 1.0)
            if open_.one.tail_s is None and tail0_m < 0 <= tail1_m:
                tail_s = time_s - step_s * tail1_m / (tail1_m - tail0_m)
                open_.one = replace(open_.one, tail_s=tail_s)
                self._truth.passes.append(open_.one)
            self._judge(open_, user, time_s, step_s)
            if s1 - half > MADE_WAY_M:
                del self._open[user.user_id]

    def _judge(self, open_: _Open, user: RoadUser, time_s: float, step_s: float) -> None:
        one = open_.one
        if open_.is_told or not one.is_red or one.tail_s is None or one.reason:
            return
        lamp = self._plan.state(user.enter, time_s)
        is_same_red = lamp.colour == "red" and time_s - lamp.since_s < one.nose_s + 0.2
        if not is_same_red or user.turn in lamp.arrows:
            open_.is_told = True
            return
        if user.intent.makes_way and user.rear_s < MADE_WAY_M:
            self._say("stop_line", open_, time_s, "yields")
        elif user.speed_mps < STILL_MPS and user.rear_s > 0:
            open_.stood_s += step_s
            if open_.stood_s >= STOOD_S and not self._is_halted(user):
                self._say("stop_line", open_, time_s - open_.stood_s, "")
        elif user.rear_s > DROVE_ON_M + (user.intent.stop_s if user.intent.stop_s > 0 else 0.0):
            self._say("red_light", open_, one.nose_s, "")

    def _is_halted(self, user: RoadUser) -> bool:
        return user.halt is not None and user.halt.since_s is not None

    def _say(self, rule: str, open_: _Open, time_s: float, exception: str) -> None:
        one = open_.one
        open_.is_told = True
        measured = {"after_red_s": one.since_s, "red_left_s": one.left_s, "tail_s": one.tail_s or one.nose_s}
        until_s = max(time_s, one.tail_s or time_s)
        self._truth.acts.append(
            Act(rule, one.user_id, one.kind, one.arm, time_s, until_s, one.x, one.y, exception, measured)
        )

    def _pass(self, user: RoadUser, nose_s: float, waved: frozenset[str]) -> Pass:
        lamp = self._plan.state(user.enter, nose_s)
        x, y = self._layout.arms[user.enter].place(0.0, user.across_m + user.aside_m)
        reason = ""
        if user.look.is_priority:
            reason = "priority_vehicle"
        elif user.enter in waved:
            reason = "police_signal"
        return Pass(
            user_id=user.user_id,
            kind=user.kind.name,
            arm=user.enter,
            turn=user.turn,
            nose_s=nose_s,
            tail_s=None,
            x=x,
            y=y,
            colour=lamp.colour,
            since_s=lamp.since_s,
            left_s=lamp.left_s,
            arrows=lamp.arrows,
            reason=reason,
        )


def _tail_m(arm: Arm, user: RoadUser, share: float) -> float:
    """Return how far past the line the last of its rear corners is, between its last step (0) and now (1), metres.

    Who turns is not as far past it as along its way: half its length is straight, its way is not.
    """
    pose, half_l, half_w = user.pose(share), user.look.length_m / 2, user.look.width_m / 2
    ux, uy = cos(pose.heading_rad), sin(pose.heading_rad)
    x, y = pose.x - half_l * ux, pose.y - half_l * uy
    return min(arm.frame(x - side * half_w * uy, y + side * half_w * ux)[0] for side in (1, -1))
