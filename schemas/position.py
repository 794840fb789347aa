"""Where a bus is, cleaned and assigned."""

from schemas.message import Message
from schemas.trip import Assignment
from schemas.units import HeadingDeg, Id, Lat, Lon, Score, SignedS, SpeedMps, TimeMs


class Quality(Message, frozen=True):
    """Đúng, đủ, sạch, sống: the four scores of one bus, one camera or one feed."""

    correct: Score
    complete: Score
    clean: Score
    live: Score


class BusPosition(Message, frozen=True):
    """One cleaned fix with its assignment; the newest one of a bus is its state."""

    vehicle_id: Id
    time_ms: TimeMs
    lon: Lon
    lat: Lat
    source: Id
    received_ms: TimeMs
    assignment: Assignment
    quality: Quality
    speed_mps: SpeedMps | None = None
    heading_deg: HeadingDeg | None = None
    door_open: bool | None = None
    delay_s: SignedS | None = None
    headsign: str | None = None
    next_stop_id: str | None = None
    next_stop_sequence: int | None = None
