"""Roads: congestion and paths."""

from http import HTTPStatus
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query

from schemas.edge import EdgeState, LevelOfService
from services.api.edges.responses import EdgeDetailOut, EdgesOut, PathOut, edge_out, history_of, list_edges
from services.api.problems import ProblemError, absent
from services.api.roads import Roads
from services.api.state import ApiState, State

router = APIRouter(tags=["roads"])
NO_NETWORK = "This city has no road network; import one with `hanoi city import --roads`."
MAX_CLOSED = 1000
Lon = Annotated[float, Query(ge=-180, le=180)]
Lat = Annotated[float, Query(ge=-90, le=90)]


@router.get("/api/edges")
def read_edges(state: State) -> EdgesOut:
    """Return all edges that have data."""
    with state.live.reading() as live:
        return EdgesOut.model_construct(now_ms=state.now_ms, states=list_edges(live))


@router.get("/api/edges/{edge_index}")
def read_edge(state: State, edge_index: int) -> EdgeDetailOut:
    """Return one edge with its street and its earlier speeds."""
    roads = _roads(state)
    if not 0 <= edge_index < roads.network.edge_count:
        raise absent(f"There is no edge {edge_index}; the network has {roads.network.edge_count}.")
    with state.live.reading() as live:
        now = live.edges.get(edge_index)
        history = history_of(now)
    known = now.state if now is not None else _unknown(roads, edge_index, state.now_ms)
    return EdgeDetailOut(
        **edge_out(known).model_dump(),
        name=roads.network.name_of(edge_index) or None,
        road_class=roads.network.class_of(edge_index),
        length_m=round(float(roads.network.edge_length_m[edge_index]), 1),
        history=history,
    )


@router.get("/api/path")
def read_path(
    state: State,
    from_lon: Lon,
    from_lat: Lat,
    to_lon: Lon,
    to_lat: Lat,
    closed: Annotated[str, Query(max_length=10_000)] = "",
) -> PathOut:
    """Return the quickest way between two places with some edges closed."""
    roads = _roads(state)
    start, end = roads.nearest_node(from_lon, from_lat), roads.nearest_node(to_lon, to_lat)
    found = roads.shortest(start, end, _closed(closed, roads.network.edge_count))
    if found is None:
        raise ProblemError(HTTPStatus.CONFLICT, "With these edges closed there is no way between the two places.")
    return PathOut(
        distance_m=round(float(np.sum(roads.network.edge_length_m[found.edges])), 1),
        duration_s=round(_duration_s(state, roads, found.edges.tolist()), 1),
        line=roads.line(found),
        edges=found.edges.tolist(),
    )


def _duration_s(state: ApiState, roads: Roads, edges: list[int]) -> float:
    speeds = roads.network.edge_free_mps[edges].copy() if edges else np.empty(0)
    with state.live.reading() as live:
        for i, edge in enumerate(edges):
            now = live.edges.get(edge)
            if now is not None and now.state.speed_mps is not None:
                speeds[i] = max(now.state.speed_mps, 0.5)
    return float(np.sum(roads.network.edge_length_m[edges] / speeds)) if edges else 0.0


def _closed(text: str, count: int) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    edges = [int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < 10]
    if len(edges) != len(parts) or len(edges) > MAX_CLOSED or any(edge >= count for edge in edges):
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"closed: give at most {MAX_CLOSED} edge indexes below {count}, separated by commas",
        )
    return edges


def _roads(state: ApiState) -> Roads:
    if state.roads is None:
        raise absent(NO_NETWORK)
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
