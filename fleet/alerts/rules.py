"""Alerts of one bus: stuck, off route, lost; and of a trip nobody runs."""

import msgspec

from fleet.gtfs.timetable import Timetable, TripRun
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text
from schemas.trip import Phase

STUCK_MS = 300_000
OFF_ROUTE_M = 250.0
OFF_ROUTE_MS = 120_000
LOST_MS = 300_000
NEAR_END_M = 150.0


def judge_vehicle(vehicle: Vehicle, timetable: Timetable, time_ms: int) -> list[FleetAlert]:
    """Return the alerts of a bus that began, or ended, at its newest fix.

    Parameters
    ----------
    vehicle : Vehicle
        The bus after the fix; its open alerts are changed.
    timetable : Timetable
        For the names in the sentences.
    time_ms : int
        Time of the fix.

    Returns
    -------
    list of FleetAlert
        Changed ones only.
    """
    changes = [
        _hold(vehicle, timetable, AlertKind.STUCK, _stuck_since(vehicle, time_ms), time_ms),
        _hold(vehicle, timetable, AlertKind.OFF_ROUTE, _off_since(vehicle, time_ms), time_ms),
        _hold(vehicle, timetable, AlertKind.LOST, None, time_ms),
    ]
    return [alert for alert in changes if alert is not None]


def judge_silence(vehicle: Vehicle, timetable: Timetable, now_ms: int) -> FleetAlert | None:
    """Return the alert that a bus in service fell silent, if it begins now."""
    last = vehicle.last
    if last is None or vehicle.phase is not Phase.IN_SERVICE or now_ms - last.time_ms < LOST_MS:
        return None
    return _hold(vehicle, timetable, AlertKind.LOST, last.time_ms, now_ms)


def not_coming(timetable: Timetable, run: TripRun, now_ms: int, *, ended: bool = False) -> FleetAlert:
    """Return the alert that nobody runs a trip that should be under way."""
    name = timetable.route_short_names[timetable.trip_route[run.trip]]
    head = timetable.headsign_of(run.trip)
    return FleetAlert(
        alert_id=f"not_coming/{run.trip_id}/{run.start_date}",
        kind=AlertKind.NOT_COMING,
        started_ms=run.start_ms,
        updated_ms=now_ms,
        ended_ms=now_ms if ended else None,
        trip_id=run.trip_id,
        start_date=run.start_date,
        route_id=timetable.route_ids[timetable.trip_route[run.trip]],
        text=Text(
            vi=f"Tuyến {name} đi {head}: chưa thấy xe nào chạy chuyến này",
            en=f"Line {name} to {head}: no bus is seen running this trip",
        ),
    )


def _stuck_since(vehicle: Vehicle, time_ms: int) -> int | None:
    progress, anchor = vehicle.progress, vehicle.anchor
    if progress is None or anchor is None or vehicle.phase is not Phase.IN_SERVICE:
        return None
    stops = progress.pattern.stop_distance_m
    near_end = progress.distance_m > stops[-1] - NEAR_END_M or progress.distance_m < stops[0] + NEAR_END_M
    return anchor[2] if time_ms - anchor[2] >= STUCK_MS and not near_end else None


def _off_since(vehicle: Vehicle, time_ms: int) -> int | None:
    progress = vehicle.progress
    if progress is None or progress.off_m < OFF_ROUTE_M or vehicle.phase not in (Phase.DETOUR, Phase.IN_SERVICE):
        vehicle.off_since_ms = None
        return None
    if vehicle.off_since_ms is None:
        vehicle.off_since_ms = time_ms
    return vehicle.off_since_ms if time_ms - vehicle.off_since_ms >= OFF_ROUTE_MS else None


def _hold(
    vehicle: Vehicle, timetable: Timetable, kind: AlertKind, since_ms: int | None, time_ms: int
) -> FleetAlert | None:
    open_ = vehicle.alerts.get(kind)
    if since_ms is not None and open_ is None:
        vehicle.alerts[kind] = _make(vehicle, timetable, kind, since_ms, time_ms)
        return vehicle.alerts[kind]
    if since_ms is None and open_ is not None:
        del vehicle.alerts[kind]
        return msgspec.structs.replace(open_, updated_ms=time_ms, ended_ms=time_ms)
    return None


WORDS = {
    AlertKind.STUCK: Text(
        vi="Xe {bus} (tuyến {line}) đứng yên hơn 5 phút", en="Bus {bus} (line {line}) has stood for over 5 minutes"
    ),
    AlertKind.OFF_ROUTE: Text(
        vi="Xe {bus} (tuyến {line}) đi lệch tuyến", en="Bus {bus} (line {line}) is off its route"
    ),
    AlertKind.LOST: Text(
        vi="Xe {bus} (tuyến {line}) mất tín hiệu hơn 5 phút",
        en="Bus {bus} (line {line}) has been silent for over 5 minutes",
    ),
}


def _make(vehicle: Vehicle, timetable: Timetable, kind: AlertKind, since_ms: int, time_ms: int) -> FleetAlert:
    run = vehicle.progress.run if vehicle.progress is not None else None
    route = None if run is None else timetable.trip_route[run.trip]
    names = {"bus": vehicle.vehicle_id, "line": "?" if route is None else timetable.route_short_names[route]}
    return FleetAlert(
        alert_id=f"{kind}/{vehicle.vehicle_id}/{since_ms}",
        kind=kind,
        started_ms=since_ms,
        updated_ms=time_ms,
        text=Text(vi=WORDS[kind].vi.format(**names), en=WORDS[kind].en.format(**names)),
        vehicle_id=vehicle.vehicle_id,
        trip_id=None if run is None else run.trip_id,
        start_date=None if run is None else run.start_date,
        route_id=None if route is None else timetable.route_ids[route],
        lon=None if vehicle.last is None else vehicle.last.lon,
        lat=None if vehicle.last is None else vehicle.last.lat,
    )
