"""Writes down what really happens: who passed a stop line, and which of it was an act."""

from collections.abc import Sequence

from vision.scenes.layout import Layout
from vision.scenes.phases import SignalPlan
from vision.scenes.road_user import RoadUser
from vision.scenes.truth import Act, Pass, Truth

# A pass on red is an act once the driver drove on: the tail so far past the line.
DROVE_ON_M = 1.0


class Witness:
    """Watches every step of one world.

    Parameters
    ----------
    layout : Layout
        The junction.
    plan : SignalPlan
        Its lamps.
    """

    def __init__(self, layout: Layout, plan: SignalPlan) -> None:
        self.truth = Truth()
        self._layout = layout
        self._plan = plan
        self._open: dict[int, Pass] = {}
        self._acted: set[int] = set()

    def step(self, time_s: float, step_s: float, users: Sequence[RoadUser]) -> None:
        """Take one step that ended at a time."""
        for user in users:
            if user.enter:
                self._see_line(user, time_s, step_s)

    def _see_line(self, user: RoadUser, time_s: float, step_s: float) -> None:
        half = user.look.length_m / 2
        s0, s1 = user.before[0], user.s
        if s0 + half < 0 <= s1 + half:
            self._open[user.user_id] = self._pass(user, time_s - step_s * (s1 + half) / (s1 - s0))
        if s0 - half < 0 <= s1 - half and (one := self._open.pop(user.user_id, None)):
            tail_s = time_s - step_s * (s1 - half) / (s1 - s0)
            self.truth.passes.append(Pass(**{**one.__dict__, "tail_s": tail_s}))
            if one.is_red and not one.reason:
                self._acted.add(user.user_id)
        if user.user_id in self._acted and s1 - half > DROVE_ON_M:
            self._acted.discard(user.user_id)
            self._red_light(user)

    def _pass(self, user: RoadUser, nose_s: float) -> Pass:
        lamp = self._plan.state(user.enter, nose_s)
        x, y = self._layout.arms[user.enter].place(0.0, user.across_m + user.aside_m)
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
        )

    def _red_light(self, user: RoadUser) -> None:
        one = next(p for p in reversed(self.truth.passes) if p.user_id == user.user_id)
        measured = {"after_red_s": one.since_s, "red_left_s": one.left_s, "tail_s": one.tail_s or one.nose_s}
        self.truth.acts.append(
            Act(
                "red_light",
                one.user_id,
                one.kind,
                one.arm,
                one.nose_s,
                one.tail_s or one.nose_s,
                one.x,
                one.y,
                "",
                measured,
            )
        )
