"""Somebody drives faster than allowed, even by the slow end of the interval: for screening, never a measurement."""

from vision.camera_values import CameraConfig
from vision.road import Road
from vision.rules.base import Finding, Scene
from vision.rules.excuses import exceptions_of
from vision.rules.once import OncePerTrack
from vision.speed import ground_speed
from vision.trails import Trail

SCREENING = "the speed is for screening: no measurement of a calibrated device, no fine may rest on it"
# Worth a closer look from so near to the limit on; and each track only so often.
NEAR, EACH_MS = 0.9, 500
# A box that grows as somebody comes out from behind another seems to leap: it is over the limit for so long or not,
# and a foot that is not known to 0.8 m says nothing.
LASTS_MS, MOST_SD_M = 1_000, 0.8


class SpeedScreening(OncePerTrack):
    """The low end of the 90 % interval of the ground speed lies above the camera's ``speed_limit_kmh``.

    Parameters
    ----------
    camera : CameraConfig
        With a limit and ground marks.
    road : Road
        The camera's road.
    """

    name = "speed_screening"

    def __init__(self, camera: CameraConfig, road: Road) -> None:
        super().__init__()
        self._road, self._id = road, camera.approaches[0].id if camera.approaches else camera.id
        self._limit_mps = (camera.speed_limit_kmh or 0.0) / 3.6
        self._asked: dict[int, int] = {}
        self._over: dict[int, int] = {}

    @property
    def place_id(self) -> str:
        """The first approach, or the camera itself."""
        return self._id

    def judge(self, trail: Trail, scene: Scene) -> Finding | None:
        """Return the act of one driver, ``None`` while there is none."""
        plane = self._road.plane
        if plane is None or not self._limit_mps or scene.time_ms - self._asked.get(trail.track_id, 0) < EACH_MS:
            return None
        self._asked = {i: t for i, t in self._asked.items() if scene.time_ms - t < 60_000}
        self._over = {i: t for i, t in self._over.items() if i in self._asked}
        self._asked[trail.track_id] = scene.time_ms
        speed = None
        if trail.place.sd_m <= MOST_SD_M and trail.moved_m(1.0) >= NEAR * self._limit_mps:
            speed = ground_speed(plane, list(trail.looks))
        if speed is None or speed.low_mps <= self._limit_mps:
            self._over.pop(trail.track_id, None)
            return None
        since_ms = self._over.setdefault(trail.track_id, scene.time_ms)
        if scene.time_ms - since_ms < LASTS_MS:
            return None
        look = trail.last
        return Finding(
            rule=self.name,
            approach_id=self._id,
            track_id=trail.track_id,
            at=look,
            time_ms=look.time_ms,
            confidence=round(min(0.99, look.confidence), 4),
            measured={
                "limit_mps": round(self._limit_mps, 2),
                "over_at_least_mps": round(speed.low_mps - self._limit_mps, 2),
            },
            exceptions=exceptions_of(self._road) | {"screening": SCREENING},
            since_ms=since_ms - LASTS_MS,
        )
