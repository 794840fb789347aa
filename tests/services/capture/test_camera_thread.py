import hashlib
import itertools
import threading
from pathlib import Path
from typing import cast

import msgspec

from schemas.camera import CameraHealth, CameraSegment, CameraState
from schemas.message import M
from schemas.topics import TOPICS
from services.capture.camera_thread import CameraThread
from services.capture.publish import Publisher
from services.media.errors import MediaFullError
from services.media.store import MediaStore, open_media
from services.stream import open_stream
from services.stream.base import Stream
from tests.data import shared_data
from tests.vision.builders import CLIPS, real_camera
from vision.camera import CameraConfig, parse_camera, with_source
from vision.scenes.street import street_camera_yaml


class Stops(threading.Event):
    """A sign to stop that waits for nothing and is set after so many waits."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left, self.waits = after, []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        self.left -= 1
        if self.left <= 0:
            self.set()
        return self.is_set()


def record(
    tmp_path: Path, camera: CameraConfig, stop: threading.Event, *, loop: bool = False
) -> tuple[list[CameraSegment], list[CameraHealth], MediaStore]:
    media = open_media(f"file://{tmp_path}/media")
    with open_stream(f"sqlite:///{tmp_path}/stream") as stream:
        stream.ensure_topics(TOPICS.values())
        publisher = Publisher(stream, media)
        CameraThread(camera, publisher, lambda: 1_795_000_000_000, stop, loop=loop).run()
        publisher.close()
        return read(stream, "camera.segments", CameraSegment), read(stream, "camera.health", CameraHealth), media


def read(stream: Stream, topic: str, kind: type[M]) -> list[M]:
    consumer = stream.tail([topic], since_ms=0)
    found = []
    while records := consumer.poll(500, 0.05):
        found += [msgspec.json.decode(record.value, type=kind) for record in records]
    consumer.close()
    return found


class FullNow:
    """A media store whose disk is full for its third piece."""

    def __init__(self, media: MediaStore) -> None:
        self._media, self.puts = media, 0

    def put(self, path: str, data: bytes) -> str:
        self.puts += 1
        if self.puts == 3:
            raise MediaFullError("no space")
        return self._media.put(path, data)


def test_a_full_media_store_costs_a_piece_that_is_said_and_recording_goes_on(tmp_path: Path) -> None:
    media = FullNow(open_media(f"file://{tmp_path}/media"))
    with open_stream(f"sqlite:///{tmp_path}/stream") as stream:
        stream.ensure_topics(TOPICS.values())
        publisher = Publisher(stream, cast("MediaStore", media))
        CameraThread(real_camera("ly_thuong_kiet"), publisher, lambda: 1_795_000_000_000, Stops(100)).run()
        publisher.close()
        segments, health = read(stream, "camera.segments", CameraSegment), read(stream, "camera.health", CameraHealth)
    assert media.puts == 12
    assert [s.segment for s in segments] == list(range(11))
    assert [s.gap_before_s > 1 for s in segments] == [number == 2 for number in range(11)]
    assert [h.state.value for h in health] == ["ok", "lost", "ok", "lost"]
    assert "full" in health[1].text.en


def test_a_recording_with_a_clock_keeps_its_time_and_every_byte_is_stored_once(tmp_path: Path) -> None:
    segments, health, media = record(tmp_path, real_camera("ly_thuong_kiet"), Stops(100))
    assert [s.segment for s in segments] == list(range(12))
    assert segments[0].start_ms == 1664098907000
    assert sum(len(s.frame_ms) for s in segments) == 384
    assert all(hashlib.sha256(media.read(s.uri)).hexdigest() == s.sha256 for s in segments)
    assert [h.state for h in health] == [CameraState.OK, CameraState.LOST]
    assert "ended" in health[-1].text.en


def test_a_looped_file_is_played_as_of_now_again_and_again(tmp_path: Path) -> None:
    segments, health, _ = record(tmp_path, real_camera("redlight_pickup"), Stops(3), loop=True)
    assert {s.clock for s in segments} == {"live"}
    assert segments[0].start_ms == 1_795_000_000_000
    assert all(a.end_ms < b.start_ms for a, b in itertools.pairwise(segments))
    assert [h.state for h in health] == [CameraState.OK]


def test_a_source_that_cannot_be_opened_is_tried_again_with_pauses_of_at_most_four_seconds(tmp_path: Path) -> None:
    stop = Stops(5)
    camera = with_source(real_camera("ly_thuong_kiet"), str(tmp_path / "gone.mp4"))
    segments, health, _ = record(tmp_path, camera, stop)
    assert segments == []
    assert stop.waits == [2.0, 4.0, 4.0, 4.0, 4.0]
    assert [h.state for h in health] == [CameraState.LOST]  # said once, not at every try
    assert "gone.mp4" in health[0].text.en


def test_a_picture_of_another_size_than_the_camera_file_says_is_refused(tmp_path: Path) -> None:
    camera = with_source(real_camera("ly_thuong_kiet"), str(shared_data("cameras", CLIPS["redlight_pickup"])))
    segments, health, _ = record(tmp_path, camera, Stops(2))
    assert segments == []
    assert "is 854×480, but the camera file says 640×480" in health[0].text.en


def test_a_rendered_scene_is_recorded_like_a_camera(tmp_path: Path) -> None:
    camera = parse_camera(street_camera_yaml("SC-01", ("Ngã tư", "Junction"), (105.8, 21.0)).encode())
    segments, _, _ = record(tmp_path, camera, Stops(4))
    assert [len(s.frame_ms) for s in segments] == [20, 20, 20]
    assert (segments[0].width, segments[0].height, segments[0].codec) == (960, 540, "h264")
