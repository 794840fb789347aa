"""An officer in the middle of the junction who waves one arm through while its lamp is red."""

from random import Random

from vision.scenes.arrivals import make_look
from vision.scenes.kinds import KINDS
from vision.scenes.phases import LampState, SignalPlan
from vision.scenes.road_user import Look, Pose

WAVED = "south"
AFTER_S, LENGTH_S = 6.0, 14.0
LAG_S = 3.0
USER_ID = 0


class Officer:
    """Stands there when ``share`` is above 0, and waves in that share of the cycles.

    Parameters
    ----------
    plan : SignalPlan
        The lamps that it overrides.
    share : float
        Of the cycles.
    seed : int
        Which of them.
    """

    def __init__(self, plan: SignalPlan, share: float, seed: int) -> None:
        self._plan = plan
        self._share = share
        self._seed = seed
        look = make_look(Random(seed), KINDS["person"])  # noqa: S311 - a scene, not a secret
        self._look = Look(**{**look.__dict__, "is_officer": True})

    def waves(self, arm: str, time_s: float) -> bool:
        """Tell whether it waves an arm through now."""
        lamp = self._plan.state(arm, time_s)
        if arm != WAVED or lamp.colour != "red" or not AFTER_S <= lamp.since_s < AFTER_S + LENGTH_S:
            return False
        cycle = int((time_s - lamp.since_s) // self._plan.cycle_s)
        return Random(f"{self._seed}.{cycle}").random() < self._share  # noqa: S311 - a scene, not a secret

    def allows(self, arm: str, time_s: float) -> bool:
        """Tell whether who passes now was waved: whoever cannot stop when the hand goes down still was."""
        return bool(self._share) and (self.waves(arm, time_s) or self.waves(arm, time_s - LAG_S))

    def shown(self, arm: str, time_s: float) -> LampState:
        """Return what drivers of an arm go by: the officer's hand before the lamp."""
        if self._share and self.waves(arm, time_s):
            return LampState("green")
        if self._share and self.waves(WAVED, time_s):
            return LampState("red")
        return self._plan.state(arm, time_s)

    def poses(self) -> list[Pose]:
        """Return the officer, if there is one."""
        return [Pose(USER_ID, self._look, 1.0, -4.0, -1.57, 0.0)] if self._share else []
