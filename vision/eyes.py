"""What one camera sees, up to the tracks and before any rule: boxes are found, riders joined, road users followed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vision.detector.ahead import each_found
from vision.detector.base import Detector
from vision.frames import Frame
from vision.health import HealthWatcher
from vision.riders import join_riders
from vision.tracks import Look, Tracker


@dataclass(frozen=True)
class Tracked:
    """The tracks of one frame: what everything behind the tracker works with.

    Attributes
    ----------
    looks : list of Look
        Also earlier ones, of tracks that were just confirmed.
    road_users : int
        How many were found.
    is_blind : bool
        Whether rules must rest.
    """

    time_ms: int
    looks: list[Look]
    road_users: int
    is_blind: bool


class Eyes:
    """Follows the road users of one camera.

    Parameters
    ----------
    detector : Detector
        Finds road users in one frame.
    """

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._tracker = Tracker()
        self.health = HealthWatcher()
        self.last: Frame | None = None

    def track(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, Tracked]]:
        """Yield each frame with its tracks; one that is not later than the last is left out.

        Parameters
        ----------
        frames : iterable of Frame
            In the order of their times; the next are looked at while one is worked with.

        Yields
        ------
        tuple
            A frame and its tracks.
        """
        for frame, seen in each_found(self._detector, self._later(frames)):
            sight = self.health.step(frame.time_ms, frame.image)
            found = join_riders(seen, self._tracker.two_wheelers_due(frame.time_ms))
            looks = self._tracker.step(frame.time_ms, frame.index, found)
            yield frame, Tracked(frame.time_ms, looks, len(found), sight.is_blind)

    def _later(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        for frame in frames:
            if self.last is None or frame.time_ms > self.last.time_ms:
                self.last = frame
                yield frame
