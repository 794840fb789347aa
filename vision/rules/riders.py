"""What rules about the people on a motorbike share: several looks of one track, or nothing is said."""

from collections.abc import Mapping
from dataclasses import dataclass

from vision.camera_values import CameraConfig
from vision.tracks import Look
from vision.trails import Trail

# Small riders are not counted well: a motorbike with its riders is at least so tall, and surely seen.
LEAST_PX, LEAST_CONFIDENCE = 60.0, 0.5
FORGET_MS = 60_000


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


class Tallies:
    """Counts looks of every motorbike's track.

    Parameters
    ----------
    camera : CameraConfig
        Its first approach names the place.
    limits : Mapping of str to float
        The camera's limits.
    """

    def __init__(self, camera: CameraConfig, limits: Mapping[str, float]) -> None:
        self.place_id = camera.approaches[0].id if camera.approaches else camera.id
        self.limits = limits
        self._tallies: dict[int, Tally] = {}

    def take(self, trail: Trail, *, shows: bool) -> Tally:
        """Count one look."""
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
