"""Who rides where it may not on the arm that the cameras watch: bus lane, others' lane, wrong side, pavement."""

from collections.abc import Sequence
from dataclasses import dataclass

from vision.scenes.layout import ROAD_M, Arm, Layout
from vision.scenes.road_user import RoadUser
from vision.scenes.truth import Act, Truth

WATCHED = "south"
FROM_M, TO_M = -100.0, -0.5
# Less than this is no act; `measured` has how far it was.
LEAST_M = 5.0
WRONG_LANE = {"motorbike": "car", "car": "motorbike", "truck": "motorbike"}


@dataclass
class _Ride:
    since_s: float
    from_along: float
    to_along: float


class StripWitness:
    """Follows every driver along the watched arm.

    Parameters
    ----------
    truth : Truth
        Where it writes.
    layout : Layout
        The junction.
    """

    def __init__(self, truth: Truth, layout: Layout) -> None:
        self._truth = truth
        self._arm = layout.arms[WATCHED]
        self._rides: dict[tuple[int, str], _Ride] = {}
        self._kinds: dict[int, str] = {}

    def step(self, time_s: float, step_s: float, users: Sequence[RoadUser]) -> None:
        """Take one step that ended at a time."""
        del step_s
        seen = set()
        for user in users:
            along, across, is_inbound = _on_arm(user, self._arm)
            if not FROM_M <= along <= TO_M:
                continue
            for rule in _broken(user, across, self._arm, is_inbound=is_inbound):
                key = user.user_id, rule
                ride = self._rides.setdefault(key, _Ride(time_s, along, along))
                ride.to_along = along
                self._kinds[user.user_id] = user.kind.name
                seen.add(key)
        for key in [key for key in self._rides if key not in seen]:
            self._end(key, time_s)

    def finish(self, time_s: float) -> None:
        """End what still goes on."""
        for key in list(self._rides):
            self._end(key, time_s)

    def _end(self, key: tuple[int, str], time_s: float) -> None:
        ride = self._rides.pop(key)
        metres = abs(ride.to_along - ride.from_along)
        if metres < LEAST_M:
            return
        user_id, rule = key
        x, y = self._arm.place(ride.to_along, self._arm.half_m / 2)
        measured = {"metres": metres, "from_along_m": ride.from_along, "to_along_m": ride.to_along}
        self._truth.acts.append(
            Act(rule, user_id, self._kinds[user_id], WATCHED, ride.since_s, time_s, x, y, "", measured)
        )


def _on_arm(user: RoadUser, arm: Arm) -> tuple[float, float, bool]:
    """Return where a driver is on the watched arm, and whether it comes in by it; far away where it is not there."""
    if user.enter == arm.name and user.s < 0:
        return user.s, user.across_m + user.aside_m, True
    if user.leave == arm.name and user.s > user.path.end_m - ROAD_M:
        x, y, _ = user.path.at(user.s, user.aside_m)
        return *arm.frame(x, y), False
    return 1e6, 0.0, True


def _broken(user: RoadUser, across: float, arm: Arm, *, is_inbound: bool) -> list[str]:
    if not is_inbound:
        return ["wrong_way"] if across > 0.3 else []
    if across < -0.3:
        return ["wrong_side"]
    if across > arm.half_m + 0.2:
        return ["pavement_riding"]
    lane = next((lane for lane in arm.lanes if lane.left_m <= across < lane.right_m), None)
    if lane is None or user.intent.halts or user.look.is_brt:
        return []
    if lane.kind == "brt":
        return ["brt_lane"]
    return ["lane"] if WRONG_LANE.get(user.kind.name) == lane.kind else []
