"""Times between named places, areas within reach, and what a closure would do."""

import threading
from http import HTTPStatus
from typing import Annotated, Literal
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from fastapi import APIRouter, Query

from fleet.closures import Closures
from fleet.gtfs.timetable import Timetable
from routing.flood import closed_edges as flooded
from routing.flood import slow_down
from routing.network.graph import Floats
from routing.network.vehicles import Vehicle
from routing.paths import RoadPath, Search, alternatives, drive_seconds
from routing.paths.isochrone import area, reached_m, seconds_when_entered
from services.api.edges.ahead import foretell
from services.api.edges.endpoints import At, Lat, Lon, TimeMs, closed_edges, minutes_ahead, need_roads, past_states
from services.api.problems import ProblemError, absent
from services.api.roads import Roads, search_streets
from services.api.state import ApiState, State
from services.api.timetable import search_places
from services.api.whatif.bottlenecks import list_bottlenecks
from services.api.whatif.closure import what_if
from services.api.whatif.responses import (
    AreaOut,
    BottlenecksOut,
    IsochroneOut,
    PathOut,
    PlaceOut,
    TravelTimeOut,
    WayOut,
    WhatIfOut,
)
from services.api.whatif.seconds import live_seconds, minute_of, seconds_ahead
from services.incidents.flood import list_floods

router = APIRouter(tags=["roads"])
Driver = Literal["motorbike", "car", "bus"]
MOST_AREAS = 4
LONGEST_MIN = 60
DepartIn = Annotated[float | None, Query(ge=0, le=60, description="minutes from now to setting out")]

_closures: "WeakKeyDictionary[Timetable, Closures]" = WeakKeyDictionary()
_lock = threading.Lock()


@router.get("/api/path")
def read_path(
    state: State,
    from_lon: Lon,
    from_lat: Lat,
    to_lon: Lon,
    to_lat: Lat,
    closed: Annotated[str, Query(max_length=10_000)] = "",
    vehicle: Driver = "bus",
    others: Annotated[int, Query(ge=0, le=4)] = 0,
    depart_in: DepartIn = None,
) -> PathOut:
    """Return the quickest way between two places, not through closed edges or deep water, and others.

    At the present speeds; with ``depart_in``, minutes from now, at speeds that change on the way as is foretold.
    """
    roads = need_roads(state)
    start, end = roads.nearest_node(from_lon, from_lat), roads.nearest_node(to_lon, to_lat)
    water, who = list_floods(state.store), _vehicle(vehicle)
    weights, foretold = _weights(state, roads, depart_in)
    seconds = np.stack([slow_down(roads.network, row, water, state.now_ms) for row in weights])
    shut = [*closed_edges(closed, roads.network.edge_count), *flooded(roads.network, water, who, state.now_ms)]
    search = Search(roads.network, seconds, vehicle=who, minute=minute_of(state), closed=shut)
    best = search.path(start, end)
    if best is None:
        raise ProblemError(HTTPStatus.CONFLICT, "With these edges closed there is no way between the two places.")
    at_start = (
        Search(roads.network, seconds[0], vehicle=who, minute=minute_of(state), closed=shut) if others else search
    )
    more = alternatives(roads.network, at_start, seconds[0], start, end, others + 1)[1:] if others else []
    ways = [_way(roads, path, seconds) for path in (best, *more)]
    depart_ms = state.now_ms + round(60_000 * (depart_in or 0))
    return PathOut(
        **ways[0].model_dump(), alternatives=ways[1:], forecast=foretold, depart_ms=depart_ms,
        arrive_ms=depart_ms + round(1000 * ways[0].duration_s),
    )  # fmt: skip


def _weights(state: ApiState, roads: Roads, depart_in: float | None) -> tuple[Floats, bool]:
    """Return a row of seconds of each edge, or one a quarter of an hour where forecasts are asked for and there are."""
    if depart_in is None:
        return live_seconds(state, roads)[None], False
    return seconds_ahead(state, roads, depart_in)


def _way(roads: Roads, path: RoadPath, seconds: Floats) -> WayOut:
    return WayOut(
        distance_m=round(float(roads.network.edge_length_m[path.edges].sum()), 1),
        duration_s=round(drive_seconds(path.edges, seconds), 1),
        line=roads.line(path),
        edges=path.edges.tolist(),
    )


@router.get("/api/travel-time")
def read_travel_time(
    state: State,
    start: Annotated[str, Query(alias="from", min_length=1, max_length=200)],
    end: Annotated[str, Query(alias="to", min_length=1, max_length=200)],
    vehicle: Driver = "motorbike",
    depart_in: DepartIn = None,
) -> TravelTimeOut:
    """Return how long it takes between two places named as riders name them: stops, then streets.

    At the present speeds; with ``depart_in``, minutes from now, at speeds that change on the way as is foretold.
    """
    roads = need_roads(state)
    places = _place(state, roads, start), _place(state, roads, end)
    nodes = [roads.nearest_node(place.lon, place.lat) for place in places]
    seconds, foretold = _weights(state, roads, depart_in)
    path = Search(roads.network, seconds, vehicle=_vehicle(vehicle), minute=minute_of(state)).path(nodes[0], nodes[1])
    if path is None:
        raise ProblemError(HTTPStatus.CONFLICT, f"A {vehicle} finds no way between the two places.")
    length = roads.network.edge_length_m[path.edges]
    depart_ms = state.now_ms + round(60_000 * (depart_in or 0))
    return TravelTimeOut(
        now_ms=state.now_ms,
        depart_ms=depart_ms,
        arrive_ms=depart_ms + round(1000 * path.cost),
        forecast=foretold,
        start=places[0],
        end=places[1],
        duration_s=round(path.cost, 1),
        free_s=round(float((length / roads.network.edge_free_mps[path.edges]).sum()), 1),
        distance_m=round(float(length.sum()), 1),
        line=roads.line(path),
    )


