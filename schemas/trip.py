"""Which trip is meant, and how sure we are that a bus runs it."""

import enum

from schemas.message import Message
from schemas.units import DistanceM, Id, Probability, ServiceDate, ServiceTime


class TripRef(Message, frozen=True):
    """A GTFS trip on one service date; any part may be unknown in a claim.

    ``block_id`` is the day's work of one bus where a source names that instead of a trip. ``start_time`` is the planned
    departure: of a trip of frequencies.txt, which of its departures is meant.
    """

    trip_id: str | None = None
    start_date: ServiceDate | None = None
    route_id: str | None = None
    direction_id: int | None = None
    block_id: str | None = None
    start_time: ServiceTime | None = None


class Phase(enum.StrEnum):
    """What a bus is doing."""

    IN_SERVICE = "in_service"
    LAYOVER = "layover"
    DEADHEAD = "deadhead"
    AT_DEPOT = "at_depot"
    DETOUR = "detour"
    UNKNOWN = "unknown"


class Assignment(Message, frozen=True):
    """A trip and a phase, with the probability that this is what the bus does.

    ``distance_m`` is the way along the shape from its first point;
    ``off_route_m`` the shortest distance from the fix to the shape.
    """

    phase: Phase
    probability: Probability
    trip_id: Id | None = None
    start_date: ServiceDate | None = None
    route_id: Id | None = None
    direction_id: int | None = None
    distance_m: DistanceM | None = None
    off_route_m: DistanceM | None = None
