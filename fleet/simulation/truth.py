"""What truly happened, for scoring: where each bus was, when it called, what blocked the road."""

from schemas.message import Message
from schemas.units import DistanceM, HeadingDeg, Id, Lat, Lon, SpeedMps, TimeMs


class TruePosition(Message, frozen=True, tag="position"):
    """Where a bus really was when a report was due; ``reported`` is false where none was sent."""

    vehicle_id: Id
    time_ms: TimeMs
    lon: Lon
    lat: Lat
    phase: str
    speed_mps: SpeedMps
    heading_deg: HeadingDeg
    reported: bool
    trip_id: str | None = None
    start_date: str | None = None
    distance_m: DistanceM | None = None


class TrueCall(Message, frozen=True, tag="call"):
    """When a bus really arrived at a stop and left it; the same time twice where nobody got on or off."""

    vehicle_id: Id
    trip_id: Id
    start_date: str
    route_id: Id
    stop_id: Id
    stop_sequence: int
    arrival_ms: TimeMs
    departure_ms: TimeMs
    scheduled_arrival_ms: TimeMs


class TrueBlockage(Message, frozen=True, tag="blockage"):
    """Where traffic was really blocked, and how long."""

    lon: Lon
    lat: Lat
    radius_m: float
    start_ms: TimeMs
    end_ms: TimeMs
    factor: float


Truth = TruePosition | TrueCall | TrueBlockage
