"""One recording watched piece by piece, as the services do it, without a stream between."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from schemas.camera_watch import CameraMinute
from services.cases.law import catalogue_sha256
from vision.camera import CameraConfig
from vision.detector.base import Detector
from vision.errors import VideoError
from vision.evidence.clip import StoredPiece, read_piece
from vision.evidence.collector import Claim, Collector
from vision.pieces import source_pieces
from vision.pipeline import Watcher
from vision.plates.track import PlateSource
from vision.tracks import Look

# Event time of the first picture where nobody says it: 2000-01-01, so that nobody takes it for the act's.
UNKNOWN_START_MS = 946_684_800_000


@dataclass(frozen=True)
class Result:
    """What one piece of the recording gave; ``silent`` are rules that can say nothing, with the reason."""

    frames: int
    looks: list[Look]
    counts: list[CameraMinute]
    claims: list[Claim]
    silent: dict[str, str] = field(default_factory=dict)


def watch_recording(
    camera: CameraConfig,
    detector: Detector,
    plates: PlateSource | None = None,
    *,
    seconds: float | None = None,
    on_bad: Callable[[str], None] | None = None,
) -> Iterator[Result]:
    """Watch a recording from its first to its last frame.

    Parameters
    ----------
    camera : CameraConfig
        The camera; its ``source`` is the recording.
    detector : Detector
        Finds road users.
    plates : PlateSource, optional
        Reads plates.
    seconds : float, optional
        Stop after so many seconds; needed for scenes, which never end.
    on_bad : callable, optional
        Takes one sentence for each thing left out.

    Yields
    ------
    Result
        One a piece, and one for the end.

    Raises
    ------
    VideoError
        If the recording cannot be read or has another size than the camera file says.
    """
    watcher, collector = (
        Watcher(camera, detector),
        Collector(camera, detector, plates, {"law_sha256": catalogue_sha256()}),
    )
    start_ms = UNKNOWN_START_MS if camera.start_ms is None else camera.start_ms
    frames = 0
    for piece in source_pieces(camera.source, on_bad=on_bad):
        if seconds is not None and piece.frame_s[0] >= seconds:
            break
        if abs(piece.width - camera.frame[0]) > 1 or abs(piece.height - camera.frame[1]) > 1:
            raise VideoError(
                f"{camera.source}: is {piece.width}×{piece.height}, but the camera file of {camera.id} says "
                f"frame {camera.frame[0]}×{camera.frame[1]}; its lines would lie elsewhere"
            )
        stored = StoredPiece(piece.data, tuple(start_ms + round(s * 1000) for s in piece.frame_s))
        out = watcher.step(list(read_piece(stored, frames)))
        frames += len(piece.frame_s)
        yield Result(out.frames, out.looks, out.counts, collector.take(stored, out, watcher.sight))
    end = watcher.finish()
    yield Result(0, end.looks, end.counts, collector.flush(end.acts), watcher.observer.silent)
