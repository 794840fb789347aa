"""What truly happened, for scoring: where each bus was, when it called, what its tracker did, what blocked roads."""

from schemas.message import Message
from schemas.units import DistanceM, HeadingDeg, Id, Lat, Lon, SpeedMps, TimeMs


class TruePosition(Message, frozen=True, tag="position"):
    """Where a bus really was when a report was due.

    ``reported_ms`` is what its clock showed and joins this with the report; ``None`` where none was ever sent.
    ``faults`` names what was done to the report. ``phase`` is in_service, layover, deadhead, at_depot, detour or
    breakdown; ``distance_m`` runs along the shape; ``edge`` is the row in the road network.
    """

    vehicle_id: Id
    time_ms: TimeMs
    lon: Lon
    lat: Lat
    phase: str
    speed_mps: SpeedMps
    heading_deg: HeadingDeg
    reported: bool
    reported_ms: TimeMs | None = None
    faults: tuple[str, ...] = ()
    trip_id: str | None = None
    start_date: str | None = None
    distance_m: DistanceM | None = None
    edge: int | None = None


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
    riders: int = 0


class TrueMissed(Message, frozen=True, tag="missed"):
    """A stop that a trip did not serve, and why: detour, short_turn, breakdown or dropped."""

    vehicle_id: Id
    trip_id: Id
    start_date: str
    stop_id: Id
    stop_sequence: int
    reason: str


class TrueTrip(Message, frozen=True, tag="trip"):
    """What became of a trip, when: began, ended, short_turn, dropped, breakdown, mended, towed; absent, cancelled."""

    vehicle_id: Id
    trip_id: Id
    start_date: str
    time_ms: TimeMs
    event: str


class TrueIncident(Message, frozen=True, tag="incident"):
    """Something in the road, the queue behind it, and the lines it sends around."""

    incident_id: Id
    kind: str
    edge: int
    lon: Lon
    lat: Lat
    start_ms: TimeMs
    end_ms: TimeMs
    open_share: float
    queue_end_ms: TimeMs
    longest_queue_m: DistanceM
    queue_edges: tuple[int, ...] = ()
    detours: int = 0


class TrueRain(Message, frozen=True, tag="rain"):
    """One episode of rain, and whether it flooded low spots."""

    start_ms: TimeMs
    end_ms: TimeMs
    heaviest_mm_h: float
    floods: bool


class TrueCount(Message, frozen=True, tag="count"):
    """How many road users of each class really crossed one approach of a camera, and the row of its edge."""

    camera_id: Id
    approach_id: Id
    start_ms: TimeMs
    end_ms: TimeMs
    counts: dict[str, int]
    edge: int


Truth = TruePosition | TrueCall | TrueMissed | TrueTrip | TrueIncident | TrueRain | TrueCount
