"""What rules about the people on a motorbike share: several looks of one track, or nothing is said."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from vision.camera_values import CameraConfig
from vision.road import Road
from vision.rules.base import Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.once import OncePerTrack
from vision.tracks import Look
from vision.trails import Trail

# Small riders are not counted well: a motorbike with its riders is at least so tall, and surely seen.
LEAST_PX, LEAST_CONFIDENCE = 60.0, 0.5
FORGET_MS = 60_000
# So much of a box may be another's of those who ride or walk.
LIGHT, SHARED = frozenset({"motorcycle", "bicycle", "person"}), 0.05
WHO_RIDES = "not told by the machine: look whether there is a child, a sick or an old person"


@dataclass
class Tally:
    """Of one track: how many looks were good enough, how many of them show it, and the last of those."""

    looks: int = 0
    shown: int = 0
    since_ms: int = 0
    last_ms: int = 0
    best: Look | None = None

    @property
    def share(self) -> float:
        """Which share of the looks shows it."""
        return self.shown / max(self.looks, 1)


class RiderRule(OncePerTrack):
    """Speaks once a share of enough good looks of one motorbike shows it.

    Parameters
    ----------
    camera : CameraConfig
        Its first approach names the place.
    road : Road
        The camera's road.
    """

    users = frozenset({"motorcycle"})
    least_share: ClassVar[float]

    def __init__(self, camera: CameraConfig, road: Road) -> None:
        super().__init__()
        self._place_id = camera.approaches[0].id if camera.approaches else camera.id
        self._road, self._limits = road, camera.limits
        self._tallies: dict[int, Tally] = {}

    @property
    def place_id(self) -> str:
        """The first approach, or the camera itself."""
        return self._place_id

    @abstractmethod
    def count(self, look: Look) -> int | None:
        """Return how many people a look shows that the rule asks of, ``None`` where it does not tell."""

    def tell(self, trail: Trail, scene: Scene, least: int, looks_limit: str, measure: str) -> Finding | None:
        """Count the last look; return the act once enough looks show at least so many people."""
        look, people = trail.last, self.count(trail.last)
        if people is None or not is_good(look) or not is_alone(trail, scene):
            return None
        tally = self._take(trail, shows=people >= least)
        if tally.shown < self._limits[looks_limit] or tally.share < self.least_share or tally.best is None:
            return None
        best = tally.best
        return Finding(
            rule=self.name,
            approach_id=self.place_id,
            track_id=trail.track_id,
            at=best,
            time_ms=best.time_ms,
            confidence=round(min(0.99, tally.share * best.confidence), 4),
            measured={
                measure: float(self.count(best) or 0),
                "looks": float(tally.looks),
                "share_of_looks": round(tally.share, 2),
            },
            exceptions=exceptions_of(self._road) | {"who_rides": WHO_RIDES},
            since_ms=tally.since_ms,
        )

    def _take(self, trail: Trail, *, shows: bool) -> Tally:
        look = trail.last
        tally = self._tallies.get(trail.track_id)
        if tally is None:
            self._tallies = {i: t for i, t in self._tallies.items() if look.time_ms - t.last_ms < FORGET_MS}
            tally = self._tallies[trail.track_id] = Tally(since_ms=look.time_ms)
        tally.looks, tally.last_ms = tally.looks + 1, look.time_ms
        if shows:
            tally.shown += 1
            if tally.best is None or look.height_px > tally.best.height_px:
                tally.best = look
        return tally


def is_good(look: Look) -> bool:
    """Tell whether riders can be counted in a look."""
    return look.height_px >= LEAST_PX and look.confidence >= LEAST_CONFIDENCE


def is_alone(trail: Trail, scene: Scene) -> bool:
    """Tell whether nobody else's box reaches into its own, nor did where it was last seen.

    In a crowd the neighbours' riders are counted with it, and then the neighbour itself may not be seen any more.
    """
    left, top, right, bottom = trail.last.box
    for other in scene.trails.by_id.values():
        if other is trail or other.label not in LIGHT:
            continue
        low_x, low_y, high_x, high_y = other.last.box
        wide, high = min(right, high_x) - max(left, low_x), min(bottom, high_y) - max(top, low_y)
        if wide > 0 and high > 0 and wide * high > SHARED * (right - left) * (bottom - top):
            return False
    return True
