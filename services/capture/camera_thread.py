"""One camera recorded: pieces of its source with event times; a lost source is tried again with back-off."""

import threading
from collections.abc import Callable

import structlog

from schemas.camera import CameraHealth, CameraSegment, CameraState
from schemas.text import Text
from services.capture.publish import Publisher
from services.capture.timing import LiveTime, RecordedTime
from services.media.errors import MediaError, MediaFullError
from services.picture_reasons import reason_text
from services.public_address import public_address
from services.stream.errors import StreamError
from vision.camera import CameraConfig
from vision.clock_drift import ClockWatcher
from vision.errors import VideoError
from vision.pieces import is_finished, source_pieces
from vision.segments import Piece

# A camera that is back is recorded again within five seconds.
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 4.0
# A recording that keeps its own time is handed on faster than it was taken, but not all at once.
RECORDED_SPEED = 20.0
ENDED = Text(vi="Bản ghi đã hết; không có hình mới.", en="The recording has ended; no new pictures come.")
NO_ROOM = Text(vi="Kho lưu trữ đầy; hình không được giữ.", en="The media store is full; pictures are not kept.")
NOT_KEPT = Text(
    vi="Không ghi được vào kho lưu trữ hoặc nhật ký; hình không được giữ.",
    en="The media store or the log cannot be written; pictures are not kept.",
)
OK_TEXT = Text(vi="Đang có hình.", en="Pictures come.")

_log = structlog.get_logger(__name__)


