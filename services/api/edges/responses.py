"""What the API says about roads."""

from pydantic import Field

from schemas.edge import EdgeState, LevelOfService
from services.api.live import EdgeNow, LiveState
from services.api.responses import Model


class EdgeOut(Model):
    """What is known about the traffic on one edge; ``None`` is not known, never zero."""

    edge_index: int
    edge_id: str
    level: str
    speed_mps: float | None
    sd_mps: float | None
    free_flow_mps: float | None
    usual_mps: float | None
    observations: int
    age_s: float | None
    time_ms: int
    imputed: bool
    traffic_mps: float | None
    low_mps: float | None
    high_mps: float | None
    jam_factor: float | None
    travel_time_index: float | None
    congested_probability: float | None
    flow_mcu_per_h: float | None
    density_mcu_per_km: float | None
    motorcycle_level: str | None


class EdgesOut(Model):
    """All edges with data, now or ``at_min`` minutes ahead as foretold at ``made_ms``; one that is absent has none."""

    now_ms: int
    at_min: int = 0
    made_ms: int | None = None
    states: list[EdgeOut]


class PastEdgesOut(Model):
    """The edges that vehicles had shown at an earlier moment, as they stood then; one that is absent had no data."""

    now_ms: int
    time_ms: int
    states: list[EdgeOut]


class ForecastOut(Model):
    """What is foretold of an edge at one time: nine in ten come to lie between ``low_mps`` and ``high_mps``."""

    time_ms: int
    speed_mps: float
    low_mps: float
    high_mps: float
    usual_mps: float


class SpeedOut(Model):
    """One earlier speed of an edge."""

    time_ms: int
    speed_mps: float
    sd_mps: float | None


class EdgeDetailOut(EdgeOut):
    """One edge with its street and its speeds of the last hour."""

    name: str | None
    road_class: str | None = Field(serialization_alias="class")
    length_m: float
    history: list[SpeedOut]
    forecast: list[ForecastOut]


class ChartPointOut(Model):
    """One moment of an edge's chart; ``None`` is not known."""

    time_ms: int
    level: str
    speed_mps: float | None
    sd_mps: float | None
    usual_mps: float | None
    free_flow_mps: float | None
    observations: int


class ChartOut(Model):
    """An edge's kept states in a span of time, oldest first, at most 500, evenly thinned, and what is foretold."""

    edge_index: int
    edge_id: str
    from_ms: int
    to_ms: int
    points: list[ChartPointOut]
    forecast: list[ForecastOut]


def edge_out(state: EdgeState) -> EdgeOut:
    """Turn an edge's state into what the API says of it."""
    return EdgeOut.model_construct(
        edge_index=state.edge_index,
        edge_id=state.edge_id,
        level=state.level.value,
        speed_mps=state.speed_mps,
        sd_mps=state.sd_mps,
        free_flow_mps=state.free_flow_mps,
        usual_mps=state.usual_mps,
        observations=state.observations,
        age_s=state.age_s,
        time_ms=state.time_ms,
        imputed=state.imputed,
        traffic_mps=state.traffic_mps,
        low_mps=state.low_mps,
        high_mps=state.high_mps,
        jam_factor=state.jam_factor,
        travel_time_index=state.travel_time_index,
        congested_probability=state.congested_probability,
        flow_mcu_per_h=state.flow_mcu_per_h,
        density_mcu_per_km=state.density_mcu_per_km,
        motorcycle_level=None if state.motorcycle_level is None else state.motorcycle_level.value,
    )


def list_edges(state: LiveState) -> list[EdgeOut]:
    """Return all edges that have data."""
    return [edge_out(now.state) for now in state.edges.values() if now.state.level is not LevelOfService.NO_DATA]


def history_of(now: EdgeNow | None) -> list[SpeedOut]:
    """Return an edge's earlier speeds, oldest first."""
    points = () if now is None else tuple(now.history)
    return [SpeedOut(time_ms=t, speed_mps=speed, sd_mps=sd) for t, speed, sd in points]
