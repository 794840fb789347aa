"""A vehicle stands in the junction after its own light turned red, so that the others cannot drive."""

from collections.abc import Mapping, Sequence

from vision.road import Road
from vision.rules.approach import ApproachView
from vision.rules.base import FOUR_WHEELS, Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.inside import InsideZone
from vision.rules.zone import ZoneView
from vision.trails import Trail


class JunctionBlocking(InsideZone):
    """Came over a stop line and stands in a ``junction`` zone ``blocking_s`` into its own red.

    Who waits there on green to turn is no such one, and whose approach was not seen is let be.

    Parameters
    ----------
    zone : ZoneView
        The junction.
    road : Road
        The camera's road.
    views : sequence of ApproachView
        The approaches.
    limits : Mapping of str to float
        ``blocking_s``.
    """

    name = "junction_blocking"
    users = FOUR_WHEELS

    def __init__(self, zone: ZoneView, road: Road, views: Sequence[ApproachView], limits: Mapping[str, float]) -> None:
        super().__init__(zone, road)
        self._views, self._least_s = views, limits["blocking_s"]

    def judge(self, trail: Trail, scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
        visit, stood_s = self.visit(trail), trail.still_s()
        if visit is None or stood_s < self._least_s:
            return None
        red_s = self._own_red_s(trail, scene)
        if red_s is None or min(red_s, stood_s, visit.seconds) < self._least_s:
            return None
        measured = {
            "stood_s": round(stood_s, 2),
            "own_red_s": round(red_s, 2),
            "inside_m": round(visit.depth_m, 2),
        }
        return self.finding(trail, visit, measured, exceptions_of(self.road))

    def _own_red_s(self, trail: Trail, scene: Scene) -> float | None:
        for view in self._views:
            history, light = view.histories.get(trail.track_id), scene.lights.get(view.id)
            if history is None or history.crossed is None or light is None:
                continue
            span = light.span_at(min(scene.time_ms, light.seen_until_ms))
            if span is not None and span.colour == "red":
                return (scene.time_ms - span.start_ms - span.error_ms) / 1000
        return None
