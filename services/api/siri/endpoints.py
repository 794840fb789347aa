"""SIRI 2.1 for other people's systems, asked for by plain requests."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from services.api.arrivals import list_arrivals
from services.api.problems import ProblemError, absent
from services.api.responses import Kept
from services.api.siri.document import Document
from services.api.siri.names import read_token
from services.api.siri.situations import situation_exchange
from services.api.siri.stops import stop_monitoring
from services.api.siri.timetable import estimated_timetable
from services.api.siri.vehicles import VehicleQuery, vehicle_monitoring
from services.api.state import ApiState, State

router = APIRouter(tags=["feeds"])
CACHE = "public, max-age=5"
XML = "application/xml"


@router.get("/siri/vm.xml", response_class=Response)
def read_vehicle_monitoring(
    state: State,
    request: Request,
    line_ref: Annotated[str | None, Query(alias="LineRef", max_length=256)] = None,
    vehicle_ref: Annotated[str | None, Query(alias="VehicleRef", max_length=256)] = None,
    detail: Annotated[Literal["normal", "calls"], Query(alias="VehicleMonitoringDetailLevel")] = "normal",
) -> Response:
    """Return SIRI VM: the buses on a trip, each with its next call (``normal``) or all calls ahead (``calls``)."""
    line, vehicle = _read_line(state, line_ref), _read(vehicle_ref)
    if detail == "calls" and line is None and vehicle is None:
        raise ProblemError(
            HTTPStatus.FORBIDDEN, "All calls ahead are given for one line or bus: name LineRef or VehicleRef."
        )
    edition = state.feeds.edition(state.now_ms)
    query = VehicleQuery(line, vehicle, detail == "calls")

    def make() -> Kept:
        doc = _document(state, "VehicleMonitoring", edition.moment.now_ms)
        body = vehicle_monitoring(doc, edition.moment, state.timetable, query)
        return Kept(body, XML, edition.moment.now_ms)

    return edition.remember(query, make).answer(request, CACHE)


@router.get("/siri/sm.xml", response_class=Response)
def read_stop_monitoring(
    state: State,
    request: Request,
    monitoring_ref: Annotated[str, Query(alias="MonitoringRef", min_length=1, max_length=256)],
    line_ref: Annotated[str | None, Query(alias="LineRef", max_length=256)] = None,
    most: Annotated[int, Query(alias="MaximumStopVisits", ge=1, le=100)] = 20,
) -> Response:
    """Return SIRI SM: what comes to the place of a stop, live, planned only, or not at all."""
    place = state.timetable.place_of.get(read_token(monitoring_ref))
    if place is None:
        raise absent("There is no such stop in this city's timetable.")
    line, now_ms = _read(line_ref), state.now_ms
    with state.live.reading() as live:
        rows = list_arrivals(live, state.timetable, place, now_ms, 100)
        rows = [row for row in rows if line in (None, row.route_id)][:most]
        seen = {row.vehicle_id for row in rows if row.vehicle_id is not None}
        positions = {name: live.vehicles[name].position for name in seen if name in live.vehicles}
    doc = _document(state, "StopMonitoring", now_ms)
    body = stop_monitoring(doc, read_token(monitoring_ref), rows, positions, state.timetable, now_ms)
    return Kept(body, XML, now_ms).answer(request, CACHE)


@router.get("/siri/et.xml", response_class=Response, responses={HTTPStatus.NO_CONTENT: {"description": "No trip."}})
def read_estimated_timetable(
    state: State,
    request: Request,
    line_ref: Annotated[str | None, Query(alias="LineRef", max_length=256)] = None,
) -> Response:
    """Return SIRI ET: trips with all calls ahead and those that nobody runs; 204 where there are none.

    The standard has no empty delivery of this kind.
    """
    line, edition = _read_line(state, line_ref), state.feeds.edition(state.now_ms)

    def make() -> Kept:
        doc = _document(state, "EstimatedTimetable", edition.moment.now_ms)
        body = estimated_timetable(doc, edition.moment, state.timetable, line)
        return Kept(body, XML, edition.moment.now_ms)

    kept = edition.remember(("et", line), make)
    return kept.answer(request, CACHE) if kept.body else Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/siri/sx.xml", response_class=Response)
def read_situation_exchange(
    state: State,
    request: Request,
    line_ref: Annotated[str | None, Query(alias="LineRef", max_length=256)] = None,
) -> Response:
    """Return SIRI SX: what riders should know of lines, trips, stops and streets."""
    line, edition = _read_line(state, line_ref), state.feeds.edition(state.now_ms)

    def make() -> Kept:
        doc = _document(state, "SituationExchange", edition.moment.now_ms)
        body = situation_exchange(doc, edition.moment, state.timetable, edition.roads, line)
        return Kept(body, XML, edition.moment.now_ms)

    return edition.remember(("sx", line), make).answer(request, CACHE)


def _read_line(state: ApiState, token: str | None) -> str | None:
    """Return the line that is asked for; one that the timetable does not know is absent."""
    line = _read(token)
    if line is not None and state.timetable.short_name(line) is None:
        raise absent("There is no such line in this city's timetable.")
    return line


def _read(token: str | None) -> str | None:
    return None if token is None else read_token(token)


def _document(state: ApiState, kind: str, now_ms: int) -> Document:
    table, city = state.timetable.table, state.city.city
    return Document(kind, city.id, now_ms, city.timezone if table is None else table.timezone)
