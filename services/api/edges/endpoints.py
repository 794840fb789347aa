"""Roads: congestion and paths."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from schemas.edge import EdgeState, LevelOfService
from services.api.edges.ahead import forecasts_of, list_edges_ahead
from services.api.edges.past import list_past
from services.api.edges.responses import (
    ChartOut,
    ChartPointOut,
    EdgeDetailOut,
    EdgesOut,
    PastEdgesOut,
    edge_out,
    history_of,
    list_edges,
)
from services.api.problems import ProblemError, absent
from services.api.roads import Roads
from services.api.state import ApiState, State
from services.store.edges import list_edge_history

router = APIRouter(tags=["roads"])
NO_NETWORK = "This city has no road network; import one with `hanoi city import --roads`."
MAX_CLOSED = 1000
MAX_POINTS = 500
HOUR_MS = 3_600_000
Lon = Annotated[float, Query(ge=-180, le=180)]
# Minutes ahead of now for which there are forecasts.
At = Annotated[str, Query(pattern=r"^[ +]?(0|15|30|60)$")]
# A moment that is over, milliseconds since 1970.
TimeMs = Annotated[int, Query(ge=0, lt=2**53)]
Lat = Annotated[float, Query(ge=-90, le=90)]


@router.get("/api/edges")
def read_edges(state: State, at: At = "0") -> EdgesOut:
    """Return all edges that have data, now or as foretold for 15, 30 or 60 minutes ahead."""
    now_ms, minutes = state.now_ms, minutes_ahead(at)
    with state.live.reading() as live:
        made_ms, states = list_edges_ahead(live, now_ms, minutes) if minutes else (None, list_edges(live))
    return EdgesOut.model_construct(now_ms=now_ms, at_min=minutes, made_ms=made_ms, states=states)


@router.get("/api/edges/past")
def read_past(state: State, time_ms: TimeMs) -> PastEdgesOut:
    """Return what vehicles had shown of the roads at an earlier moment, of those that the archive keeps (30 days)."""
    roads = need_roads(state)
    states = past_states(state, roads, time_ms)
    return PastEdgesOut(now_ms=state.now_ms, time_ms=time_ms, states=[edge_out(one) for one in states])


@router.get("/api/edges/{edge_index}")
def read_edge(state: State, edge_index: int) -> EdgeDetailOut:
    """Return one edge with its street and its earlier speeds."""
    roads = need_roads(state)
    if not 0 <= edge_index < roads.network.edge_count:
        raise absent(f"There is no edge {edge_index}; the network has {roads.network.edge_count}.")
    with state.live.reading() as live:
        now = live.edges.get(edge_index)
        history, forecast = history_of(now), forecasts_of(live, edge_index, state.now_ms)
    known = now.state if now is not None else _unknown(roads, edge_index, state.now_ms)
    return EdgeDetailOut(
        **edge_out(known).model_dump(),
        name=roads.network.name_of(edge_index) or None,
        road_class=roads.network.class_of(edge_index),
        length_m=round(float(roads.network.edge_length_m[edge_index]), 1),
        history=history,
        forecast=forecast,
    )


@router.get("/api/edges/{edge_index}/history")
def read_history(state: State, edge_index: int, hours: Annotated[int, Query(ge=1, le=168)] = 24) -> ChartOut:
    """Return an edge's speeds of the last hours as the archive keeps them, what is foretold, and its usual speed."""
    network = need_roads(state).network
    if not 0 <= edge_index < network.edge_count:
        raise absent(f"There is no edge {edge_index}; the network has {network.edge_count}.")
    edge_id, to_ms = network.edge_ids[edge_index], state.now_ms
    from_ms = to_ms - hours * HOUR_MS
    with state.store.reading() as session:
        points = [ChartPointOut.model_validate(row) for row in list_edge_history(session, edge_id, from_ms, to_ms)]
    step = max(1, -(-len(points) // MAX_POINTS))
    thinned = points[::-1][::step][::-1]  # the newest always stays
    with state.live.reading() as live:
        forecast = forecasts_of(live, edge_index, to_ms)
    return ChartOut(
        edge_index=edge_index, edge_id=edge_id, from_ms=from_ms, to_ms=to_ms, points=thinned, forecast=forecast
    )


def past_states(state: ApiState, roads: Roads, time_ms: int) -> list[EdgeState]:
    """Return the states of a moment that is over; a ``ProblemError`` where it is still to come."""
    if time_ms > state.now_ms:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"time_ms: {time_ms} is still to come (it is {state.now_ms}); ahead of now ask /api/edges?at=15",
        )
    return list_past(state.store, roads.network, time_ms)


def minutes_ahead(at: str) -> int:
    """Return the minutes of an ``at`` that the pattern let pass; a plus in an address arrives as a space."""
    return int(at.strip(" +"))


def closed_edges(text: str, count: int) -> list[int]:
    """Read edge indexes separated by commas; a ``ProblemError`` for what is none."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    edges = [int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < 10]
    if len(edges) != len(parts) or len(edges) > MAX_CLOSED or any(edge >= count for edge in edges):
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"closed: give at most {MAX_CLOSED} edge indexes below {count}, separated by commas",
        )
    return edges


def need_roads(state: ApiState) -> Roads:
    """Return the city's roads; a ``ProblemError`` where it has none."""
    if state.roads is None:
        raise absent(NO_NETWORK)
    state.roads.prepare()
    return state.roads


def _unknown(roads: Roads, edge: int, now_ms: int) -> EdgeState:
    return EdgeState(
        edge_id=roads.network.edge_ids[edge],
        edge_index=edge,
        time_ms=now_ms,
        level=LevelOfService.NO_DATA,
        observations=0,
        free_flow_mps=float(roads.network.edge_free_mps[edge]),
    )
