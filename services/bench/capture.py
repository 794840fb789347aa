"""`hanoi bench capture`: cameras recorded side by side for minutes; memory after the warm-up, and segments lost."""

import tempfile
import threading
import time
from itertools import groupby, islice
from pathlib import Path

import click
import msgspec
import numpy as np

from schemas.camera import CameraSegment
from schemas.topics import TOPICS
from services.bench.report import Figure, print_report
from services.capture.camera_thread import CameraThread
from services.capture.publish import Publisher
from services.media.store import open_media
from services.stream import open_stream
from services.stream.base import Stream
from vision.camera import parse_camera, with_source
from vision.scenes.street import FPS, open_street, street_camera_yaml
from vision.segments import encode

EVERY_S, WARM_UP_SHARE, LEAST_WARM_UP_S = 1.0, 0.2, 20.0
LIMIT_GIB = 0.25  # so small that the ring turns within minutes
PAGE = 4096
# Longer without a picture between two segments than this is a gap.
GAP_S = 1.0
CLIP_S = 6.0


@click.command()
@click.option("--cameras", default=4, show_default=True, type=click.IntRange(1, 64), help="How many at once.")
@click.option("--minutes", default=5.0, show_default=True, help="For how long.")
def capture(cameras: int, minutes: float) -> None:
    """Record cameras in real time into an embedded log and a folder, and watch memory and segments."""
    with tempfile.TemporaryDirectory() as name, open_stream(f"sqlite:///{name}/stream") as stream:
        stream.ensure_topics(TOPICS.values())
        (Path(name) / "street.mp4").write_bytes(_clip())
        sizes = _record(Path(name), stream, cameras, minutes * 60)
        segments = _segments(stream)
    warm = max(LEAST_WARM_UP_S, WARM_UP_SHARE * minutes * 60)
    after = [size for second, size in sizes if second >= warm]
    if len(after) < 8 or not segments:
        raise click.ClickException("too short to tell anything; give more --minutes")
    quarter = len(after) // 4
    first, last = float(np.median(after[:quarter])), float(np.median(after[-quarter:]))
    print_report(
        "capture",
        [
            Figure("memory_growth", "% after warm-up", round(100 * (last / first - 1), 2), goal="ours <= 1"),
            Figure("memory", "MiB", round(last / 2**20, 1)),
            Figure("segments", "of all cameras", len(segments)),
            Figure("segments_lost", "numbers skipped", _skipped(segments), goal="ours == 0"),
            Figure("gaps", "over a second between neighbours", _gaps(segments), goal="ours == 0"),
        ],
    )


def _record(folder: Path, stream: Stream, cameras: int, seconds: float) -> list[tuple[float, int]]:
    """Record, and return the memory of this process each second."""
    publisher = Publisher(stream, open_media(f"file://{folder}/media", LIMIT_GIB))
    stop = threading.Event()
    threads = [
        threading.Thread(target=_camera(i, folder / "street.mp4", publisher, stop).run, daemon=True)
        for i in range(cameras)
    ]
    for thread in threads:
        thread.start()
    began, sizes = time.monotonic(), []
    while (passed := time.monotonic() - began) < seconds:
        sizes.append((passed, _memory()))
        click.echo(f"\r{passed / 60:.1f} of {seconds / 60:g} min, {sizes[-1][1] >> 20} MiB", nl=False, err=True)
        stop.wait(EVERY_S)
    stop.set()
    for thread in threads:
        thread.join(10)
    publisher.close()
    return sizes


def _clip() -> bytes:
    """Return some seconds of a street; painting four cameras live would take more than recording them."""
    shots = list(islice(open_street("scene://street?seed=1").frames(), round(CLIP_S * FPS)))
    return encode([image for _, image in shots], [time_s for time_s, _ in shots]).data


def _camera(number: int, clip: Path, publisher: Publisher, stop: threading.Event) -> CameraThread:
    text = street_camera_yaml(f"BENCH-{number}", ("Thử", "Bench"), (105.85, 21.02))
    camera = with_source(parse_camera(text.encode(), "bench"), str(clip))
    return CameraThread(camera, publisher, lambda: time.time_ns() // 1_000_000, stop, loop=True)


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


def _segments(stream: Stream) -> list[CameraSegment]:
    consumer = stream.tail(["camera.segments"], since_ms=0)
    found: list[CameraSegment] = []
    while records := consumer.poll(500, 0.5):
        found += [msgspec.json.decode(record.value, type=CameraSegment) for record in records]
    consumer.close()
    return found


def _skipped(segments: list[CameraSegment]) -> int:
    """Count numbers that are absent, camera by camera."""
    return sum(own[-1].segment + 1 - len(own) for own in _by_camera(segments))


def _gaps(segments: list[CameraSegment]) -> int:
    """Count gaps: a machine with too much to do begins the clip late."""
    return sum(segment.gap_before_s > GAP_S for own in _by_camera(segments) for segment in own[1:])


def _by_camera(segments: list[CameraSegment]) -> list[list[CameraSegment]]:
    ordered = sorted(segments, key=lambda s: (s.camera_id, s.segment))
    return [list(own) for _, own in groupby(ordered, key=lambda s: s.camera_id)]
