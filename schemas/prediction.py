"""When a bus will arrive at each of its next stops."""

from schemas.message import Message
from schemas.text import Text
from schemas.units import DurationS, Id, ServiceDate, SignedS, TimeMs


class StopPrediction(Message, frozen=True):
    """One stop ahead: honest quantiles, and the one time shown to riders.

    Half of the arrivals come before ``p50_ms``; ``eta_ms`` is chosen from the
    same distribution by the rider's loss, because a missed bus hurts more
    than a wait.
    """

    stop_id: Id
    stop_sequence: int
    eta_ms: TimeMs
    p10_ms: TimeMs
    p50_ms: TimeMs
    p90_ms: TimeMs
    scheduled_ms: TimeMs | None = None


class TripPrediction(Message, frozen=True):
    """All stops ahead of one bus on one trip, made at one moment from one fix.

    ``fix_age_s`` is the age of the fix the prediction rests on when it was
    made, ``links_age_s`` that of the newest passage of another bus over its way
    ahead, absent where none was seen, ``roads_age_s`` that of the newest state
    of an edge under it; ``delay_s`` is 0 for a slot of a headway, which has
    no times; ``model`` names the predictor and the hash of its configuration.
    """

    vehicle_id: Id
    trip_id: Id
    start_date: ServiceDate
    route_id: Id
    made_at_ms: TimeMs
    fix_time_ms: TimeMs
    fix_age_s: DurationS
    delay_s: SignedS
    reason: Text
    model: str
    stops: tuple[StopPrediction, ...]
    direction_id: int | None = None
    headsign: str | None = None
    links_age_s: DurationS | None = None
    roads_age_s: DurationS | None = None
