"""What the detect step does with segments: read, watch, build evidence, report."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec
import structlog

from schemas.camera import CameraSegment, CameraState
from schemas.camera_watch import CameraSight
from schemas.message import Message
from schemas.signal import SignalState
from schemas.text import Text
from schemas.violation import Candidate
from services.cases.law import catalogue_sha256
from services.detect.known_views import KnownViews
from services.detect.pace import Pace
from services.detect.recorded import Recorded, SegmentError
from services.detect.told import Said
from services.detect.unwatched import HEALTH_MS, LIVE, Unwatched
from services.evidence.keeper import Keeper
from services.media.errors import MediaError
from services.media.store import MediaStore
from services.picture_reasons import reason_text
from vision.camera import CameraConfig
from vision.detector.base import Detector
from vision.evidence.clip import StoredPiece
from vision.evidence.collector import Claim, Collector
from vision.evidence.keys import SealingKey
from vision.pipeline import Outputs, Watcher
from vision.plates.track import PlateSource

Output = tuple[str, str, Message]
QUIET_MS = 12_000
# Claims that wait for room in the media store, each with its video.
MOST_UNKEPT = 16
# Of what was said of junctions, so much is kept for cameras that are watched later.
MOST_SAID = 5_000
STATE_TEXT = {
    CameraState.OK: Text(vi="Hình rõ.", en="The picture is clear."),
    CameraState.DARK: Text(vi="Hình quá tối; tạm dừng các luật.", en="The picture is too dark; rules rest."),
    CameraState.BLURRED: Text(vi="Hình mờ; tạm dừng các luật.", en="The picture is blurred; rules rest."),
    CameraState.FROZEN: Text(vi="Hình đứng yên; tạm dừng các luật.", en="The picture is frozen; rules rest."),
    CameraState.BLOCKED: Text(vi="Ống kính bị che; tạm dừng các luật.", en="Something covers the lens; rules rest."),
    CameraState.CLOCK: Text(
        vi="Đồng hồ của camera chạy sai; tạm dừng các luật.", en="The camera's clock went off; rules rest."
    ),
    CameraState.MOVED: Text(
        vi="Camera đã bị lệch so với tệp cấu hình; tạm dừng các luật.",
        en="The camera looks elsewhere than its file says; rules rest.",
    ),
}

_log = structlog.get_logger(__name__)


@dataclass
class _Desk:
    """What is known of one camera."""

    camera: CameraConfig
    watcher: Watcher
    collector: Collector
    model_sha256: str
    frames: int = 0
    skipped: int = 0
    last_end_ms: int = 0
    last_wall_ms: int = 0
    health_ms: int = 0
    state: CameraState | None = None
    since_ms: int = 0
    pending: list[Output] = field(default_factory=list)
    pace: Pace = field(default_factory=Pace)


class Detection:
    """Watches the segments of all cameras; pure but for the media store.

    Parameters
    ----------
    cameras : Mapping of str to CameraConfig
        By id.
    detector_for : callable
        Gives the detector of a camera, ``None`` where there are no weights for it.
    media : MediaStore
        Holds segments, takes packages.
    key : SealingKey
        Seals packages.
    plates_for : callable, optional
        Gives the plate reader of a camera, ``None`` where there is none.
    authority : str, optional
        The time-stamp authority that packages name.
    """

    def __init__(
        self,
        cameras: Mapping[str, CameraConfig],
        detector_for: Callable[[CameraConfig], Detector | None],
        media: MediaStore,
        key: SealingKey,
        plates_for: Callable[[CameraConfig], PlateSource | None] = lambda _camera: None,
        authority: str | None = None,
    ) -> None:
        self._cameras, self._detector_for, self._media = cameras, detector_for, media
        self._keeper, self._plates_for = Keeper(media, key, authority), plates_for
        self.recorded = Recorded(media)
        self._views = KnownViews(media)
        self._desks: dict[str, _Desk] = {}
        self._unkept: list[Claim] = []
        self._unwatched = Unwatched()
        self._signals = {approach.signal for camera in cameras.values() for approach in camera.approaches}
        self._said: deque[Said] = deque(maxlen=MOST_SAID)

    def hear(self, said: Said) -> None:
        """Take what a controller or a person says of a junction; cameras that are watched later hear it too."""
        if isinstance(said, SignalState) and said.signal_id not in self._signals:
            return
        self._said.append(said)
        for desk in self._desks.values():
            desk.watcher.observer.hear(said)

    @property
    def is_full(self) -> bool:
        """Whether so many claims wait for room in the media store that no more should be taken."""
        return len(self._unkept) >= MOST_UNKEPT

    def take(self, segment: CameraSegment, now_ms: int) -> list[Output]:
        """Watch one segment.

        Parameters
        ----------
        segment : CameraSegment
            The message.
        now_ms : int
            The time now, to see how far behind live pictures lie.

        Returns
        -------
        list of (topic, key, message)
            Candidates, counts, health.

        Raises
        ------
        SegmentError
            If its camera is unknown, its bytes are gone, not those announced, or no video, or it cannot be watched.
        MediaError
            If the media store is away.
        """
        try:
            outputs = self._watch(segment, now_ms)
        except (SegmentError, MediaError):
            raise
        except Exception as error:
            _log.exception("a camera's segment could not be watched", camera=segment.camera_id)
            self._desks.pop(segment.camera_id, None)  # what it knows may be half changed
            raise self.recorded.refuse(segment, f"{type(error).__name__}: {error}") from error
        return outputs

    def refused(self, segment: CameraSegment, why: str, now_ms: int) -> list[Output]:
        """Return what is said of a camera whose segment could not be watched, once until one can be again."""
        if desk := self._desks.get(segment.camera_id):
            desk.state = None
        frames, skipped = (desk.frames, desk.skipped) if desk else (0, 0)
        said = self._unwatched.refused(segment, reason_text(why), now_ms, frames=frames, skipped=skipped)
        return [] if said is None else [("camera.health", segment.camera_id, said)]

    def _watch(self, segment: CameraSegment, now_ms: int) -> list[Output]:
        desk = self._desk(segment, now_ms)
        if desk is None:
            said = self._unwatched.without_weights(segment, now_ms)
            return [] if said is None else [("camera.health", segment.camera_id, said)]
        stored = StoredPiece(self.recorded.read(segment), segment.frame_ms)
        seen = self.recorded.frames(segment, stored, desk.frames, _every(desk, segment, now_ms))
        desk.watcher.tell_clock(segment.clock_off_ms)
        out = desk.watcher.step(seen)
        desk.frames += len(segment.frame_ms)
        desk.skipped += len(segment.frame_ms) - len(seen)
        desk.last_end_ms, desk.last_wall_ms = segment.end_ms, now_ms
        if segment.clock == LIVE:
            self._views.keep(desk.camera, desk.watcher.view, now_ms)
        self._unwatched.end(segment.camera_id)
        claims = desk.collector.take(stored, out, desk.watcher.sight)
        return [*self._messages(desk, out, claims), *self._health(desk, segment, now_ms)]

    def quiet(self, now_ms: int) -> list[Output]:
        """Return what can be said of cameras from which nothing came for a while."""
        messages = self._kept([])
        for desk in self._desks.values():
            if desk.last_wall_ms and now_ms - desk.last_wall_ms > QUIET_MS:
                desk.last_wall_ms = 0
                out = desk.watcher.finish()
                messages += self._messages(desk, out, desk.collector.flush(out.acts))
        return messages

    def _desk(self, segment: CameraSegment, now_ms: int) -> _Desk | None:
        camera = self._cameras.get(segment.camera_id)
        if camera is None:
            why = f"camera {segment.camera_id} is not in the city folder; add its file or ignore it"
            raise self.recorded.refuse(segment, why)
        desk = self._desks.get(segment.camera_id)
        if desk is not None and segment.start_ms > desk.last_end_ms:
            return desk
        detector = self._detector_for(camera)
        if detector is None:
            return None
        collector = Collector(camera, detector, self._plates_for(camera), {"law_sha256": catalogue_sha256()})
        made = _Desk(camera, Watcher(camera, detector), collector, detector.sha256)
        for said in self._said:
            made.watcher.observer.hear(said)
        if segment.clock == LIVE and desk is None:
            self._views.take_up(camera, made.watcher.view, now_ms)
        if desk is not None:  # the recording began again: what waits is told, then everything is new
            out = desk.watcher.finish()
            made.pending = self._messages(desk, out, desk.collector.flush(out.acts))
        self._desks[segment.camera_id] = made
        return made

    def _messages(self, desk: _Desk, out: Outputs, claims: list[Claim]) -> list[Output]:
        camera_id = desk.camera.id
        pending, desk.pending = desk.pending, []
        messages: list[Output] = [*pending]
        counts = [msgspec.structs.replace(count, model_sha256=desk.model_sha256) for count in out.counts]
        messages += [("camera.counts", camera_id, count) for count in counts]
        return messages + self._kept(claims)

    def _kept(self, claims: list[Claim]) -> list[Output]:
        """Seal and store claims in order; those that the media store has no room for wait and are tried again."""
        self._unkept += claims
        messages: list[Output] = []
        while self._unkept:
            try:
                candidate = self._keep(self._unkept[0])
            except MediaError as error:
                _log.error(
                    "a package cannot be stored and is tried again", waiting=len(self._unkept), reason=str(error)
                )
                break
            del self._unkept[0]
            messages.append(("violations.candidates", candidate.camera_id, candidate))
        return messages

    def _keep(self, claim: Claim) -> Candidate:
        if claim.parts is None:
            _log.error("a candidate has no evidence", reason=claim.problem)
            return claim.candidate
        return msgspec.structs.replace(claim.candidate, evidence=self._keeper.keep(claim.parts))

    def _health(self, desk: _Desk, segment: CameraSegment, now_ms: int) -> list[Output]:
        """Report a change of sight at once, and every ten seconds what may skip pictures or is live."""
        sight = desk.watcher.sight
        is_live = segment.clock == LIVE
        is_repeated = is_live or desk.camera.is_real_time(is_live=is_live)
        if sight.state is desk.state and (not is_repeated or now_ms - desk.health_ms < HEALTH_MS):
            return []
        if sight.state is not desk.state:
            desk.since_ms = sight.since_ms or segment.start_ms if is_live else now_ms
        desk.state, desk.health_ms = sight.state, now_ms
        health = CameraSight(
            camera_id=desk.camera.id,
            # Of a live camera's pictures, when they were taken: what capture says meanwhile of its line is newer.
            time_ms=min(now_ms, segment.end_ms) if is_live else now_ms,
            state=sight.state,
            since_ms=desk.since_ms,
            frames=desk.frames,
            skipped=desk.skipped,
            live=0.3 if sight.is_blind else round(1.0 - 0.5 * desk.skipped / max(desk.frames, 1), 3),
            text=STATE_TEXT[sight.state],
            model_sha256=desk.model_sha256,
        )
        return [("camera.health", desk.camera.id, health)]


def _every(desk: _Desk, segment: CameraSegment, now_ms: int) -> int:
    """Return which frames are looked at: every n-th; 0 is none. In capacity mode each is."""
    is_live = segment.clock == LIVE
    if not desk.camera.is_real_time(is_live=is_live):
        return 1
    behind_ms = now_ms - (segment.end_ms if is_live else segment.received_ms)
    return desk.pace.every(segment.frame_ms, behind_ms)
