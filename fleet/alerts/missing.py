"""Trips that nobody runs: said within three minutes, with the next one, and only where silence means something.

Two ways lead there. Where a line's buses were counted (`Unmanned`) the count speaks; else no bus was seen on the trip,
and none has an excuse.
"""

from collections.abc import Collection, Mapping

import numpy as np

from fleet.alerts.excuses import count_nearer, count_on_their_way, side_of
from fleet.alerts.say import clock_text
from fleet.alerts.unmanned import Unmanned, believe_nobody
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.vehicle import Vehicle
from schemas.fleet_alert import AlertKind, FleetAlert
from schemas.text import Text

AFTER_MS = 160_000
# What the count of a line's buses says it says at once: with every look more it would be wrong more often.
COUNTED_MS = 150_000, 180_000
# Said only now, it would more often be wrong than of use.
UNTIL_MS = 600_000
ROUTE_LIVE_MS = 600_000
# The bus of a block that still runs the trip before is late, not missing.
BLOCK_LIVE_MS = 600_000
# Said not to come and then believed in so much, a trip comes.
COMES = 0.5
Key = tuple[str, str]


class MissingTrips:
    """Finds the trips that should be under way and that no bus was seen to run.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    roster : mapping, optional
        Vehicle id → route ids or short names.
    """

    def __init__(self, timetable: Timetable, roster: Mapping[str, frozenset[str]] | None = None) -> None:
        self._timetable = timetable
        self._unmanned = Unmanned(timetable, roster or {})
        self._open: dict[Key, TripRun] = {}
        self._said_ms: dict[Key, int] = {}
        self._since_ms: int | None = None

    @property
    def open_runs(self) -> tuple[TripRun, ...]:
        """The trips that are said not to come now."""
        return tuple(self._open.values())

    def take_over(self, alert: FleetAlert, now_ms: int) -> bool:
        """Go on with a trip that another tracker said not to come; ``False`` if this timetable has no such trip."""
        trip = self._timetable.trip_number.get(alert.trip_id or "")
        if trip is None or alert.start_date is None:
            return False
        key, run = (self._timetable.trip_ids[trip], alert.start_date), self._timetable.run_of(trip, alert.start_date)
        if key not in self._open:
            self._begin(run, now_ms)
        return True

    def look(
        self,
        trips_seen: Mapping[Key, int],
        routes_seen: Mapping[int, int],
        silent: frozenset[int],
        now_ms: int,
        vehicles: Collection[Vehicle] = (),
    ) -> list[FleetAlert]:
        """Return the trips that began, or ended, to be missed.

        Parameters
        ----------
        trips_seen : mapping
            When buses were seen on runs (trip id, start date).
        routes_seen : mapping
            When buses were seen in service on lines (by number).
        silent : frozenset of int
            Lines whose feed has fallen silent: nothing is said of them.
        now_ms : int
            The city's time.
        vehicles : collection of Vehicle
            Those that are followed here; one whose place fits a missing trip better than its own excuses it.

        Returns
        -------
        list of FleetAlert
            Changed ones only.
        """
        table, out = self._timetable, self._end(trips_seen, vehicles, now_ms)
        self._unmanned.crews.note(vehicles, now_ms)
        # Who did not look when a trip began does not know whether it did.
        self._since_ms = now_ms if self._since_ms is None else min(self._since_ms, now_ms)
        unseen, missing = [], []
        for run in table.trips_running(now_ms):
            key, route = (run.trip_id, run.start_date), table.trip_route[run.trip]
            late_ms = now_ms - run.start_ms
            if not COUNTED_MS[0] <= late_ms <= UNTIL_MS or key in self._open or run.start_ms < self._since_ms:
                continue
            if now_ms - routes_seen.get(route, 0) > ROUTE_LIVE_MS or route in silent:
                continue
            if late_ms <= COUNTED_MS[1] and self._unmanned.has_no_bus(run, vehicles, now_ms):
                missing.append(run)
            elif late_ms >= AFTER_MS and key not in trips_seen and not self._comes_late(run, trips_seen, now_ms):
                unseen.append(run)
        for run in [*missing, *self._without_excuse(unseen, trips_seen, vehicles, now_ms)]:
            if not self._unmanned.has_left(run, vehicles, now_ms):
                self._begin(run, now_ms)
                out.append(self._alert(run, now_ms))
        return out

    def _begin(self, run: TripRun, now_ms: int) -> None:
        key = (run.trip_id, run.start_date)
        self._open[key], self._said_ms[key] = run, now_ms

    def _end(self, trips_seen: Mapping[Key, int], vehicles: Collection[Vehicle], now_ms: int) -> list[FleetAlert]:
        """Take back the trips that a bus is seen to run since, and those whose time is over."""
        out = []
        for key, run in list(self._open.items()):
            seen = trips_seen.get(key, 0) > self._said_ms[key]
            if (seen and believe_nobody(vehicles, run) <= COMES) or now_ms > run.end_ms:
                out.append(self._alert(run, now_ms, ended=True))
                del self._open[key], self._said_ms[key]
        return out

    def _without_excuse(
        self, unseen: list[TripRun], trips_seen: Mapping[Key, int], vehicles: Collection[Vehicle], now_ms: int
    ) -> list[TripRun]:
        """Leave out as many trips of a direction, the latest first, as buses are late for it; and those maybe run."""
        late = count_on_their_way(self._timetable, trips_seen, unseen, now_ms)
        left = []
        for run in sorted(unseen, key=lambda run: (-run.start_ms, run.trip_id)):
            side = side_of(self._timetable, run.trip)
            if late[side] > 0:
                late[side] -= 1
            elif count_nearer(self._timetable, vehicles, run) == 0:
                left.append(run)
        return left[::-1]

    def _comes_late(self, run: TripRun, trips_seen: Mapping[Key, int], now_ms: int) -> bool:
        before = self._unmanned.before.get(run.trip)
        if before is None:
            return False
        seen_ms = trips_seen.get((self._timetable.trip_ids[before], run.start_date), 0)
        return now_ms - seen_ms <= BLOCK_LIVE_MS

    def _find_next(self, run: TripRun) -> TripRun | None:
        """Return the next run of the same line and direction that is not missed too."""
        table = self._timetable
        plan = table.day_plan(run.start_date)
        route, direction = table.trip_route[run.trip], table.trip_direction[run.trip]
        first_s = (run.start_ms - run.day_start_ms) // 1000
        for at in np.argsort(plan.first_s, kind="stable"):
            trip = int(plan.trips[at])
            if (
                plan.first_s[at] <= first_s
                or table.trip_route[trip] != route
                or table.trip_direction[trip] != direction
            ):
                continue
            if (table.trip_ids[trip], run.start_date) not in self._open:
                return table.run_of(trip, run.start_date)
        return None

    def _alert(self, run: TripRun, now_ms: int, *, ended: bool = False) -> FleetAlert:
        table = self._timetable
        name, head = table.route_short_names[table.trip_route[run.trip]], table.headsign_of(run.trip)
        at = clock_text(run.start_ms, table.timezone)
        following = None if ended else self._find_next(run)
        vi = en = ""
        if following is not None:
            soon = clock_text(following.start_ms, table.timezone)
            vi, en = f"; chuyến sau {soon}", f"; the next one leaves at {soon}"
        return FleetAlert(
            alert_id=f"not_coming/{run.trip_id}/{run.start_date}",
            kind=AlertKind.NOT_COMING,
            started_ms=run.start_ms,
            updated_ms=now_ms,
            ended_ms=now_ms if ended else None,
            trip_id=run.trip_id,
            start_date=run.start_date,
            route_id=table.route_ids[table.trip_route[run.trip]],
            text=Text(
                vi=f"Tuyến {name} đi {head}: chưa thấy xe nào chạy chuyến {at}{vi}",
                en=f"Line {name} to {head}: no bus is seen running the {at} trip{en}",
            ),
        )
