"""Somebody rides a motorbike without a helmet, seen in several looks; without a model that knows helmets: nothing."""

from vision.camera_values import CameraConfig
from vision.road import Road
from vision.rules.base import Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.once import OncePerTrack
from vision.rules.riders import Tallies, is_good
from vision.rules.too_many_riders import WHO_RIDES
from vision.trails import Trail

SHARE = 0.8


class Helmet(OncePerTrack):
    """A bare head in nearly all of ``helmet_looks`` or more good looks of one track.

    A look whose detector does not tell helmets (``bare_heads`` is ``None``) says nothing.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    road : Road
        The camera's road.
    """

    name = "helmet"
    users = frozenset({"motorcycle"})

    def __init__(self, camera: CameraConfig, road: Road) -> None:
        super().__init__()
        self._road, self._tallies = road, Tallies(camera, camera.limits)

    @property
    def place_id(self) -> str:
        """The first approach, or the camera itself."""
        return self._tallies.place_id

    def judge(self, trail: Trail, _scene: Scene) -> Finding | None:
        """Return the act of one rider, ``None`` while there is none."""
        bare = trail.last.bare_heads
        if bare is None or not is_good(trail.last):
            return None
        tally = self._tallies.take(trail, shows=bare > 0)
        if tally.shown < self._tallies.limits["helmet_looks"] or tally.share < SHARE or tally.best is None:
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
                "bare_heads": float(best.bare_heads or 0),
                "looks": float(tally.looks),
                "share_of_looks": round(tally.share, 2),
            },
            exceptions=exceptions_of(self._road) | {"who_rides": WHO_RIDES},
            since_ms=tally.since_ms,
        )
