"""One camera watched: frames in; findings, looks, counts and the camera's health out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np

from schemas.camera_watch import CameraMinute
from schemas.violation import LampSpan, TrackPoint
from vision.camera import CameraConfig
from vision.counting import Counter
from vision.detector.base import Detector
from vision.eyes import Eyes, Tracked
from vision.frames import Frame
from vision.ground import GroundPlane
from vision.health import Sight
from vision.observer import Observer
from vision.rules import Finding
from vision.speed import FOOT_SD_HEIGHTS, GroundSpeed, ground_speed
from vision.tracks import Box, Look
from vision.trails import Trail
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
    counts: list[CameraMinute] = field(default_factory=list)
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
        self.eyes = Eyes(detector)
        self.observer = Observer(camera)
        self._counter = Counter(camera, self.observer.views)
        self._last_ms: int | None = None

    @property
    def sight(self) -> Sight:
        """How well the camera sees at the last frame."""
        return self.eyes.health.sight

    @property
    def view(self) -> ViewWatcher:
        """What the camera's view is held against."""
        return self.eyes.health.view

    def tell_clock(self, off_ms: int) -> None:
        """Take how far the camera's clock is off; rules rest while it is half a second or more."""
        self.eyes.health.clock_off_ms = off_ms

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
        for frame, tracked in self.eyes.track(frames):
            self.observer.take_lamps(frame.time_ms, self.observer.read_lamps(frame))
            self.watch(tracked, out)
        return out

    def watch(self, tracked: Tracked, out: Outputs) -> None:
        """Take the tracks of one frame, its lamps taken before, and add what became certain.

        Parameters
        ----------
        tracked : Tracked
            Of a frame later than the last.
        out : Outputs
            What is added to.
        """
        self._last_ms = tracked.time_ms
        out.frames += 1
        out.road_users += tracked.road_users
        out.looks += tracked.looks
        findings = self.observer.step(tracked.time_ms, tracked.looks, is_blind=tracked.is_blind)
        out.counts += self._counter.step(tracked.time_ms, self.observer.trails, is_blind=tracked.is_blind)
        out.acts += [self._act(finding) for finding in findings]

    def finish(self) -> Outputs:
        """Return what can still be said at the end of a recording."""
        out = Outputs()
        if self._last_ms is not None:
            out.acts += [self._act(finding) for finding in self.observer.finish(self._last_ms)]
            out.counts += self._counter.flush()
        return out

    def _act(self, finding: Finding) -> Act:
        trail = self.observer.trails.by_id.get(finding.track_id)
        looks = list(trail.looks) if trail is not None else [finding.at]
        around = [look for look in looks if abs(look.time_ms - finding.time_ms) <= TRACK_MS]
        light = self.observer.lights.get(finding.approach_id)
        spans = light.spans(finding.time_ms - TRACK_MS, finding.time_ms + TRACK_MS) if light else ()
        if trail is not None:
            finding = replace(finding, exceptions=finding.exceptions | _joined(trail, around))
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


def _joined(trail: Trail, around: Sequence[Look]) -> dict[str, str]:
    """Return that a track was joined of several among the looks of an act: the longest gap, and which numbers."""
    times = {look.time_ms for look in around}
    joins = [join for join in trail.joins if {join.lost_ms, join.found_ms} <= times]
    if not joins:
        return {}
    gap_s = max(join.found_ms - join.lost_ms for join in joins) / 1000
    numbers = " and ".join(str(number) for number in (trail.track_id, *(join.track_id for join in joins)))
    return {"track_joined": f"out of sight for {gap_s:.1f} s: tracks {numbers} are taken for one road user"}


def _measured(speed: GroundSpeed | None) -> dict[str, float]:
    if speed is None:
        return {}
    return {
        "speed_mps": round(speed.mps, 2),
        "speed_low_mps": round(speed.low_mps, 2),
        "speed_high_mps": round(speed.high_mps, 2),
    }


def _point(look: Look) -> TrackPoint:
    return TrackPoint(time_ms=look.time_ms, box=rounded(look.box), confidence=round(look.confidence, 4))


def rounded(box: Box) -> Box:
    """Return a box as the points of an act's track have it: to a tenth of a pixel."""
    left, top, right, bottom = box
    return round(left, 1), round(top, 1), round(right, 1), round(bottom, 1)
