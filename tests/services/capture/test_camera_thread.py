import hashlib
import itertools
import threading
from collections.abc import Container
from dataclasses import replace
from pathlib import Path
from typing import cast

import cv2
import msgspec
import pytest
import structlog.testing

from schemas.camera import CameraHealth, CameraSegment, CameraState
from schemas.message import M
from schemas.topics import TOPICS
from services.capture.camera_thread import CameraThread
from services.capture.publish import Publisher
from services.media.errors import MediaError, MediaFullError
from services.media.store import MediaStore, open_media
from services.stream import open_stream
from services.stream.base import Outgoing, Producer, Stream
from services.stream.errors import NotAcknowledgedError
from tests.data import shared_data
from tests.vision.builders import CLIPS, picture, real_camera
from tests.vision.test_network_sources import serving
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
    """A media store that takes its third piece not, nor others that are named."""

    def __init__(self, media: MediaStore, error: Exception, fails: Container[int] = (3,)) -> None:
        self._media, self._error, self._fails, self.puts = media, error, fails, 0

    def put(self, path: str, data: bytes) -> str:
        self.puts += 1
        if self.puts in self._fails:
            raise self._error
        return self._media.put(path, data)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MediaFullError("no space"), "is full"),
        (MediaError("no answer"), "cannot be written"),
        (NotAcknowledgedError("away", []), "cannot be written"),
    ],
)
def test_a_store_or_a_log_that_takes_nothing_costs_a_piece_that_is_said_and_recording_goes_on(
    tmp_path: Path, error: Exception, said: str
) -> None:
    media = FullNow(open_media(f"file://{tmp_path}/media"), error)
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
    assert said in health[1].text.en


def test_pieces_that_are_not_kept_are_logged_ever_more_seldom_until_one_is(tmp_path: Path) -> None:
    media = FullNow(open_media(f"file://{tmp_path}/media"), MediaFullError("no space"), {1, 2, 3, 4, 5, 7})
    with open_stream(f"sqlite:///{tmp_path}/stream") as stream, structlog.testing.capture_logs() as logs:
        stream.ensure_topics(TOPICS.values())
        publisher = Publisher(stream, cast("MediaStore", media))
        CameraThread(real_camera("ly_thuong_kiet"), publisher, lambda: 1_795_000_000_000, Stops(100)).run()
        publisher.close()
    assert [entry["pieces"] for entry in logs if entry["event"] == "a piece was not kept"] == [1, 2, 4, 1]


def test_an_address_that_serves_a_finished_file_is_recorded_once_in_its_own_time(tmp_path: Path) -> None:
    with serving(shared_data("cameras")) as address:
        camera = with_source(real_camera("redlight_pickup"), f"{address}/{CLIPS['redlight_pickup']}")
        segments, health, _ = record(tmp_path, replace(camera, start_ms=1_664_098_907_000), Stops(100))
    assert ({s.clock for s in segments}, segments[0].start_ms) == ({"recorded"}, 1_664_098_907_000)
    assert sum(len(s.frame_ms) for s in segments) == 77
    assert "ended" in health[-1].text.en


def test_in_real_time_a_recording_is_handed_on_at_the_pace_at_which_it_was_taken(tmp_path: Path) -> None:
    stops = {mode: Stops(100) for mode in (None, "real_time", "capacity")}
    for mode, stop in stops.items():
        record(tmp_path / str(mode), replace(real_camera("ly_thuong_kiet"), mode=mode), stop)
    waited = {mode: sum(seconds for seconds in stop.waits if seconds) for mode, stop in stops.items()}
    assert waited[None] == waited["capacity"] == pytest.approx(waited["real_time"] / 20)
    assert waited["real_time"] == pytest.approx(64, abs=4)


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
    assert "gone.mp4: không mở được video (không có tệp hoặc địa chỉ này)" in health[0].text.vi


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


def test_a_recording_that_breaks_off_is_not_recorded_again_from_its_beginning(tmp_path: Path) -> None:
    for second, size in ((10, (640, 480)), (11, (640, 480)), (12, (640, 480)), (13, (320, 240))):
        cv2.imwrite(str(tmp_path / f"20260101_0000{second}.png"), picture(second, size))
    stop = Stops(50)
    segments, health, _ = record(tmp_path, with_source(real_camera("ly_thuong_kiet"), str(tmp_path)), stop)
    assert sum(len(s.frame_ms) for s in segments) == 3
    assert [h.state for h in health] == [CameraState.OK, CameraState.LOST]
    assert "is 320×240, but the camera file says 640×480" in health[1].text.en


def test_what_fails_again_and_again_is_logged_ever_more_seldom_and_never_with_a_password(tmp_path: Path) -> None:
    camera = with_source(real_camera("ly_thuong_kiet"), "rtsp://me:secret@127.0.0.1:9/stream?x=1")
    with structlog.testing.capture_logs() as logs:
        _, health, _ = record(tmp_path, camera, Stops(10))
    lost = [entry for entry in logs if entry["event"] == "camera lost"]
    assert [entry["tries"] for entry in lost] == [1, 2, 4, 8]
    assert [h.state for h in health] == [CameraState.LOST]
    assert "rtsp://127.0.0.1:9/stream?x=1: cannot be opened" in health[0].text.en
    assert "secret" not in f"{logs}{health}"


class Deaf:
    """A producer that takes nothing for its first few records."""

    def __init__(self, stream: Stream, fails: int) -> None:
        self._producer, self._left = stream.producer(), fails

    def send(self, records: list[Outgoing]) -> None:
        if self._left:
            self._left -= 1
            raise NotAcknowledgedError("the log is full", records)
        self._producer.send(records)

    def flush(self, timeout_s: float = 30.0) -> None:
        self._producer.flush(timeout_s)

    def close(self) -> None:
        self._producer.close()


def test_a_camera_whose_state_the_log_does_not_take_goes_on_and_tells_it_later(tmp_path: Path) -> None:
    camera = with_source(real_camera("ly_thuong_kiet"), str(tmp_path / "gone.mp4"))
    with open_stream(f"sqlite:///{tmp_path}/stream") as stream:
        stream.ensure_topics(TOPICS.values())
        publisher = Publisher(stream, open_media(f"file://{tmp_path}/media"))
        publisher._producer = cast("Producer", Deaf(stream, fails=2))
        CameraThread(camera, publisher, lambda: 1_795_000_000_000, Stops(5)).run()
        publisher.close()
        assert [h.state for h in read(stream, "camera.health", CameraHealth)] == [CameraState.LOST]
