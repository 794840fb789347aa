"""Who stands where it may not, told from who waits in a queue: kerb, bus stop, middle of the junction."""

from collections.abc import Sequence
from dataclasses import dataclass

from vision.scenes.layout import GroundZone, Layout
from vision.scenes.phases import SignalPlan
from vision.scenes.road_user import RoadUser
from vision.scenes.truth import Act, Truth

RULES = {"no_stopping": "no_stopping", "bus_stop": "bus_stop_occupied", "junction": "junction_blocking"}
LEAST_S, STILL_MPS = 3.0, 0.15


@dataclass
class _Stand:
    user: RoadUser
    since_s: float
    zone: GroundZone
    exception: str


class StandingWitness:
    """Follows everybody who stands.

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
        self._stands: dict[int, _Stand] = {}
        self._boxes = {zone.id: _bounds(zone) for zone in layout.zones if zone.kind in RULES}

    def step(self, time_s: float, step_s: float, users: Sequence[RoadUser]) -> None:
        """Take one step that ended at a time."""
        del step_s
        still = set()
        for user in users:
            if user.speed_mps > STILL_MPS or user.user_id in self._stands:
                if user.speed_mps <= STILL_MPS:
                    still.add(user.user_id)
                continue
            zone = self._zone_of(user)
            if zone is not None:
                self._stands[user.user_id] = _Stand(user, time_s, zone, _exception(user, zone))
                still.add(user.user_id)
        for gone in [i for i in self._stands if i not in still]:
            self._end(self._stands.pop(gone), time_s)

    def finish(self, time_s: float) -> None:
        """End what still goes on."""
        for stand in self._stands.values():
            self._end(stand, time_s)
        self._stands.clear()

    def _end(self, stand: _Stand, time_s: float) -> None:
        stood_s = time_s - stand.since_s
        if stood_s < LEAST_S:
            return
        user = stand.user
        x, y, _ = user.path.at(user.s, user.aside_m)
        self._truth.acts.append(
            Act(
                RULES[stand.zone.kind],
                user.user_id,
                user.kind.name,
                user.enter,
                stand.since_s,
                time_s,
                x,
                y,
                stand.exception,
                {"stood_s": stood_s},
            )
        )

    def _zone_of(self, user: RoadUser) -> GroundZone | None:
        x, y, _ = user.path.at(user.s, user.aside_m)
        for zone in self._layout.zones:
            if zone.kind in RULES:
                left, low, right, high = self._boxes[zone.id]
                if left <= x <= right and low <= y <= high:
                    return zone
        return None


def _bounds(zone: GroundZone) -> tuple[float, float, float, float]:
    xs, ys = zip(*zone.corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _exception(user: RoadUser, zone: GroundZone) -> str:
    """Return why standing there is no act: it waits in a queue, broke down, or is a bus at its stop."""
    halt = user.halt
    if halt is None or abs(user.s - halt.s) > 2.0:
        return "" if zone.kind == "junction" else "queue"
    if halt.reason == "breakdown":
        return "breakdown"
    return "bus" if halt.reason == "bus" else ""
