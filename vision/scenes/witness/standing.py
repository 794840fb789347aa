"""Who stands where it may not, told from who waits in a queue: kerb, bus stop, middle of the junction."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, sin

from vision.scenes.layout import GroundZone, Layout
from vision.scenes.phases import SignalPlan
from vision.scenes.road_user import RoadUser
from vision.scenes.truth import Act, Truth

RULES = {"no_stopping": "no_stopping", "bus_stop": "bus_stop_occupied", "junction": "junction_blocking"}
LEAST_S, STILL_MPS = 3.0, 0.15
# Who has come to its halt stands no farther from it; who means to halt waits behind such a one no farther back.
HALT_M, BEHIND_M, LANE_M = 2.0, 10.0, 2.0


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
                self._stands[user.user_id] = _Stand(user, time_s, zone, _exception(user, zone, users))
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


def _exception(user: RoadUser, zone: GroundZone, users: Sequence[RoadUser]) -> str:
    """Return why standing there is no act: it waits in a queue, broke down, or is a bus at its stop.

    Who means to halt a little farther on and stands behind one that is parked has stopped for some and queues for
    others: only a person can say.
    """
    halt = user.halt
    if halt is None or not _is_at_halt(user):
        if halt is not None and halt.reason in RULES and _is_behind_parked(user, users):
            return "behind_parked"
        return "" if zone.kind == "junction" else "queue"
    if halt.reason == "breakdown":
        return "breakdown"
    return "bus" if halt.reason == "bus" else ""


def _is_at_halt(user: RoadUser) -> bool:
    return user.halt is not None and abs(user.s - user.halt.s) <= HALT_M


def _is_behind_parked(user: RoadUser, users: Sequence[RoadUser]) -> bool:
    x, y, heading = user.path.at(user.s, user.aside_m)
    for other in users:
        if other is user or other.speed_mps > STILL_MPS or not _is_at_halt(other):
            continue
        far, up, _ = other.path.at(other.s, other.aside_m)
        ahead = (far - x) * cos(heading) + (up - y) * sin(heading)
        aside = (up - y) * cos(heading) - (far - x) * sin(heading)
        room = (user.look.length_m + other.look.length_m) / 2 + BEHIND_M
        if 0 < ahead <= room and abs(aside) <= LANE_M:
            return True
    return False
