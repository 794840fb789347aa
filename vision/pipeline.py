"""One camera watched: frames in; findings, looks, counts and the camera's health out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np

from schemas.camera import CameraCount
from schemas.violation import LampSpan, TrackPoint
from vision.camera import CameraConfig
from vision.clock_drift import OFF_MS
from vision.counting import Counter
from vision.detector.ahead import each_found
from vision.detector.base import Detector
from vision.frames import Frame
from vision.ground import GroundPlane
from vision.health import HealthWatcher, Sight
from vision.observer import Observer
from vision.riders import join_riders
from vision.rules import Finding
from vision.speed import FOOT_SD_HEIGHTS, GroundSpeed, ground_speed
from vision.tracks import Look, Tracker
from vision.view import ViewWatcher

TRACK_MS = 30_000
# The speed of an act is that of the last second and a half until so long after it.
SPEED_AFTER_MS = 500


@dataclass(frozen=True)
class Act:
    """A finding with what belongs to it: the lamp's spans and the road user's boxes around the act."""

    finding: Finding
    timeline: tuple[LampSpan, ...]
    track: tuple[TrackPoint, ...]


@dataclass
class Outputs:
    """What some frames of one camera gave."""

    acts: list[Act] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    counts: list[CameraCount] = field(default_factory=list)
    frames: int = 0
    road_users: int = 0


class Watcher:
    """Watches one camera; what it knows carries over from one call to the next.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    detector : Detector
        Finds road users in one frame.
    """

    def __init__(self, camera: CameraConfig, detector: Detector) -> None:
        self.camera = camera
        self._detector = detector
        self._tracker = Tracker()
        self.observer = Observer(camera)
        self._counter = Counter(camera, self.observer.views)
        self._health = HealthWatcher()
        self._last: Frame | None = None

    @property
    def sight(self) -> Sight:
        """How well the camera sees at the last frame."""
        return self._health.sight

    @property
    def view(self) -> ViewWatcher:
        """What the camera's view is held against."""
        return self._health.view

    def tell_clock(self, off_ms: int) -> None:
        """Take how far the camera's clock is off; rules rest while it is half a second or more."""
        self._health.clock_is_off = abs(off_ms) >= OFF_MS

    def step(self, frames: Iterable[Frame]) -> Outputs:
        """Take frames in the order of their times; one that is not later than the last is left out.

        Parameters
        ----------
        frames : iterable of Frame
            Pictures of the size the camera file names; the next are looked at while one is worked with.

        Returns
        -------
        Outputs
            What became certain.
        """
        out = Outputs()
        for frame, seen in each_found(self._detector, self._later(frames)):
            out.frames += 1
            sight = self._health.step(frame.time_ms, frame.image)
            found = join_riders(seen, self._tracker.two_wheelers_due(frame.time_ms))
            looks = self._tracker.step(frame.time_ms, frame.index, found)
            out.road_users += len(found)
            out.looks += looks
            self._watch(frame, looks, out, is_blind=sight.is_blind)
        return out

    def finish(self) -> Outputs:
        """Return what can still be said at the end of a recording."""
        out = Outputs()
        if self._last is not None:
            out.acts += [self._act(finding) for finding in self.observer.finish(self._last.time_ms)]
            out.counts += self._counter.flush()
        return out

    def _later(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        for frame in frames:
            if self._last is None or frame.time_ms > self._last.time_ms:
                self._last = frame
                yield frame

    def _watch(self, frame: Frame, looks: list[Look], out: Outputs, *, is_blind: bool) -> None:
        self.observer.read_lamps(frame)
        findings = self.observer.step(frame.time_ms, looks, is_blind=is_blind)
        out.counts += self._counter.step(frame.time_ms, self.observer.trails, is_blind=is_blind)
        out.acts += [self._act(finding) for finding in findings]

    def _act(self, finding: Finding) -> Act:
        trail = self.observer.trails.by_id.get(finding.track_id)
        looks = list(trail.looks) if trail is not None else [finding.at]
        around = [look for look in looks if abs(look.time_ms - finding.time_ms) <= TRACK_MS]
        light = self.observer.lights.get(finding.approach_id)
        spans = light.spans(finding.time_ms - TRACK_MS, finding.time_ms + TRACK_MS) if light else ()
        plane = self.observer.road.plane
        if plane is None:
            return Act(finding, spans, tuple(_point(look) for look in around))
        until = [look for look in looks if look.time_ms <= finding.time_ms + SPEED_AFTER_MS]
        measured = finding.measured | _measured(ground_speed(plane, until))
        return Act(replace(finding, measured=measured), spans, on_ground(plane, around))


def on_ground(plane: GroundPlane, looks: Sequence[Look]) -> tuple[TrackPoint, ...]:
    """Return the looks of a track with where their feet stood; a foot beyond the horizon stands nowhere."""
    feet = np.array([look.ground for look in looks]).reshape(-1, 2)
    places = plane.lon_lat(feet)
    errors = plane.error_m(feet, np.array([FOOT_SD_HEIGHTS * look.height_px for look in looks]))
    points = []
    for look, (lon, lat), error_m in zip(looks, places.tolist(), errors.tolist(), strict=True):
        point = _point(look)
        if np.isfinite(error_m):
            point = msgspec.structs.replace(point, lon=round(lon, 7), lat=round(lat, 7), error_m=round(error_m, 2))
        points.append(point)
    return tuple(points)


def _measured(speed: GroundSpeed | None) -> dict[str, float]:
    if speed is None:
        return {}
    return {
        "speed_mps": round(speed.mps, 2),
        "speed_low_mps": round(speed.low_mps, 2),
        "speed_high_mps": round(speed.high_mps, 2),
    }


def _point(look: Look) -> TrackPoint:
    return TrackPoint(time_ms=look.time_ms, box=_rounded(look.box), confidence=round(look.confidence, 4))


def _rounded(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(v, 1) for v in box)
    return left, top, right, bottom
