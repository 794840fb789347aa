"""Incidents, closures and states of roads for other people's systems; open to everybody, as the city's law wants it."""

from collections.abc import Callable
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from schemas.incident import Incident
from services.api.edges.ahead import foretell
from services.api.edges.endpoints import At, minutes_ahead, need_roads
from services.api.exports.cap import alert
from services.api.exports.cifs import cifs
from services.api.exports.event import RoadEvent, list_events
from services.api.exports.measured import Site, list_sites, measured, site_table
from services.api.exports.situations import situations
from services.api.exports.traffic import list_observed, traffic
from services.api.exports.wzdx import wzdx
from services.api.problems import absent
from services.api.responses import Kept, Model
from services.api.siri.names import read_token, write_token
from services.api.state import ApiState, State

router = APIRouter(tags=["feeds"])
CACHE = "public, max-age=30"
XML, GEO_JSON = "application/xml", "application/geo+json"


class CapEntryOut(Model):
    """One message of the Common Alerting Protocol and where it lies."""

    incident_id: str
    path: str
    updated_ms: int
    ended: bool


class CapListOut(Model):
    """All messages that hold or were cancelled within the last hour."""

    now_ms: int
    alerts: list[CapEntryOut] = Field(default_factory=list)


@router.get("/datex2/situations.xml", response_class=Response)
def read_situations(state: State, request: Request) -> Response:
    """Return verified incidents and closures as a DATEX II v3 SituationPublication."""
    return _made(
        state, request, "situations", XML, lambda e: situations(e, state.city.city.id, _block(state), _zone(state))
    )


@router.get("/cifs/incidents.json", response_class=Response)
def read_cifs(state: State, request: Request) -> Response:
    """Return closures and hazards as Waze's Closure and Incident Feed."""
    return _made(state, request, "cifs", "application/json", lambda e: msgspec.json.encode(cifs(e, _zone(state))))


@router.get("/wzdx/4.2/closures.geojson", response_class=Response)
def read_wzdx(state: State, request: Request) -> Response:
    """Return closures as WZDx 4.2."""
    city = state.city.city
    return _made(
        state, request, "wzdx", GEO_JSON,
        lambda e: msgspec.json.encode(wzdx(e, (city.id, city.name.en), _block(state))),
    )  # fmt: skip


@router.get("/cap/alerts")
def list_cap(state: State) -> CapListOut:
    """Return which messages of the Common Alerting Protocol there are."""
    found = list_events(state.store, state.roads, state.now_ms)
    return CapListOut(now_ms=state.now_ms, alerts=[_entry(e.incident, ended=e.has_ended) for e in found])


@router.get("/cap/alerts/{incident_id}.xml", response_class=Response)
def read_cap(state: State, request: Request, incident_id: Annotated[str, Path(max_length=256)]) -> Response:
    """Return the newest message about one incident as CAP 1.2; one that has ended is cancelled for an hour."""
    name = read_token(incident_id)
    found = {event.incident.incident_id: event for event in list_events(state.store, state.roads, state.now_ms)}
    if name not in found:
        raise absent("There is no such incident that a person has verified; /cap/alerts lists those there are.")
    event = found[name]
    body = alert(event, state.city.city.id, _zone(state))
    return Kept(body, XML, event.incident.updated_ms).answer(request, CACHE)


@router.get("/datex2/traffic.xml", response_class=Response)
def read_traffic(
    state: State,
    request: Request,
    west: Annotated[float, Query(ge=-180, le=180)] = -180.0,
    south: Annotated[float, Query(ge=-90, le=90)] = -90.0,
    east: Annotated[float, Query(ge=-180, le=180)] = 180.0,
    north: Annotated[float, Query(ge=-90, le=90)] = 90.0,
    at: At = "0",
) -> Response:
    """Return the states of observed roads, in a box or all, as a DATEX II v3 ElaboratedDataPublication.

    ``at``: as they are foretold so many minutes ahead.
    """
    minutes = minutes_ahead(at)
    net, now_ms = need_roads(state).network, _block(state)
    with state.live.reading() as live:
        told = list_observed([now.state for _, now in sorted(live.edges.items())], net, (west, south, east, north))
        told = foretell(live, state.now_ms, minutes, told) if minutes else told
    body = traffic(told, net, state.city.city.id, now_ms, _zone(state), forecast=minutes > 0)
    return Kept(body, XML, now_ms).answer(request, CACHE)


@router.get("/datex2/sites.xml", response_class=Response)
def read_sites(state: State, request: Request) -> Response:
    """Return where cameras count, as a DATEX II v3 MeasurementSiteTablePublication."""
    now_ms, sites = _block(state), _sites(state)
    return Kept(site_table(sites, state.city.city.id, now_ms, _zone(state)), XML, now_ms).answer(request, CACHE)


@router.get("/datex2/measured.xml", response_class=Response)
def read_measured(state: State, request: Request) -> Response:
    """Return what cameras counted last, as a DATEX II v3 MeasuredDataPublication on the sites of ``sites.xml``."""
    now_ms, sites = _block(state), _sites(state)
    with state.live.reading() as live:
        body = measured(sites, live.counts, state.city.city.id, now_ms, _zone(state))
    return Kept(body, XML, now_ms).answer(request, CACHE)


def _sites(state: ApiState) -> list[Site]:
    sites = list_sites(state.cameras)
    if not sites:
        raise absent("This city has no camera with approaches: nothing is counted.")
    return sites


def _entry(incident: Incident, *, ended: bool) -> CapEntryOut:
    name = incident.incident_id
    return CapEntryOut(
        incident_id=name, path=f"/cap/alerts/{write_token(name)}.xml", updated_ms=incident.updated_ms, ended=ended
    )


def _made(
    state: ApiState, request: Request, name: str, media_type: str, make: Callable[[list[RoadEvent]], bytes]
) -> Response:
    """Answer with what is made once for all who ask within five seconds of the city's time."""
    edition = state.feeds.edition(state.now_ms)

    def once() -> Kept:
        return Kept(make(list_events(state.store, state.roads, state.now_ms)), media_type, edition.moment.now_ms)

    return edition.remember(("export", name), once).answer(request, CACHE)


def _block(state: ApiState) -> int:
    """Return when the edition that is asked for was made."""
    return state.feeds.edition(state.now_ms).moment.now_ms


def _zone(state: ApiState) -> ZoneInfo:
    return ZoneInfo(state.city.city.timezone)
