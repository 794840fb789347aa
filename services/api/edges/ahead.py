"""What is foretold of edges, read from the newest forecasts of the log."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from routing.congestion.levels import jam_factor, level_of
from schemas.edge import EdgeState
from schemas.forecast import RoadForecast
from services.api.edges.responses import EdgeOut, ForecastOut, edge_out
from services.api.live import LiveState

MINUTES = (15, 30, 60)
# An older forecast is none: whoever makes them has stopped.
KEEP_MS = 15 * 60_000
LEAST_MPS = 0.1
SURE_90 = 1.645


class Ahead(NamedTuple):
    """One edge at one time ahead."""

    edge_index: int
    speed_mps: float
    low_mps: float
    high_mps: float
    usual_mps: float


def fresh(live: LiveState, now_ms: int) -> Iterator[RoadForecast]:
    """Give the forecasts of all cells that are no older than `KEEP_MS`."""
    return (said for said in live.forecasts.values() if abs(now_ms - said.time_ms) <= KEEP_MS)


def list_ahead(said: RoadForecast, minutes: int) -> list[Ahead]:
    """Return what a message says of its edges so many minutes ahead; nothing where it does not look there."""
    for part in said.ahead:
        if round(part.ahead_s) == minutes * 60:
            rows = zip(said.edge_index, part.speed_mps, part.low_mps, part.high_mps, part.usual_mps, strict=False)
            return [Ahead(*row) for row in rows]
    return []


def list_edges_ahead(live: LiveState, now_ms: int, minutes: int) -> tuple[int | None, list[EdgeOut]]:
    """Return when the newest forecast was made, ``None`` where there is none, and every edge it speaks of."""
    made_ms, out = None, []
    for said in fresh(live, now_ms):
        made_ms = max(made_ms or 0, said.time_ms)
        for ahead in list_ahead(said, minutes):
            now = live.edges.get(ahead.edge_index)
            if now is not None and now.state.free_flow_mps:
                told = _foretold(now.state, ahead, said.time_ms + minutes * 60_000)
                out.append(edge_out(msgspec.structs.replace(told, observations=0, imputed=True)))
    return made_ms, out


def _foretold(state: EdgeState, ahead: Ahead, time_ms: int) -> EdgeState:
    """Return the state of an edge, of which the free speed is known, as it is foretold for a time."""
    speed, free_mps = ahead.speed_mps, state.free_flow_mps or LEAST_MPS
    return EdgeState(
        edge_id=state.edge_id,
        edge_index=state.edge_index,
        time_ms=time_ms,
        level=level_of(speed, free_mps),
        observations=state.observations,
        speed_mps=speed,
        sd_mps=(ahead.high_mps - ahead.low_mps) / (2 * SURE_90),
        free_flow_mps=state.free_flow_mps,
        usual_mps=ahead.usual_mps,
        imputed=state.imputed,
        traffic_mps=speed,
        low_mps=ahead.low_mps,
        high_mps=ahead.high_mps,
        jam_factor=round(jam_factor(speed, free_mps), 1),
        travel_time_index=round(max(free_mps / max(speed, LEAST_MPS), 1.0), 2),
    )


def foretell(live: LiveState, now_ms: int, minutes: int, states: Sequence[EdgeState]) -> list[EdgeState]:
    """Return states as they are foretold so many minutes ahead, those of which nothing is are left out."""
    rows = {row.edge_index: (said.time_ms, row) for said in fresh(live, now_ms) for row in list_ahead(said, minutes)}
    known = [(state, rows[state.edge_index]) for state in states if state.edge_index in rows and state.free_flow_mps]
    return [_foretold(state, row, made_ms + minutes * 60_000) for state, (made_ms, row) in known]


def forecasts_of(live: LiveState, edge_index: int, now_ms: int) -> list[ForecastOut]:
    """Return what is foretold of one edge, the nearest time first; empty where nothing is."""
    for said in fresh(live, now_ms):
        if edge_index in said.edge_index:
            row = said.edge_index.index(edge_index)
            return [
                ForecastOut(
                    time_ms=said.time_ms + round(part.ahead_s * 1000), speed_mps=part.speed_mps[row],
                    low_mps=part.low_mps[row], high_mps=part.high_mps[row], usual_mps=part.usual_mps[row],
                )
                for part in said.ahead
            ]  # fmt: skip
    return []