class CameraThread:
    """Records one camera until ``stop`` is set.

    Parameters
    ----------
    camera : CameraConfig
        The camera.
    publisher : Publisher
        Takes segments and states.
    now_ms : callable
        The city's clock.
    stop : threading.Event
        Set when recording shall end.
    loop : bool
        Whether a file begins again when it ends, each time as of now.
    """

    def __init__(
        self,
        camera: CameraConfig,
        publisher: Publisher,
        now_ms: Callable[[], int],
        stop: threading.Event,
        *,
        loop: bool = False,
    ) -> None:
        self._camera, self._publisher, self._now_ms, self._stop = camera, publisher, now_ms, stop
        self._wants_loop, self._is_recognised = loop, False
        self._take_as(is_stream="://" in camera.source and not camera.is_scene)
        self._clock = ClockWatcher()
        self._segments = self._frames = self._tries = self._lost_pieces = 0
        self._said: tuple[CameraState, Text] | None = None
        self._since_ms = 0
        self._last_end_ms: int | None = None

    def run(self) -> None:
        """Record until stopped, or until a recording that does not loop has ended."""
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            before = self._segments
            try:
                self._record()
                if self._stop.is_set():
                    return
                if not self._loop and not self._is_stream:
                    self._say(CameraState.LOST, ENDED)
                    return
                if self._is_stream:
                    raise VideoError(f"{self._camera.source}: the stream ended")
            except VideoError as error:
                if self._segments > before:
                    wait_s = FIRST_WAIT_S
                    if self._is_recording:  # begun again, what was recorded of it would come twice
                        self._lost(str(error), None)
                        return
                else:
                    wait_s = min(LONGEST_WAIT_S, wait_s * 2)
                self._lost(str(error), wait_s)
                self._stop.wait(wait_s)
            except Exception as error:  # noqa: BLE001 - one camera's failure must not end the others
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)
                _log.exception("camera failed", camera=self._camera.id)
                self._lost(type(error).__name__, wait_s)
                self._stop.wait(wait_s)

    def _take_as(self, *, is_stream: bool) -> None:
        """Set what follows from whether the source is a stream: its clock, its end, how long its pieces stay."""
        camera, self._is_stream = self._camera, is_stream
        self._loop = self._wants_loop and not is_stream
        own_time = camera.start_ms is not None and self._is_recording
        self._time = RecordedTime(camera.start_ms or 0) if own_time else LiveTime(self._now_ms)
        self._keep_ms = None if own_time else round(camera.keep_minutes * 60_000)

    def _recognise(self) -> None:
        """Find out, once it answers, whether an address serves a finished file: that is read once, as any file is."""
        if self._is_stream and not self._is_recognised and is_finished(self._camera.source):
            _log.info("the address serves a finished recording", camera=self._camera.id)
            self._take_as(is_stream=False)
        self._is_recognised = True

    @property
    def _is_recording(self) -> bool:
        """Whether the source is a file or a folder that is read once."""
        return not (self._loop or self._is_stream or self._camera.is_scene)

    def _record(self) -> None:
        self._recognise()
        if isinstance(self._time, LiveTime):
            self._time.restart()
        self._clock = ClockWatcher()
        for piece in source_pieces(self._camera.source, on_bad=self._warn):
            if self._stop.is_set():
                return
            self._check_size(piece)
            self._publish(piece)

    def _publish(self, piece: Piece) -> None:
        clock_off_ms = self._clock.see(piece.frame_s[-1], self._now_ms()) if self._is_stream else 0
        duration_s = piece.frame_s[-1] - piece.frame_s[0]
        if isinstance(self._time, RecordedTime):
            frame_ms = self._time.frame_ms(piece.frame_s)
            self._stop.wait(duration_s / (1.0 if self._camera.is_real_time(is_live=False) else RECORDED_SPEED))
        else:
            frame_ms = self._time.frame_ms(piece.frame_s, ends_now=self._is_stream)
            self._stop.wait(max(0.0, (frame_ms[-1] - self._now_ms()) / 1000))
        if self._stop.is_set():
            return
        segment = self._segment(piece, frame_ms, clock_off_ms)
        try:
            self._publisher.segment(segment, piece.data, self._keep_ms)
        except (MediaError, StreamError) as error:  # the next piece may find room; this one is a gap
            self._not_kept(error)
            return
        self._lost_pieces = 0
        self._last_end_ms = frame_ms[-1]
        self._segments += 1
        self._frames += len(frame_ms)
        self._say(CameraState.OK, OK_TEXT)

    def _not_kept(self, error: Exception) -> None:
        """Say that a piece is lost; the log hears of it ever more seldom until one is kept again."""
        self._lost_pieces += 1
        if self._lost_pieces.bit_count() == 1:
            _log.warning("a piece was not kept", camera=self._camera.id, reason=str(error), pieces=self._lost_pieces)
        self._say(CameraState.LOST, NO_ROOM if isinstance(error, MediaFullError) else NOT_KEPT)

    def _segment(self, piece: Piece, frame_ms: tuple[int, ...], clock_off_ms: int) -> CameraSegment:
        gap_s = 0.0 if self._last_end_ms is None else max(0.0, (frame_ms[0] - self._last_end_ms) / 1000)
        return CameraSegment(
            camera_id=self._camera.id,
            segment=self._segments,
            uri="-",
            sha256="0" * 64,
            start_ms=frame_ms[0],
            end_ms=frame_ms[-1],
            received_ms=self._now_ms(),
            frame_ms=frame_ms,
            width=piece.width,
            height=piece.height,
            codec=piece.codec,
            clock=self._time.name,
            uncertainty_s=self._camera.uncertainty_s,
            gap_before_s=round(gap_s, 3),
            clock_off_ms=clock_off_ms,
        )

    def _check_size(self, piece: Piece) -> None:
        width, height = self._camera.frame
        if abs(piece.width - width) > 1 or abs(piece.height - height) > 1:
            raise VideoError(
                f"{self._camera.source}: is {piece.width}×{piece.height}, but the camera file says {width}×{height}; "
                "mend `frame` and the lines drawn in it"
            )

    def _lost(self, reason: str, wait_s: float | None) -> None:
        """Say why no pictures come; the log hears of each new reason, then ever more seldom."""
        reason = self._without_password(reason)
        why = reason_text(reason)
        text = Text(vi=f"Mất hình: {why.vi}", en=f"No pictures: {why.en}")
        self._tries = self._tries + 1 if self._said == (CameraState.LOST, text) else 1
        if self._tries.bit_count() == 1:
            _log.warning("camera lost", camera=self._camera.id, reason=reason, next_try_s=wait_s, tries=self._tries)
        self._say(CameraState.LOST, text)

    def _say(self, state: CameraState, text: Text) -> None:
        """Announce a change of state or of its reason; what stays is announced once."""
        if (state, text) == self._said:
            return
        now = self._now_ms()
        if self._said is None or state is not self._said[0]:
            self._since_ms = now
        health = CameraHealth(
            camera_id=self._camera.id,
            time_ms=now,
            state=state,
            since_ms=self._since_ms,
            frames=self._frames,
            skipped=0,
            live=1.0 if state is CameraState.OK else 0.0,
            text=text,
        )
        try:
            self._publisher.health(health)
        except StreamError as error:  # said with the next change; recording goes on
            _log.warning("a camera's state is not told", camera=self._camera.id, reason=str(error))
            return
        self._said = state, text

    def _warn(self, sentence: str) -> None:
        _log.warning("video damaged", camera=self._camera.id, reason=self._without_password(sentence))

    def _without_password(self, sentence: str) -> str:
        """Name a source without the name and the password in its address: texts go to pages and logs."""
        return sentence.replace(self._camera.source, public_address(self._camera.source) or "")
