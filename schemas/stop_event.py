"""A bus was seen to arrive at a stop and to leave it."""

from schemas.message import Message
from schemas.units import DurationS, Id, ServiceDate, SignedS, TimeMs


class StopEvent(Message, frozen=True):
    """An observed call at a stop.

    ``departure_ms`` is ``None`` while the bus still stands there. ``stopped`` tells whether the bus stood there or only
    passed; ``None`` where reports lie too far apart to say, and before it has left. ``error_s`` is by how much the
    arrival may be off: half the time between the two reports around it. ``withdrawn`` takes back what was told of this
    call (vehicle, trip, date, sequence): a late fix or a later look at the way showed that it was otherwise, and what
    is true may follow.
    """

    vehicle_id: Id
    trip_id: Id
    start_date: ServiceDate
    route_id: Id
    stop_id: Id
    stop_sequence: int
    arrival_ms: TimeMs
    departure_ms: TimeMs | None = None
    scheduled_arrival_ms: TimeMs | None = None
    delay_s: SignedS | None = None
    withdrawn: bool = False
    stopped: bool | None = None
    error_s: DurationS | None = None

    @property
    def dwell_s(self) -> float | None:
        """How long the bus took from 20 m before the stop to 20 m behind it, ``None`` while it is still there."""
        return None if self.departure_ms is None else (self.departure_ms - self.arrival_ms) / 1000.0
