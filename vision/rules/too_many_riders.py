"""Three or more people on one motorbike."""

from vision.camera_values import CameraConfig
from vision.road import Road
from vision.rules.base import Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.once import OncePerTrack
from vision.rules.riders import Tallies, is_good
from vision.trails import Trail

TOO_MANY = 3
SHARE = 0.6
WHO_RIDES = "not told by the machine: look whether there is a child, a sick or an old person"


class TooManyRiders(OncePerTrack):
    """At least three people joined to a motorbike in most of ``riders_looks`` or more good looks of one track.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    road : Road
        The camera's road.
    """

    name = "too_many_riders"
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
        heads = trail.last.heads
        if heads == 0 or not is_good(trail.last):
            return None
        tally = self._tallies.take(trail, shows=heads >= TOO_MANY)
        if tally.shown < self._tallies.limits["riders_looks"] or tally.share < SHARE or tally.best is None:
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
                "riders": float(best.heads),
                "looks": float(tally.looks),
                "share_of_looks": round(tally.share, 2),
            },
            exceptions=exceptions_of(self._road) | {"who_rides": WHO_RIDES},
            since_ms=tally.since_ms,
        )
