"""Stops: search, nearby, arrivals."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query

from schemas.earth import METRES_PER_DEGREE
from services.api.problems import absent
from services.api.roads import search_streets
from services.api.routes.responses import search_routes
from services.api.state import State
from services.api.stops.responses import ArrivalsOut, SearchOut, StopsOut, StreetHit, arrivals_out, stop_hit
from services.api.timetable import search_places

router = APIRouter(tags=["stops"])
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/api/search")
def search(
    state: State, q: Annotated[str, Query(max_length=100)] = "", limit: Limit = 20, streets: bool = False
) -> SearchOut:
    """Find stops, lines and, where asked for, streets by name; diacritics and case do not matter."""
    found = search_streets(state.roads.streets, q, limit) if streets and state.roads is not None else []
    return SearchOut(
        stops=[stop_hit(place) for place in search_places(state.timetable.places, q, limit)],
        routes=search_routes(state.timetable, q, limit),
        streets=[StreetHit.model_validate(street) for street in found],
    )


@router.get("/api/stops/near")
def near(
    state: State,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
    limit: Limit = 10,
) -> StopsOut:
    """Return the places nearest to a point, nearest first."""
    places = state.timetable.places
    if not places:
        return StopsOut(stops=[])
    east = (np.array([place.lon for place in places]) - lon) * np.cos(np.radians(lat))
    north = np.array([place.lat for place in places]) - lat
    distance_m = np.hypot(east, north) * METRES_PER_DEGREE
    order = np.argsort(distance_m, kind="stable")[:limit]
    return StopsOut(stops=[stop_hit(places[i], float(distance_m[i])) for i in order])


@router.get("/api/stops/{stop_id}/arrivals")
def arrivals(state: State, stop_id: str, limit: Limit = 20) -> ArrivalsOut:
    """Return the next arrivals at a place, live, stale, planned and not coming, each called what it is."""
    place = state.timetable.place_of.get(stop_id)
    if place is None:
        raise absent("There is no such stop in this city's timetable.")
    with state.live.reading() as live:
        return arrivals_out(live, state.timetable, place, state.now_ms, limit)
