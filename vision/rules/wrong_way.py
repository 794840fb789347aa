"""A driver goes against the direction of a one-way road or lane."""

from collections.abc import Mapping

from vision.road import Road
from vision.rules.base import Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.inside import InsideZone
from vision.rules.zone import ZoneView
from vision.trails import Trail

# Against the direction within 37°; across it is no wrong way. Slower is pushing or backing into a place.
AGAINST, LEAST_MPS = -0.8, 1.5


class WrongWay(InsideZone):
    """Went against a ``one_way`` zone's direction for ``wrong_way_m`` metres inside it.

    Parameters
    ----------
    zone : ZoneView
        The zone, with its direction.
    road : Road
        The camera's road.
    limits : Mapping of str to float
        ``wrong_way_m``.
    """

    name = "wrong_way"

    def __init__(self, zone: ZoneView, road: Road, limits: Mapping[str, float]) -> None:
        super().__init__(zone, road)
        self._least_m = limits["wrong_way_m"]

    def judge(self, trail: Trail, _scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
        visit, travel = self.visit(trail), self.zone.travel
        if visit is None or travel is None or trail.heading is None or visit.seconds <= 0:
            return None
        dx, dy = trail.place.x - visit.began.x, trail.place.y - visit.began.y
        against_m = -(dx * travel[0] + dy * travel[1]) / trail.place.per_m
        now = trail.heading[0] * travel[0] + trail.heading[1] * travel[1]
        if against_m < self._least_m or now > AGAINST or -against_m > AGAINST * visit.metres:
            return None
        if against_m / visit.seconds < LEAST_MPS:
            return None
        measured = {"moved_m": round(against_m, 1), "inside_s": round(visit.seconds, 2)}
        return self.finding(trail, visit, measured, exceptions_of(self.road))
