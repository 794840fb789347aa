"""What one vehicle reported about itself at one moment."""

from schemas.message import Message
from schemas.trip import TripRef
from schemas.units import HeadingDeg, Id, Lat, Lon, SpeedMps, TimeMs


class Fix(Message, frozen=True):
    """One GPS report of one vehicle (WGS 84), as it came through a door.

    ``claimed_trip`` is what the source says the vehicle is running; it is a
    hint, never a truth. A field the source did not send is ``None``.
    """

    vehicle_id: Id
    time_ms: TimeMs
    lon: Lon
    lat: Lat
    source: Id
    received_ms: TimeMs
    speed_mps: SpeedMps | None = None
    heading_deg: HeadingDeg | None = None
    door_open: bool | None = None
    ignition: bool | None = None
    driver_id: str | None = None
    claimed_trip: TripRef | None = None
    claimed_stop_id: str | None = None
    claimed_stop_sequence: int | None = None
