"""What is known about the traffic on one directed piece of road."""

import enum

from schemas.message import Message
from schemas.units import Count, Density, DurationS, Flow, Id, JamFactor, Probability, SpeedMps, TimeMs, TravelTimeIndex


class LevelOfService(enum.StrEnum):
    """Traffic on an edge in words that hold for a motorbike street too."""

    FREE = "free"
    SLOW = "slow"
    CONGESTED = "congested"
    BLOCKED = "blocked"
    NO_DATA = "no_data"


class MotorcycleLevel(enum.StrEnum):
    """Level of service of a motorbike street by its density, A (free) to F (over capacity)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


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
    ``usual_mps`` is this edge's own usual speed at this time of week. ``imputed`` says that nobody drove the edge of
    late: neighbours and history speak for it. ``traffic_mps`` is the speed of all traffic, without what buses lose by
    being buses, with its 90 % interval ``low_mps`` to ``high_mps``; ``jam_factor`` runs from 0, free, to 10, standing,
    and ``travel_time_index`` is the travel time beside that at free flow, both of that speed; ``congested_probability``
    is how likely it is below 40 % of free flow. Cameras give ``flow_mcu_per_h`` and ``density_mcu_per_km``, in
    motorcycle units of the whole edge, and ``motorcycle_level``, A (free) to F (over capacity).
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
    imputed: bool = False
    traffic_mps: SpeedMps | None = None
    low_mps: SpeedMps | None = None
    high_mps: SpeedMps | None = None
    jam_factor: JamFactor | None = None
    travel_time_index: TravelTimeIndex | None = None
    congested_probability: Probability | None = None
    flow_mcu_per_h: Flow | None = None
    density_mcu_per_km: Density | None = None
    motorcycle_level: MotorcycleLevel | None = None


class RoadStates(Message, frozen=True):
    """The edges of one map tile cell whose state changed in one cycle.

    ``cell`` keeps the edges of one place in order on one partition.
    """

    cell: Id
    time_ms: TimeMs
    states: tuple[EdgeState, ...]
    coverage: Probability | None = None
