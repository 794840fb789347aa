"""A road user drives in a lane that is not for it: the BRT's, the buses', or one of certain vehicles."""

from collections.abc import Mapping
from typing import ClassVar

from vision.road import Road
from vision.rules.base import Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.inside import InsideZone
from vision.rules.zone import ZoneView
from vision.trails import Trail

# A lane is crossed at a slant, or used to pass somebody who stands; along it for so far is another thing.
ALONG_M = 12.0


class Lane(InsideZone):
    """Drove inside a lane zone for ``lane_s`` and some way along it, and is none of those it is for.

    Parameters
    ----------
    zone : ZoneView
        The lane; its ``allowed`` may use it.
    road : Road
        The camera's road.
    limits : Mapping of str to float
        ``lane_s``.
    """

    name = "lane"
    always: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, zone: ZoneView, road: Road, limits: Mapping[str, float]) -> None:
        super().__init__(zone, road)
        self._least_s = limits["lane_s"]
        self._allowed = self.always | set(zone.zone.allowed)

    def judge(self, trail: Trail, scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
        if trail.label in self._allowed or not self.zone.is_on(scene.time_ms):
            return None
        visit = self.visit(trail)
        if visit is None or visit.seconds < self._least_s or visit.metres < ALONG_M:
            return None
        measured = {
            "inside_s": round(visit.seconds, 2),
            "moved_m": round(visit.metres, 1),
            "inside_m": round(visit.depth_m, 2),
        }
        return self.finding(trail, visit, measured, exceptions_of(self.road))


class BusLane(Lane):
    """The same for lanes of buses."""

    name = "bus_lane"
    always = frozenset({"bus"})


class BrtLane(Lane):
    """The same for the lanes of the BRT."""

    name = "brt_lane"
    always = frozenset({"bus"})
