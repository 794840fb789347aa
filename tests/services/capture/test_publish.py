from pathlib import Path

from schemas.camera import CameraSegment
from schemas.topics import TOPICS
from services.capture.publish import KEPT_MS, Publisher
from services.media.store import open_media
from services.stream import open_stream


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
            publisher.segment(segment(start_ms), b"video", keep=False)
        media.hold(held, "case-7")
        publisher.segment(segment(KEPT_MS + 10_000), b"video", keep=False)
        assert (media.exists(held), media.exists(free)) == (True, False)
        media.release(held, "case-7")
        publisher.segment(segment(KEPT_MS + 12_000), b"video", keep=False)
        publisher.segment(segment(KEPT_MS + 14_000), b"video", keep=False)
        assert not media.exists(held)
        publisher.close()
