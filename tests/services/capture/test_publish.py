import time
from pathlib import Path

from schemas.camera import CameraSegment
from schemas.topics import TOPICS
from services.capture.publish import Publisher
from services.capture.ring import AGAIN_MS
from services.media.store import open_media
from services.stream import open_stream

KEPT_MS = 15 * 60_000


def segment(start_ms: int) -> CameraSegment:
    return CameraSegment(
        camera_id="C-1", segment=0, uri="-", sha256="0" * 64, start_ms=start_ms, end_ms=start_ms + 2000,
        received_ms=start_ms, frame_ms=(start_ms, start_ms + 2000), width=64, height=64, codec="h264", clock="received",
        uncertainty_s=0.0, gap_before_s=0.0, clock_off_ms=0,
    )  # fmt: skip


def test_old_live_segments_go_but_not_while_somebody_holds_them(tmp_path: Path) -> None:
    media = open_media(f"file://{tmp_path}/media")
    held, free = "segments/C-1/1000.mp4", "segments/C-1/3000.mp4"
    with open_stream(f"sqlite:///{tmp_path}/stream") as stream:
        stream.ensure_topics(TOPICS.values())
        publisher = Publisher(stream, media)
        for start_ms in (1000, 3000):
            publisher.segment(segment(start_ms), b"video", KEPT_MS)
        media.hold(held, "case-7")
        publisher.segment(segment(KEPT_MS + 10_000), b"video", KEPT_MS)
        assert (media.exists(held), media.exists(free)) == (True, False)
        media.release(held, "case-7")
        publisher.segment(segment(KEPT_MS + 12_000 + AGAIN_MS), b"video", KEPT_MS)
        assert not media.exists(held)
        publisher.close()


def test_segments_of_an_earlier_run_go_too_but_not_recordings_nor_what_is_held(tmp_path: Path) -> None:
    media = open_media(f"file://{tmp_path}/media")
    now_ms = time.time_ns() // 1_000_000
    long_ago = [f"segments/C-1/{now_ms - 20_000 + i}.mp4" for i in range(3)]
    for path in [*long_ago, "segments/C-1/1664098907000.mp4", f"segments/C-2/{now_ms - 20_000}.mp4"]:
        media.put(path, b"video")
    media.hold(long_ago[1], "case-7")
    with open_stream(f"sqlite:///{tmp_path}/stream") as stream:
        stream.ensure_topics(TOPICS.values())
        publisher = Publisher(stream, media)
        publisher.segment(segment(now_ms + KEPT_MS), b"video", KEPT_MS)
        publisher.close()
    assert media.list_below("segments") == sorted(
        [long_ago[1], "segments/C-1/1664098907000.mp4", f"segments/C-1/{now_ms + KEPT_MS}.mp4",
         f"segments/C-2/{now_ms - 20_000}.mp4"]
    )  # fmt: skip


def test_each_camera_keeps_its_segments_for_its_own_minutes(tmp_path: Path) -> None:
    media = open_media(f"file://{tmp_path}/media")
    with open_stream(f"sqlite:///{tmp_path}/stream") as stream:
        stream.ensure_topics(TOPICS.values())
        publisher = Publisher(stream, media)
        publisher.segment(segment(1000), b"video", 2 * 60_000)
        publisher.segment(segment(3000), b"video", 60 * 60_000)
        publisher.segment(segment(10 * 60_000), b"video", 2 * 60_000)
        publisher.close()
    assert media.list_below("segments") == ["segments/C-1/3000.mp4", "segments/C-1/600000.mp4"]