@router.get("/api/isochrone")
def read_isochrone(
    state: State,
    lon: Lon,
    lat: Lat,
    minutes: Annotated[str, Query(max_length=40)] = "5,10,15",
    vehicle: Driver = "motorbike",
    closed: Annotated[str, Query(max_length=10_000)] = "",
    depart_in: DepartIn = None,
) -> IsochroneOut:
    """Return what is reached from a place within some minutes, not through closed edges or deep water.

    At the present speeds; with ``depart_in``, minutes from now, at speeds that change on the way as is foretold.
    """
    roads = need_roads(state)
    limits = _minutes(minutes)
    water, who = list_floods(state.store), _vehicle(vehicle)
    weights, foretold = _weights(state, roads, depart_in)
    seconds = np.stack([slow_down(roads.network, row, water, state.now_ms) for row in weights])
    shut = [*closed_edges(closed, roads.network.edge_count), *flooded(roads.network, water, who, state.now_ms)]
    search = Search(roads.network, seconds, vehicle=who, minute=minute_of(state), closed=shut)
    tree = search.from_node(roads.nearest_node(lon, lat), 60.0 * limits[-1])
    entered_s = seconds_when_entered(roads.network, tree, seconds)
    open_s = np.where((roads.network.edge_users & int(who)) > 0, entered_s, np.inf)
    open_s[shut] = np.inf
    shapes = [area(roads.network, reached_m(roads.network, tree, open_s, 60.0 * limit)) for limit in limits]
    areas = [
        AreaOut(minutes=limit, geometry=shapely.geometry.mapping(shapely.set_precision(shape, 1e-6)))
        for limit, shape in zip(limits, shapes, strict=True)
    ]
    depart_ms = state.now_ms + round(60_000 * (depart_in or 0))
    return IsochroneOut(now_ms=state.now_ms, depart_ms=depart_ms, forecast=foretold, areas=areas)


@router.get("/api/what-if")
def read_what_if(state: State, closed: Annotated[str, Query(min_length=1, max_length=10_000)]) -> WhatIfOut:
    """Return what closing some edges would do now: which lines, how many seconds, which way round."""
    roads = need_roads(state)
    edges = closed_edges(closed, roads.network.edge_count)
    if not edges:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "closed: give the edge indexes to close, in driving order")
    now = state.now_ms, minute_of(state), live_seconds(state, roads)
    return what_if(_lines(state, roads), state.timetable, roads, edges, now)


@router.get("/api/bottlenecks")
def read_bottlenecks(
    state: State, limit: Annotated[int, Query(ge=1, le=100)] = 20, at: At = "0", time_ms: TimeMs | None = None
) -> BottlenecksOut:
    """Return the streets where traffic loses most time, by observed edges only: now, ``at`` as is foretold, or then."""
    roads, now_ms, minutes = need_roads(state), state.now_ms, minutes_ahead(at)
    if time_ms is not None:
        states = past_states(state, roads, time_ms)
    else:
        with state.live.reading() as live:
            states = [now.state for _, now in sorted(live.edges.items())]
            states = foretell(live, now_ms, minutes, states) if minutes else states
    streets = list_bottlenecks(states, roads.network, limit)
    return BottlenecksOut(now_ms=now_ms, at_min=minutes, streets=streets)


def _lines(state: ApiState, roads: Roads) -> Closures | None:
    table = state.timetable.table
    if table is None:
        return None
    with _lock:
        if table not in _closures:
            _closures[table] = Closures(table, roads.network)
        return _closures[table]


def _place(state: ApiState, roads: Roads, name: str) -> PlaceOut:
    for place in search_places(state.timetable.places, name, 1):
        return PlaceOut(name=place.name, kind="stop", lon=place.lon, lat=place.lat)
    for street in search_streets(roads.streets, name, 1):
        return PlaceOut(name=street.name, kind="street", lon=street.lon, lat=street.lat)
    raise absent(f"No stop and no street of this city is called {name!r}; /api/search shows what there is.")


def _minutes(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    good = all(part.isascii() and part.isdecimal() and 1 <= int(part) <= LONGEST_MIN for part in parts)
    if not good or len(parts) > MOST_AREAS:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"minutes: give at most {MOST_AREAS} whole numbers from 1 to {LONGEST_MIN}, separated by commas",
        )
    return sorted({int(part) for part in parts})


def _vehicle(name: Driver) -> Vehicle:
    return Vehicle[name.upper()]
