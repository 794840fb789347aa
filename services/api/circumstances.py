"""What people told of junctions that cameras watch, as it stands now: it excuses acts there."""

from schemas.signal import CIRCUMSTANCE_HOLDS_MS, CameraCircumstance, CircumstanceKind

Told = dict[tuple[CircumstanceKind, str | None], CameraCircumstance]


def keep_told(told: dict[str, Told], message: CameraCircumstance) -> None:
    """Keep the last word on each kind at each approach of each camera."""
    told.setdefault(message.camera_id, {})[message.kind, message.approach_id] = message


def holding(told: Told, now_ms: int) -> list[CameraCircumstance]:
    """Return what holds at a moment, the longest first."""
    now = [one for one in told.values() if one.until_ms is None or one.until_ms > now_ms]
    return sorted((one for one in now if now_ms - one.since_ms <= CIRCUMSTANCE_HOLDS_MS), key=lambda one: one.since_ms)


def forget_told(told: dict[str, Told], now_ms: int) -> None:
    """Let go of what holds no more."""
    for camera_id in [camera_id for camera_id, of_camera in told.items() if not holding(of_camera, now_ms)]:
        del told[camera_id]
