"""The sentences of alerts: which bus, which line, since when, at which stop."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text


def clock_text(time_ms: int, timezone: str) -> str:
    """Return hours and minutes in the city's zone."""
    return datetime.fromtimestamp(time_ms / 1000, ZoneInfo(timezone)).strftime("%H:%M")


def fill_words(words: Text, **values: object) -> Text:
    """Return a text with its places filled in."""
    return Text(vi=words.vi.format(**values), en=words.en.format(**values))


def stop_ahead(vehicle: Vehicle, timetable: Timetable) -> int | None:
    """Return the number in the timetable of the stop a bus stands at or comes to next."""
    watch = vehicle.watch
    if watch is None:
        return None
    rows = timetable.stops_of(watch.run.trip)
    return int(timetable.time_stop[min(rows.start + watch.ahead, rows.stop - 1)])


def make_alert(
    kind: AlertKind,
    words: Text,
    vehicle: Vehicle,
    timetable: Timetable,
    since_ms: int,
    time_ms: int,
    more: Mapping[str, object] | None = None,
) -> FleetAlert:
    """Return an alert of one bus.

    Parameters
    ----------
    kind : AlertKind
        What is wrong.
    words : Text
        May name ``bus``, ``line``, ``since`` and ``stop``, and what ``more`` gives.
    vehicle : Vehicle
        The bus.
    timetable : Timetable
        For the names.
    since_ms, time_ms : int
        Since when it holds, and the time of the fix that showed it.
    more : mapping, optional
        Name → value of what else stands in the words.

    Returns
    -------
    FleetAlert
        Its id is made of what happened, so that the same fixes in another order give the same one.
    """
    run = vehicle.progress.run if vehicle.progress is not None else None
    route = None if run is None else timetable.trip_route[run.trip]
    stop = stop_ahead(vehicle, timetable)
    return FleetAlert(
        alert_id=f"{kind}/{vehicle.vehicle_id}/{since_ms}",
        kind=kind,
        started_ms=since_ms,
        updated_ms=time_ms,
        text=fill_words(
            words,
            bus=vehicle.vehicle_id,
            line="?" if route is None else timetable.route_short_names[route],
            since=clock_text(since_ms, timetable.timezone),
            stop="?" if stop is None else timetable.stop_names[stop],
            **(more or {}),
        ),
        vehicle_id=vehicle.vehicle_id,
        trip_id=None if run is None else run.trip_id,
        start_date=None if run is None else run.start_date,
        route_id=None if route is None else timetable.route_ids[route],
        lon=None if vehicle.last is None else vehicle.last.lon,
        lat=None if vehicle.last is None else vehicle.last.lat,
        stop_id=None if stop is None else timetable.stop_ids[stop],
    )
