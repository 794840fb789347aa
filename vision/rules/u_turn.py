"""A driver turns back where that is forbidden (P.124)."""

from collections.abc import Mapping
from math import acos, degrees, hypot

from vision.camera_values import Point
from vision.road import Place, Road
from vision.rules.base import Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.inside import InsideZone
from vision.rules.zone import ZoneView
from vision.trails import Trail

# Turned by at least 150°, and back beside where it came: in a line with it, it only backed.
BACK, ASIDE_M, ALONG_M = -0.866, 2.0, 4.0
# A box that shakes while somebody stands points anywhere; a turn takes its time, the fastest of a motorcycle 1.6 s.
LEAST_S = 1.5
# The way somebody goes is told over so much of it: while one waits, its box leaps, when others hide it.
RUN_M = 3.0


class UTurn(InsideZone):
    """Turned back inside a ``no_u_turn`` zone.

    Parameters
    ----------
    zone : ZoneView
        The zone.
    road : Road
        The camera's road.
    limits : Mapping of str to float
        None of them.
    """

    name = "u_turn"

    def __init__(self, zone: ZoneView, road: Road, limits: Mapping[str, float]) -> None:
        super().__init__(zone, road)
        self._limits = limits
        self._came: dict[int, Point] = {}

    def judge(self, trail: Trail, _scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
        visit = self.visit(trail) if trail.place.is_foot else None
        now = _last_way(trail) if visit is not None else None
        if visit is None or now is None:
            return None
        came = self._came.get(trail.track_id)
        if came is None or visit.looks == 1:
            self._came = {i: way for i, way in self._came.items() if i in self._visits} | {trail.track_id: now}
            return None
        cosine = came[0] * now[0] + came[1] * now[1]
        if cosine > BACK or visit.seconds < LEAST_S or not self._is_beside(trail, visit.began, came):
            return None
        measured = {"turned_deg": round(degrees(acos(max(-1.0, cosine)))), "inside_s": round(visit.seconds, 2)}
        return self.finding(trail, visit, measured, exceptions_of(self.road))

    def _is_beside(self, trail: Trail, began: Place, came: Point) -> bool:
        """Tell whether it drives back beside its way in: some metres along it, not on it."""
        per_m, at = trail.place.per_m, trail.place
        aside_m = abs((at.x - began.x) * came[1] - (at.y - began.y) * came[0]) / per_m
        ahead = [(p.x - at.x) * came[0] + (p.y - at.y) * came[1] for p in trail.places if p.is_foot]
        return aside_m >= ASIDE_M and max(ahead) / per_m >= ALONG_M


def _way(start: Place, end: Place) -> Point:
    length = hypot(end.x - start.x, end.y - start.y) or 1.0
    return (end.x - start.x) / length, (end.y - start.y) / length


def _last_way(trail: Trail) -> Point | None:
    """Return where it drove over the last metres; ``None`` while it has not driven so far."""
    for place in reversed(trail.places):
        if place.is_foot and place.metres_to(trail.place) >= RUN_M:
            return _way(place, trail.place)
    return None
