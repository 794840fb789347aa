"""What rules share about driving inside a zone: since when, how far, how surely."""

from dataclasses import dataclass

from vision.road import Place, Road
from vision.rules.base import Finding
from vision.rules.once import OncePerTrack
from vision.rules.zone import ZoneView
from vision.trails import Trail

# Nearer to the edge than this, or than two deviations of its foot, it may as well be outside.
DEPTH_M, DEPTH_SDS = 0.3, 2.0
FORGET_MS = 30_000


@dataclass
class Visit:
    """One road user's stay inside a zone; ``metres`` is how far it is from where it came in, or came farthest."""

    since_ms: int
    began: Place
    until_ms: int
    metres: float
    depth_m: float
    looks: int = 1

    @property
    def seconds(self) -> float:
        """For how long it has been inside."""
        return (self.until_ms - self.since_ms) / 1000


class InsideZone(OncePerTrack):
    """Follows who is surely inside a zone.

    Parameters
    ----------
    zone : ZoneView
        The zone.
    road : Road
        The camera's road.
    """

    def __init__(self, zone: ZoneView, road: Road) -> None:
        super().__init__()
        self.zone, self.road = zone, road
        self._visits: dict[int, Visit] = {}

    @property
    def place_id(self) -> str:
        """The zone it watches."""
        return self.zone.id

    def visit(self, trail: Trail) -> Visit | None:
        """Take a trail's last look; return its stay, ``None`` while it is not surely inside."""
        depth_m, time_ms = self.zone.depth_m(trail), trail.last.time_ms
        if depth_m < max(DEPTH_M, DEPTH_SDS * trail.place.sd_m):
            if depth_m < 0:
                self._visits.pop(trail.track_id, None)
            return None
        visit = self._visits.get(trail.track_id)
        if visit is None or time_ms - visit.until_ms > FORGET_MS:
            visit = self._visits[trail.track_id] = Visit(time_ms, trail.place, time_ms, 0.0, depth_m)
            self._visits = {i: v for i, v in self._visits.items() if time_ms - v.until_ms <= FORGET_MS}
            return visit
        visit.until_ms, visit.looks = time_ms, visit.looks + 1
        visit.metres = max(visit.metres, visit.began.metres_to(trail.place))
        visit.depth_m = min(visit.depth_m, depth_m)
        return visit

    def finding(self, trail: Trail, visit: Visit, measured: dict[str, float], exceptions: dict[str, str]) -> Finding:
        """Return the act of one who is inside."""
        look = trail.last
        return Finding(
            rule=self.name,
            approach_id=self.zone.id,
            track_id=trail.track_id,
            at=look,
            time_ms=look.time_ms,
            confidence=round(min(0.99, look.confidence), 4),
            measured=measured,
            exceptions=exceptions,
            since_ms=visit.since_ms,
        )
