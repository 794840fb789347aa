"""A bus that should be out and stands in its depot: a trip of its line is missing, and it is there to run it."""

from collections.abc import Iterable, Mapping

import msgspec

from fleet.alerts.say import clock_text
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text
from schemas.trip import Phase

FRESH_MS = 1_200_000


class DepotDesk:
    """Finds, for trips that nobody runs, buses of the line's roster that are parked.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    roster : mapping
        Vehicle id → route ids or short names.
    """

    def __init__(self, timetable: Timetable, roster: Mapping[str, frozenset[str]]) -> None:
        self._timetable = timetable
        self._roster = roster
        self._open: dict[tuple[str, str], FleetAlert] = {}

    def look(self, missing: Iterable[TripRun], vehicles: Iterable[Vehicle], now_ms: int) -> list[FleetAlert]:
        """Return what began or ended: one bus for each missing trip, the one that has been parked longest.

        Parameters
        ----------
        missing : iterable of TripRun
            The trips said not to come.
        vehicles : iterable of Vehicle
            All of the city.
        now_ms : int
            The city's time.

        Returns
        -------
        list of FleetAlert
            Changed ones only.
        """
        parked = {v.vehicle_id: v for v in vehicles if _is_parked(v, now_ms)}
        due = {(run.trip_id, run.start_date): run for run in missing}
        over = [key for key, told in self._open.items() if key not in due or told.vehicle_id not in parked]
        out = [msgspec.structs.replace(self._open.pop(key), updated_ms=now_ms, ended_ms=now_ms) for key in over]
        taken = {told.vehicle_id for told in self._open.values()}
        for key in sorted(due.keys() - self._open.keys()):
            names = self._names_of(due[key])
            free = [
                v for name, v in parked.items() if name not in taken and names & self._roster.get(name, frozenset())
            ]
            if free:
                bus = min(free, key=lambda v: (v.anchor[2] if v.anchor else 0, v.vehicle_id))
                taken.add(bus.vehicle_id)
                self._open[key] = self._alert(bus, due[key], now_ms)
                out.append(self._open[key])
        return out

    def _names_of(self, run: TripRun) -> frozenset[str]:
        table, route = self._timetable, self._timetable.trip_route[run.trip]
        return frozenset({table.route_ids[route], table.route_short_names[route]})

    def _alert(self, bus: Vehicle, run: TripRun, now_ms: int) -> FleetAlert:
        table = self._timetable
        assert bus.last is not None
        since_ms = bus.last.time_ms if bus.anchor is None else bus.anchor[2]
        line, at = table.route_short_names[table.trip_route[run.trip]], clock_text(run.start_ms, table.timezone)
        since = clock_text(since_ms, table.timezone)
        return FleetAlert(
            alert_id=f"{AlertKind.IN_DEPOT}/{bus.vehicle_id}/{run.trip_id}/{run.start_date}",
            kind=AlertKind.IN_DEPOT,
            started_ms=run.start_ms,
            updated_ms=now_ms,
            text=Text(
                vi=f"Xe {bus.vehicle_id} còn ở bãi từ {since}; chuyến {at} của tuyến {line} chưa có xe",
                en=f"Bus {bus.vehicle_id} has been in the depot since {since}; the {at} trip of line {line} has no bus",
            ),
            vehicle_id=bus.vehicle_id,
            trip_id=run.trip_id,
            start_date=run.start_date,
            route_id=table.route_ids[table.trip_route[run.trip]],
            lon=bus.last.lon,
            lat=bus.last.lat,
        )


def _is_parked(vehicle: Vehicle, now_ms: int) -> bool:
    fresh = vehicle.last is not None and now_ms - vehicle.last.time_ms <= FRESH_MS
    return fresh and vehicle.phase is Phase.AT_DEPOT
