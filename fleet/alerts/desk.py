"""The alerts of a city's buses, and the trips that nobody runs."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from fleet.alerts.abroad import hear_bus, hear_way, tell_bus, tell_way
from fleet.alerts.away import ALONE_M, Excursion, find_missed, is_often_beside, note_away
from fleet.alerts.bunching import BunchDesk
from fleet.alerts.depot import DepotDesk
from fleet.alerts.detours import DetourDesk
from fleet.alerts.limits import SpeedLimits
from fleet.alerts.missing import MissingTrips
from fleet.alerts.of_city import OfCity
from fleet.alerts.punctual import note_calls, serves
from fleet.alerts.rules import judge_silence, judge_vehicle, rules_of
from fleet.alerts.silence import Silence
from fleet.alerts.standing import note_rest, note_stand
from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle
from schemas.fleet_alert import FleetAlert
from schemas.stop_event import StopEvent
from schemas.track_state import BusShare, WayShare
from schemas.trip import Phase

SEEN_OF_LATE_MS = 120_000
# Far more ways beside lines than are driven between two shares.
MOST_WAYS = 500
KEEP_SEEN_MS = 6 * 3_600_000
PRUNE_EVERY_MS = 300_000


class AlertDesk:
    """Judges buses fix by fix, and the whole city from time to time.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    limits : SpeedLimits, optional
        How fast buses may drive.
    roster : mapping, optional
        Vehicle id → routes it may run; says which bus in the depot could run a missing trip.
    """

    def __init__(
        self,
        timetable: Timetable,
        limits: SpeedLimits | None = None,
        roster: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self._timetable = timetable
        self._rules = rules_of(limits)
        self._route_seen: dict[int, int] = {}
        self._trip_seen: dict[tuple[str, str], int] = {}
        self._pruned_ms = 0
        self._missing = MissingTrips(timetable, roster)
        self._depot = DepotDesk(timetable, roster or {})
        self._silence = Silence(timetable)
        self._detours = DetourDesk(timetable)
        self._bunches = BunchDesk(timetable)
        self._ways: deque[Excursion] = deque(maxlen=MOST_WAYS)
        self._of_city = OfCity()

    def see(self, vehicle: Vehicle, time_ms: int) -> None:
        """Note that a bus was seen on its trip."""
        if vehicle.progress is None:
            return
        run = vehicle.progress.run
        key, route = (run.trip_id, run.start_date), self._timetable.trip_route[run.trip]
        self._trip_seen[key] = max(time_ms, self._trip_seen.get(key, 0))
        if vehicle.phase is Phase.IN_SERVICE:
            self._route_seen[route] = max(time_ms, self._route_seen.get(route, 0))
        self._detours.see(vehicle, time_ms)

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

    def judge(self, vehicle: Vehicle, time_ms: int, calls: Sequence[StopEvent] = ()) -> list[FleetAlert]:
        """Return the alerts of a bus that began, or ended, at its newest fix with these calls."""
        excursion = note_away(vehicle, self._timetable, time_ms)
        if excursion is not None:
            self._detours.add(excursion)
            self._ways.append(excursion)
            missed, pattern = (
                find_missed(self._timetable, [excursion], ALONE_M),
                self._timetable.pattern_of(excursion.trip),
            )
            if len(missed) and is_often_beside(excursion, self._timetable) and serves(vehicle):
                vehicle.skipped = (time_ms, tuple(int(pattern.stop_index[n]) for n in missed))
        elif vehicle.away:
            self._detours.follow(vehicle)
        note_rest(vehicle, time_ms)
        note_stand(vehicle)
        note_calls(vehicle, self._timetable, calls)
        return judge_vehicle(vehicle, self._timetable, self._rules, time_ms)

    def tell(self, vehicles: Iterable[Vehicle]) -> tuple[tuple[BusShare, ...], tuple[WayShare, ...]]:
        """Return what another tracker must know to speak of these buses: they, and their ways since the last time."""
        ways = tuple(tell_way(one, self._timetable) for one in self._ways)
        self._ways.clear()
        buses = (tell_bus(vehicle, self._timetable) for vehicle in vehicles)
        return tuple(bus for bus in buses if bus is not None), ways

    def hear(self, buses: Iterable[BusShare], ways: Iterable[WayShare]) -> list[Vehicle]:
        """Take the ways that another tracker told, and return its buses."""
        for way in ways:
            excursion = hear_way(way, self._timetable)
            if excursion is not None:
                self._detours.add(excursion)
        heard = [hear_bus(bus, self._timetable) for bus in buses]
        for vehicle in heard:
            if vehicle.last is not None:
                self._detours.see(vehicle, vehicle.last.time_ms)
        return heard

    def list_open(self) -> tuple[FleetAlert, ...]:
        """Return what was said here of the city and holds."""
        return self._of_city.list_open()

    def inherit(self, alerts: Iterable[FleetAlert]) -> None:
        """Answer for what another tracker said of the city, whose place this one takes."""
        self._of_city.inherit(alerts)

    def look_around(
        self, vehicles: Iterable[Vehicle], now_ms: int, *, of_all: bool, abroad: Iterable[Vehicle] = ()
    ) -> list[FleetAlert]:
        """Return the alerts that the clock alone began or ended.

        Parameters
        ----------
        vehicles : iterable of Vehicle
            All that are followed here.
        now_ms : int
            The city's time.
        of_all : bool
            Whether to speak for the city, and not only of these buses.
        abroad : iterable of Vehicle
            Those that other trackers follow, as `hear` returned them.

        Returns
        -------
        list of FleetAlert
            Changed ones only.
        """
        known = list(vehicles)
        everyone = [*known, *abroad]
        if not everyone:
            return []
        told, silent = self._silence.look(everyone, now_ms)
        out = []
        for vehicle in known:
            if vehicle.vehicle_id not in silent:
                alert = judge_silence(vehicle, self._timetable, now_ms)
                out += [] if alert is None else [alert]
        if not of_all:
            return out
        return out + self._of_city.settle(told + self._look_at_city(everyone, silent, now_ms), self._missing, now_ms)

    def _look_at_city(self, everyone: list[Vehicle], silent: frozenset[str], now_ms: int) -> list[FleetAlert]:
        out = self._detours.look(now_ms) + self._bunches.look(everyone, now_ms)
        if not 0 <= now_ms - self._pruned_ms < PRUNE_EVERY_MS:
            self._pruned_ms = now_ms
            self._trip_seen = {k: t for k, t in self._trip_seen.items() if now_ms - t < KEEP_SEEN_MS}
        quiet = self._routes_of(everyone, silent)
        out += self._missing.look(self._trip_seen, self._route_seen, quiet, now_ms, everyone)
        return out + self._depot.look(self._missing.open_runs, everyone, now_ms)

    def _routes_of(self, vehicles: Iterable[Vehicle], silent: frozenset[str]) -> frozenset[int]:
        """Return the lines that some buses were on."""
        return frozenset(
            self._timetable.trip_route[vehicle.progress.run.trip]
            for vehicle in vehicles
            if vehicle.vehicle_id in silent and vehicle.progress is not None
        )
