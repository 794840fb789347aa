"""Who drives much faster than the limit on the way to the stop line."""

from collections.abc import Sequence

from vision.scenes.layout import Layout
from vision.scenes.road_user import RoadUser
from vision.scenes.truth import Act, Truth

FROM_M, TO_M = -20.0, 2.0
OVER = 1.10


class SpeedWitness:
    """Keeps the highest speed of each driver on the last metres before the line.

    Parameters
    ----------
    truth : Truth
        Where it writes.
    layout : Layout
        The junction.
    """

    def __init__(self, truth: Truth, layout: Layout) -> None:
        self._truth = truth
        self._limit_mps = layout.limit_mps
        self._told: set[int] = set()

    def step(self, time_s: float, step_s: float, users: Sequence[RoadUser]) -> None:
        """Take one step that ended at a time."""
        del step_s
        for user in users:
            if user.speed_mps < self._limit_mps * OVER or user.user_id in self._told or not FROM_M < user.s < TO_M:
                continue
            self._told.add(user.user_id)
            x, y, _ = user.path.at(user.s, user.aside_m)
            measured = {"speed_mps": user.speed_mps, "limit_mps": self._limit_mps}
            self._truth.acts.append(
                Act(
                    "speed_screening",
                    user.user_id,
                    user.kind.name,
                    user.enter,
                    time_s,
                    time_s,
                    x,
                    y,
                    "",
                    measured,
                )
            )

    def finish(self, time_s: float) -> None:
        """End what still goes on: nothing does."""
