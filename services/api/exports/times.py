"""Moments as the formats write them: whole seconds with the offset of the city's zone, never ``Z``."""

from datetime import datetime
from zoneinfo import ZoneInfo


def moment(time_ms: int, zone: ZoneInfo) -> str:
    """Return a moment as ``2026-11-19T12:00:00+07:00``."""
    return datetime.fromtimestamp(time_ms // 1000, zone).isoformat(timespec="seconds")
