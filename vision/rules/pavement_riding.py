"""A rider or driver goes along the pavement."""

from collections.abc import Mapping

from vision.road import Road
from vision.rules.base import Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.inside import InsideZone
from vision.rules.zone import ZoneView
from vision.trails import Trail

# Slower than this one may be pushing it; and the way into a house crosses the pavement.
LEAST_MPS = 2.2


class PavementRiding(InsideZone):
    """Rode ``pavement_m`` metres inside a ``pavement`` zone, faster than anybody pushes a motorbike.

    Parameters
    ----------
    zone : ZoneView
        The pavement.
    road : Road
        The camera's road.
    limits : Mapping of str to float
        ``pavement_m``.
    """

    name = "pavement_riding"

    def __init__(self, zone: ZoneView, road: Road, limits: Mapping[str, float]) -> None:
        super().__init__(zone, road)
        self._least_m = limits["pavement_m"]

    def judge(self, trail: Trail, _scene: Scene) -> Finding | None:
        """Return the act of one rider, ``None`` while there is none."""
        visit = self.visit(trail)
        if visit is None or visit.metres < self._least_m or visit.metres / max(visit.seconds, 0.1) < LEAST_MPS:
            return None
        measured = {
            "moved_m": round(visit.metres, 1),
            "inside_s": round(visit.seconds, 2),
            "inside_m": round(visit.depth_m, 2),
        }
        return self.finding(trail, visit, measured, exceptions_of(self.road))
