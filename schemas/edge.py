"""What is known about the traffic on one directed piece of road."""

import enum

from schemas.message import Message
from schemas.units import Count, DurationS, Id, Probability, SpeedMps, TimeMs


class LevelOfService(enum.StrEnum):
    """Traffic on an edge in words that hold for a motorbike street too."""

    FREE = "free"
    SLOW = "slow"
    CONGESTED = "congested"
    BLOCKED = "blocked"
    NO_DATA = "no_data"


class Observation(Message, frozen=True):
    """One measured speed on one edge from one source; ``weight`` is 1/variance-like, ≥ 0."""

    edge_id: Id
    time_ms: TimeMs
    speed_mps: SpeedMps
    source: Id
    weight: float = 1.0
    vehicle_id: str | None = None


class EdgeState(Message, frozen=True):
    """Estimated speed of one edge at one time, with its deviation and its age.

    ``edge_id`` is stable across extracts ("way/from/to"); ``edge_index`` is the
    number of the edge in this city's network and the feature id on its map.
    ``usual_mps`` is this edge's own usual speed at this time of week.
    """

    edge_id: Id
    edge_index: Count
    time_ms: TimeMs
    level: LevelOfService
    observations: Count
    age_s: DurationS | None = None
    speed_mps: SpeedMps | None = None
    sd_mps: SpeedMps | None = None
    free_flow_mps: SpeedMps | None = None
    usual_mps: SpeedMps | None = None


class RoadStates(Message, frozen=True):
    """The edges of one map tile cell whose state changed in one cycle.

    ``cell`` keeps the edges of one place in order on one partition.
    """

    cell: Id
    time_ms: TimeMs
    states: tuple[EdgeState, ...]
    coverage: Probability | None = None
