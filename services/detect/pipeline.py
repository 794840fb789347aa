"""Detect: camera segments in; candidates with sealed evidence, counts and the camera's health out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import structlog

from services.capture.pipeline import read_cameras
from services.city.folder import CityFolder
from services.clock import WallClock
from services.collect import collect_seldom
from services.context import Context
from services.detect.desk import Detection, Output
from services.detect.recorded import SegmentError
from services.detect.told import Told
from services.detect.warm import TOPIC, warm_up
from services.evidence.behind import Behind
from services.evidence.copies import Copies
from services.evidence.stamps import Stamps, open_authority
from services.media.errors import MediaError
from services.media.store import MediaStore, open_media
from services.public_address import public_address
from services.settings import VisionSettings
from services.stream.base import Partition
from services.stream.dead_letter import DEAD_LETTER
from services.stream.errors import BackPressure, StreamError
from services.stream.runner import Incoming, Result, run_step
from vision.camera import CameraConfig
from vision.detector.base import Detector
from vision.detector.open import SHIPPED, open_detector, with_canvas
from vision.errors import EvidenceError, VisionError
from vision.evidence.keys import SealingKey, load_or_make_key
from vision.heads.detector import with_heads
from vision.plates.open import open_plates
from vision.plates.reader import PlateReader

MAX_SEGMENTS = 2
RETRY_S = 5.0
_log = structlog.get_logger(__name__)


class Detectors:
    """The detector that the settings name; painted scenes are watched by the shipped weights, which know them only.

    Parameters
    ----------
    settings : VisionSettings
        Names the weights.
    """

    def __init__(self, settings: VisionSettings) -> None:
        self._weights, self._has_canvas = settings.weights, settings.canvas
        self._opened: dict[bool, Detector | None] = {}

    def __call__(self, camera: CameraConfig) -> Detector | None:
        """Return a camera's detector; ``None`` where there are no usable weights."""
        if camera.is_scene not in self._opened:
            self._opened[camera.is_scene] = self._open(SHIPPED if camera.is_scene else self._weights)
        opened = self._opened[camera.is_scene]
        if opened is None:
            return None
        return with_heads(with_canvas(opened) if self._has_canvas and not camera.is_scene else opened, camera)

    def _open(self, weights: Path | None) -> Detector | None:
        try:
            return open_detector(weights) if weights else None
        except VisionError as error:
            _log.error("no detector", reason=str(error))
            return None


class Plates:
    """The plate reader that the settings name; painted scenes are read by the shipped one, which knows them only.

    Parameters
    ----------
    settings : VisionSettings
        Names the weights.
    """

    def __init__(self, settings: VisionSettings) -> None:
        self._weights = settings.plate_weights
        self._opened: dict[bool, PlateReader | None] = {}

    def __call__(self, camera: CameraConfig) -> PlateReader | None:
        """Return a camera's reader; ``None`` where there are no usable weights."""
        if camera.is_scene not in self._opened:
            self._opened[camera.is_scene] = self._open(is_scene=camera.is_scene)
        return self._opened[camera.is_scene]

    def _open(self, *, is_scene: bool) -> PlateReader | None:
        try:
            return open_plates(None if is_scene else self._weights) if is_scene or self._weights else None
        except VisionError as error:
            _log.error("no plates are read", reason=str(error))
            return None


def _start_behind(context: Context, media: MediaStore, key: SealingKey) -> list[Behind]:
    work = [Behind("redacted copies", lambda: Copies(media).make(key))]
    try:
        authority = open_authority(context.settings.evidence)
    except EvidenceError as error:
        _log.error("no time-stamps are asked for; what is sealed waits for them", reason=str(error))
        return work
    return [*work, Behind("time-stamps", lambda: Stamps(media).ask(authority))] if authority else work


def _wake(behind: Sequence[Behind], outputs: Sequence[Output]) -> None:
    if any(topic == "violations.candidates" for topic, *_ in outputs):
        for work in behind:
            work.wake()


def _partition(incoming: Incoming[Any]) -> Partition:
    return Partition(incoming.record.topic, incoming.record.partition)


def _ear(told: Told, detection: Detection) -> Callable[[], None]:
    """Return what lets the watched cameras hear all that was said since it was called last."""

    def hear() -> None:
        try:
            for said in told.read():
                detection.hear(said)
        except StreamError as error:
            _log.error("controllers and people are not heard", reason=str(error))

    return hear


def run(context: Context) -> None:
    """Watch segments until ``context.stop`` is set.

    Parameters
    ----------
    context : Context
        The log, the clock and the sign to stop.
    """
    collect_seldom()
    vision = context.settings.vision
    media = open_media(context.settings.place.media_url, context.settings.store.media_limit_gib)
    key = load_or_make_key(vision.key_file)
    detection = Detection(
        read_cameras(CityFolder(context.settings.place.city_dir)),
        Detectors(vision),
        media,
        key,
        Plates(vision),
        public_address(context.settings.evidence.tsa_url),
    )
    behind = _start_behind(context, media, key)
    told = Told(context.stream, WallClock().now_ms())
    hear = _ear(told, detection)
    hear()
    again, seen = warm_up(context.stream, detection, context.clock.now_ms, context.stop.is_set)

    def handle(batch: Sequence[Incoming[Any]]) -> Result:
        if batch and detection.is_full:
            again.extend(detection.quiet(context.clock.now_ms()))  # tries once more
            if detection.is_full:
                raise BackPressure("the media store takes no evidence; what was found waits", RETRY_S)
        fresh = [one for one in batch if (_partition(one), one.record.offset) not in seen]
        try:
            detection.recorded.read_ahead([one.message for one in fresh])
        except MediaError as error:
            raise BackPressure(f"segments cannot be read: {error}", RETRY_S) from error
        hear()
        outputs, again[:] = list(again), []
        rejected: list[tuple[Incoming[Any], str]] = []
        for incoming in fresh:
            try:
                outputs += detection.take(incoming.message, context.clock.now_ms())
                if any(name == DEAD_LETTER for name, _ in incoming.record.headers):
                    detection.recorded.release(incoming.message)
            except SegmentError as error:
                outputs += detection.refused(incoming.message, error.why, context.clock.now_ms())
                if error.is_kept:
                    _log.warning("segment refused", camera=incoming.key, reason=str(error))
                    rejected.append((incoming, str(error)))
        outputs += detection.quiet(context.clock.now_ms())
        _wake(behind, outputs)
        return Result(outputs=outputs, rejected=rejected)

    try:
        run_step(context, group="detect", topics=[TOPIC], handle=handle, max_records=MAX_SEGMENTS)
    finally:
        told.close()
        for work in behind:
            work.close()
