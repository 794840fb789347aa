"""What cameras recorded, counted and how well they saw."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.camera import CameraSegment
from schemas.camera_watch import CameraMinute, CameraSight
from services.store.bulk import write_rows
from services.store.models import CameraCountRow, CameraHealthRow, CameraSegmentRow


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def record_segments(session: Session, segments: Sequence[CameraSegment]) -> None:
    """Keep references to recorded video; the same ones again change nothing."""
    rows = [{**msgspec.structs.asdict(segment), "frame_ms": _json(segment.frame_ms)} for segment in segments]
    write_rows(session, CameraSegmentRow, rows)


def record_camera_health(session: Session, healths: Sequence[CameraSight]) -> None:
    """Keep how well cameras saw; the same again changes nothing."""
    rows = [
        {**msgspec.structs.asdict(health), "state": health.state.value, "text": _json(health.text)}
        for health in healths
    ]
    write_rows(session, CameraHealthRow, rows)


def record_camera_counts(session: Session, counts: Sequence[CameraMinute]) -> None:
    """Keep counts per approach and interval; of one told twice, as after a restart, what was watched longer stays."""
    rows = [{**msgspec.structs.asdict(count), "counts": _json(count.counts)} for count in counts]
    write_rows(session, CameraCountRow, rows, newest="watched_s")


def list_segments(session: Session, camera_id: str, from_ms: int, to_ms: int) -> Sequence[CameraSegmentRow]:
    """Return the recordings of one camera that touch a span of time, oldest first."""
    return session.scalars(
        select(CameraSegmentRow)
        .where(
            CameraSegmentRow.camera_id == camera_id,
            CameraSegmentRow.start_ms <= to_ms,
            CameraSegmentRow.end_ms >= from_ms,
        )
        .order_by(CameraSegmentRow.start_ms)
    ).all()
