import itertools
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.camera import CameraHealth, CameraSegment, CameraState
from schemas.topics import TOPICS
from services.capture.camera_thread import CameraThread
from services.capture.publish import Publisher
from services.media.store import open_media
from services.stream import open_stream
from tests.data import shared_data
from tests.services.capture.test_camera_thread import read
from tests.vision.builders import CLIPS, real_camera
from tests.vision.rtsp_server import RtspCamera
from vision.camera import with_source

SPEED = 20.0


def clip() -> Path:
    return shared_data("cameras", CLIPS["ly_thuong_kiet"])


class Stopwatch(threading.Event):
    """A sign to stop that is set once so many pieces are stored; pauses are as much shorter as time runs faster."""

    def __init__(self, is_enough: Callable[[], bool]) -> None:
        super().__init__()
        self._is_enough = is_enough

    def wait(self, timeout: float | None = None) -> bool:
        if self._is_enough():
            self.set()
        return super().wait(None if timeout is None else timeout / SPEED)


def record(tmp_path: Path, address: str, pieces: int) -> tuple[list[CameraSegment], list[CameraHealth]]:
    """Record pieces of a camera whose time, and ours, runs twenty times as fast."""
    media = open_media(f"file://{tmp_path}/media")
    began = time.monotonic()
    stored = tmp_path / "media" / "segments" / "C-058"
    stop = Stopwatch(lambda: stored.is_dir() and len(list(stored.glob("*.mp4"))) >= pieces)
    with open_stream(f"sqlite:///{tmp_path}/stream") as stream:
        stream.ensure_topics(TOPICS.values())
        publisher = Publisher(stream, media)
        camera = with_source(real_camera("ly_thuong_kiet"), address)
        clock: Callable[[], int] = lambda: 1_795_000_000_000 + round((time.monotonic() - began) * 1000 * SPEED)  # noqa: E731
        thread = threading.Thread(target=CameraThread(camera, publisher, clock, stop).run, daemon=True)
        thread.start()
        thread.join(60)
        assert not thread.is_alive()
        publisher.close()
        return read(stream, "camera.segments", CameraSegment), read(stream, "camera.health", CameraHealth)


def test_an_rtsp_camera_is_recorded_in_pieces_with_rising_times(tmp_path: Path) -> None:
    segments, health = record(tmp_path, RtspCamera(clip(), speed=SPEED).address, 5)
    assert {s.clock for s in segments} == {"live"}
    assert {(s.width, s.height, s.codec) for s in segments} == {(640, 480, "h264")}
    times = list(itertools.chain.from_iterable(s.frame_ms for s in segments))
    assert all(a < b for a, b in itertools.pairwise(times))
    steps = sorted(b - a for s in segments for a, b in itertools.pairwise(s.frame_ms))
    assert steps[len(steps) // 2] == pytest.approx(1000 / 6, abs=2)
    assert [h.state for h in health] == [CameraState.OK]


def test_a_camera_that_loses_its_line_is_recorded_again_within_five_seconds_and_the_gap_is_told(tmp_path: Path) -> None:
    camera = RtspCamera(clip(), speed=SPEED)
    camera.cut_after = 900
    segments, health = record(tmp_path, camera.address, 7)
    assert camera.plays >= 2
    assert [h.state for h in health][:3] == [CameraState.OK, CameraState.LOST, CameraState.OK]
    lost, back = health[1].time_ms, health[2].time_ms
    # A second of waiting, the way to the second key frame of this clip (5.3 s), and a piece (5.3 s).
    assert back - lost < 5_000 + 2 * 5_400 + 4_000
    assert sum(s.gap_before_s > 1 for s in segments) == 1


def test_a_camera_whose_first_key_frame_is_slow_is_waited_for_and_asked_once(tmp_path: Path) -> None:
    camera = RtspCamera(clip(), speed=SPEED, first_key_s=2.0)  # 40 s of that camera's time
    segments, health = record(tmp_path, camera.address, 2)
    assert camera.plays == 1
    assert len(segments) >= 2
    assert [h.state for h in health] == [CameraState.OK]
