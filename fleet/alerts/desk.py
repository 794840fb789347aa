"""The alerts of a city's buses, and the trips that nobody runs."""

from collections.abc import Iterable, Mapping

from fleet.alerts.rules import judge_silence, judge_vehicle, not_coming
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.vehicle import Vehicle
from schemas.fleet_alert import FleetAlert
from schemas.trip import Phase

NOT_COMING_AFTER_MS = 180_000
NOT_COMING_UNTIL_MS = 1_800_000
ROUTE_LIVE_MS = 600_000
SEEN_OF_LATE_MS = 120_000


class AlertDesk:
    """Judges buses fix by fix, and the whole city from time to time.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    """

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self._route_seen: dict[int, int] = {}
        self._trip_seen: dict[tuple[str, str], int] = {}
        self._missing: dict[tuple[str, str], TripRun] = {}

    def see(self, vehicle: Vehicle, time_ms: int) -> None:
        """Note that a bus was seen on its trip."""
        if vehicle.progress is None:
            return
        run = vehicle.progress.run
        self._trip_seen[(run.trip_id, run.start_date)] = time_ms
        if vehicle.phase is Phase.IN_SERVICE:
            self._route_seen[self._timetable.trip_route[run.trip]] = time_ms

    def list_seen(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return when buses ran trips (``TRIP_ID/START_DATE``) and routes of late, as `note_seen` takes it."""
        if not self._trip_seen:
            return {}, {}
        since_ms = max(self._trip_seen.values()) - SEEN_OF_LATE_MS
        trips = {f"{trip}/{date}": t for (trip, date), t in self._trip_seen.items() if t >= since_ms}
        return trips, {self._timetable.route_ids[n]: t for n, t in self._route_seen.items() if t >= since_ms}

    def note_seen(self, trips: Mapping[str, int], routes: Mapping[str, int]) -> None:
        """Take what another tracker's `list_seen` told."""
        for name, time_ms in trips.items():
            trip, _, date = name.rpartition("/")
            self._trip_seen[(trip, date)] = max(time_ms, self._trip_seen.get((trip, date), 0))
        for route_id, time_ms in routes.items():
            number = self._timetable.route_number.get(route_id)
            if number is not None:
                self._route_seen[number] = max(time_ms, self._route_seen.get(number, 0))

    def judge(self, vehicle: Vehicle, time_ms: int) -> list[FleetAlert]:
        """Return the alerts of a bus that began, or ended, at its newest fix."""
        return judge_vehicle(vehicle, self._timetable, time_ms)

    def look_around(self, vehicles: Iterable[Vehicle], now_ms: int, *, of_all: bool) -> list[FleetAlert]:
        """Return the alerts that the clock alone began or ended.

        Parameters
        ----------
        vehicles : iterable of Vehicle
            All that are followed here.
        now_ms : int
            The city's time.
        of_all : bool
            Whether to speak of trips that nobody runs too.

        Returns
        -------
        list of FleetAlert
            Changed ones only.
        """
        known = list(vehicles)
        out = [alert for v in known if (alert := judge_silence(v, self._timetable, now_ms)) is not None]
        return out + self._look_for_missing(now_ms) if known and of_all else out

    def _look_for_missing(self, now_ms: int) -> list[FleetAlert]:
        table, out = self._timetable, []
        for key, run in list(self._missing.items()):
            if key in self._trip_seen or now_ms > run.end_ms:
                out.append(not_coming(table, run, now_ms, ended=True))
                del self._missing[key]
        for run in table.trips_running(now_ms):
            key = (run.trip_id, run.start_date)
            late = NOT_COMING_AFTER_MS <= now_ms - run.start_ms <= NOT_COMING_UNTIL_MS
            live = now_ms - self._route_seen.get(table.trip_route[run.trip], 0) <= ROUTE_LIVE_MS
            if late and live and key not in self._missing and key not in self._trip_seen:
                self._missing[key] = run
                out.append(not_coming(table, run, now_ms))
        self._trip_seen = {k: t for k, t in self._trip_seen.items() if now_ms - t < 6 * 3_600_000}
        return out
