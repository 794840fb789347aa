"""Writes down what really happens: one file for each family of acts; they know nothing of the rules that are judged."""

from collections.abc import Sequence

from vision.scenes.layout import Layout
from vision.scenes.phases import SignalPlan
from vision.scenes.road_user import RoadUser
from vision.scenes.truth import Truth
from vision.scenes.witness.line import LineWitness
from vision.scenes.witness.looks import look_acts
from vision.scenes.witness.speed import SpeedWitness
from vision.scenes.witness.standing import StandingWitness
from vision.scenes.witness.strips import StripWitness


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
        self._line = LineWitness(self.truth, layout, plan)
        self._others = (
            StripWitness(self.truth, layout),
            StandingWitness(self.truth, layout, plan),
            SpeedWitness(self.truth, layout),
        )
        self._layout = layout
        self._known: set[int] = set()

    def step(self, time_s: float, step_s: float, users: Sequence[RoadUser], waved: frozenset[str]) -> None:
        """Take one step that ended at a time; ``waved`` are the arms that an officer waves through."""
        drivers = [user for user in users if user.enter]
        self._line.step(time_s, step_s, drivers, waved)
        for witness in self._others:
            witness.step(time_s, step_s, drivers)
        for user in drivers:
            if user.user_id not in self._known and user.front_s > -1.0:
                self.truth.acts += look_acts(user, time_s, self._layout)
                self._known.add(user.user_id)

    def finish(self, time_s: float) -> None:
        """End what still goes on."""
        for witness in self._others:
            witness.finish(time_s)
