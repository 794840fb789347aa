"""A bus was seen to arrive at a stop and to leave it."""

from schemas.message import Message
from schemas.units import Id, ServiceDate, SignedS, TimeMs


class StopEvent(Message, frozen=True):
    """An observed call at a stop; one that was passed has no arrival or departure of its own.

    ``departure_ms`` is ``None`` while the bus still stands there. ``withdrawn`` takes back what was told of this call
    (vehicle, trip, date, sequence): a late fix showed that it was otherwise, and what is true may follow.
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
