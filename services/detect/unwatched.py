"""What is said of cameras whose pictures come and are not watched: no usable weights, or segments that cannot be."""

from dataclasses import dataclass

from schemas.camera import CameraSegment, CameraState
from schemas.camera_watch import CameraSight
from schemas.text import Text

LIVE = "live"
# A live camera that stays as it is says so again after so long.
HEALTH_MS = 10_000
NO_WEIGHTS = Text(
    vi="Có hình, nhưng không có mô hình nhận dạng dùng được (HANOI_VISION_WEIGHTS): các luật không chạy.",
    en="Pictures come, but there are no usable detector weights (HANOI_VISION_WEIGHTS): no rule runs.",
)


@dataclass
class _Spell:
    """Since when a camera's pictures are not watched for one reason, and when that was said last."""

    state: CameraState
    since_ms: int
    told_ms: int
    frames: int = 0


class Unwatched:
    """Remembers since when each camera is not watched, so that the same is neither said anew nor made younger."""

    def __init__(self) -> None:
        self._spells: dict[str, _Spell] = {}

    def end(self, camera_id: str) -> None:
        """Take that a camera is watched."""
        self._spells.pop(camera_id, None)

    def refused(
        self, segment: CameraSegment, why: Text, now_ms: int, *, frames: int = 0, skipped: int = 0
    ) -> CameraSight | None:
        """Return that a segment could not be watched, once until one can be again.

        Parameters
        ----------
        segment : CameraSegment
            It.
        why : Text
            The reason.
        now_ms : int
            The time now.
        frames, skipped : int
            What was counted of the camera before.

        Returns
        -------
        CameraSight or None
            ``None`` where it was said before.
        """
        if self._is_known(segment, CameraState.LOST):
            return None
        spell = self._begin(segment, CameraState.LOST, now_ms)
        text = Text(vi=f"Hình không xem được: {why.vi}", en=f"The pictures cannot be watched: {why.en}")
        return _sight(segment, spell, now_ms, (frames, skipped), text)

    def without_weights(self, segment: CameraSegment, now_ms: int) -> CameraSight | None:
        """Return that there is no detector for a camera: a recording says so once, a live camera each ten seconds."""
        is_known = self._is_known(segment, CameraState.OK)
        spell = self._spells[segment.camera_id] if is_known else self._begin(segment, CameraState.OK, now_ms)
        spell.frames += len(segment.frame_ms)
        if is_known and (segment.clock != LIVE or now_ms - spell.told_ms < HEALTH_MS):
            return None
        spell.told_ms = now_ms
        return _sight(segment, spell, now_ms, (spell.frames, spell.frames), NO_WEIGHTS)

    def _is_known(self, segment: CameraSegment, state: CameraState) -> bool:
        spell = self._spells.get(segment.camera_id)
        return spell is not None and spell.state is state

    def _begin(self, segment: CameraSegment, state: CameraState, now_ms: int) -> _Spell:
        since_ms = segment.start_ms if segment.clock == LIVE else now_ms
        self._spells[segment.camera_id] = spell = _Spell(state, since_ms, now_ms)
        return spell


def _sight(segment: CameraSegment, spell: _Spell, now_ms: int, counted: tuple[int, int], text: Text) -> CameraSight:
    return CameraSight(
        camera_id=segment.camera_id,
        time_ms=now_ms,
        state=spell.state,
        since_ms=spell.since_ms,
        frames=counted[0],
        skipped=counted[1],
        live=0.5 if spell.state is CameraState.OK else 0.0,
        text=text,
    )
