"""What the API says about stops and arrivals."""

from pydantic import Field

from services.api.arrivals import Arrival, list_arrivals
from services.api.disruptions.responses import rider_alert_out
from services.api.live import LiveState
from services.api.responses import AlertOut, Model, RouteHit, StopHit, TextOut
from services.api.timetable import CityTimetable, StopPlace


class ArrivalOut(Model):
    """One row: ``status`` tells whether it is live, stale, planned only, or not coming.

    ``standing_since_ms``: its bus stands where it should not; ``is_next_trip``: its bus still runs another trip, with
    the layover between. ``stop_lon`` and ``stop_lat`` tell which of the place's platforms or sides it calls at.
    """

    trip_id: str
    start_date: str
    route_id: str
    route_short_name: str
    headsign: str | None
    stop_id: str
    status: str
    vehicle_id: str | None
    eta_ms: int
    p10_ms: int | None
    p50_ms: int | None
    p90_ms: int | None
    scheduled_ms: int | None
    delay_s: float | None
    reason: TextOut | None
    made_at_ms: int | None
    fix_time_ms: int | None
    at_stop_name: str | None
    stops_away: int | None
    standing_since_ms: int | None
    is_next_trip: bool
    stop_lon: float | None = None
    stop_lat: float | None = None


class ArrivalsOut(Model):
    """The next arrivals at one place; ``newest_fix_ms`` is the newest report of the buses listed."""

    stop: StopHit
    now_ms: int
    newest_fix_ms: int | None
    arrivals: list[ArrivalOut]
    alerts: list[AlertOut]


class StopsOut(Model):
    """Some places."""

    stops: list[StopHit]


class StreetHit(Model):
    """One street, with one of its edges in its middle."""

    name: str
    edge_index: int
    lon: float
    lat: float


class SearchOut(Model):
    """Places, lines and, where asked for, streets that fit a query, best first."""

    stops: list[StopHit]
    routes: list[RouteHit]
    streets: list[StreetHit] = Field([], description="only where asked for")


def stop_hit(place: StopPlace, distance_m: float | None = None) -> StopHit:
    """Turn a place into what the API says of it."""
    return StopHit(
        stop_id=place.stop_id,
        name=place.name,
        lon=place.lon,
        lat=place.lat,
        routes=list(place.routes),
        distance_m=None if distance_m is None else round(distance_m, 1),
    )


def arrivals_out(state: LiveState, timetable: CityTimetable, place: StopPlace, now_ms: int, limit: int) -> ArrivalsOut:
    """Return the body of ``/arrivals`` of one place."""
    rows = list_arrivals(state, timetable, place, now_ms, limit)
    fixes = [row.fix_time_ms for row in rows if row.fix_time_ms is not None]
    return ArrivalsOut(
        stop=stop_hit(place),
        now_ms=now_ms,
        newest_fix_ms=max(fixes, default=None),
        arrivals=[_arrival_out(row, timetable) for row in rows],
        alerts=_alerts(state, timetable, place, rows),
    )


def _arrival_out(row: Arrival, timetable: CityTimetable) -> ArrivalOut:
    out = ArrivalOut.model_validate(row)
    out.stop_lon, out.stop_lat = timetable.stop_lonlat(row.stop_id) or (None, None)
    return out


def _alerts(state: LiveState, timetable: CityTimetable, place: StopPlace, rows: list[Arrival]) -> list[AlertOut]:
    """Return what goes wrong with the trips of the list, and the detours that leave this place out."""
    trips = {row.trip_id for row in rows}
    about = (
        alert
        for alert in state.holding.values()
        if alert.trip_id in trips
        or (alert.detour is not None and not set(place.stop_ids).isdisjoint(alert.detour.missed_stop_ids))
    )
    return [said for alert in about if (said := rider_alert_out(alert, timetable)) is not None]
