"""Trips that nobody runs: said within three minutes, with the next one, and only where silence means something.

Two ways lead there. Where a line's buses were counted (`Unmanned`) the count speaks; else no bus was seen on the trip,
and none has an excuse. What the count alone does not prove, and what a bus that waits at the first stop may yet run, is
only said to be unsure.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fleet.alerts.excuses import count_nearer, count_on_their_way, side_of
from fleet.alerts.say import clock_text, fill_words
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
WORDS = {
    AlertKind.NOT_COMING: Text(vi="chưa thấy xe nào chạy chuyến {at}", en="no bus is seen running the {at} trip"),
    AlertKind.MAY_NOT_RUN: Text(vi="chuyến {at} có thể không chạy", en="the {at} trip may not run"),
}


@dataclass(frozen=True, slots=True)
class _Said:
    """A trip that was said not to come, or maybe not, and since when."""

    run: TripRun
    kind: AlertKind
    since_ms: int


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
        self._open: dict[Key, _Said] = {}
        self._since_ms: int | None = None

    @property
    def open_runs(self) -> tuple[TripRun, ...]:
        """The trips that are said not to come now, surely or maybe."""
        return tuple(said.run for said in self._open.values())

    def take_over(self, alert: FleetAlert, now_ms: int) -> bool:
        """Go on with a trip that another tracker said not to come; ``False`` if this timetable has no such trip."""
        trip = self._timetable.trip_number.get(alert.trip_id or "")
        if trip is None or alert.start_date is None:
            return False
        key, run = (self._timetable.trip_ids[trip], alert.start_date), self._timetable.run_of(trip, alert.start_date)
        if key not in self._open:
            self._open[key] = _Said(run, alert.kind, now_ms)
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
        out = self._end(trips_seen, vehicles, now_ms)
        self._unmanned.crews.note(vehicles, now_ms)
        # Who did not look when a trip began does not know whether it did.
        self._since_ms = now_ms if self._since_ms is None else min(self._since_ms, now_ms)
        due = self._list_due(routes_seen, silent, now_ms)
        surely, maybe = self._find_counted(due, trips_seen, vehicles, now_ms)
        unseen = [
            run for run in due if run not in surely and run not in maybe and self._is_unseen(run, trips_seen, now_ms)
        ]
        for run in self._without_excuse(unseen, trips_seen, vehicles, now_ms):
            # Where buses can be counted and none is lacking, not seeing any proves nothing.
            lack = self._unmanned.count_lacking(run, vehicles, now_ms)
            if lack != 0:
                # Who only becomes suspicious later was excused by something until then, and may have been rightly.
                in_time = now_ms - run.start_ms <= COUNTED_MS[1]
                (surely if lack is None and in_time else maybe).append(run)
        for kind, runs in ((AlertKind.NOT_COMING, surely), (AlertKind.MAY_NOT_RUN, maybe)):
            for run in runs:
                out += self._say(kind, run, vehicles, now_ms)
        return out

    def _list_due(self, routes_seen: Mapping[int, int], silent: frozenset[int], now_ms: int) -> list[TripRun]:
        """Return the trips that should have begun some minutes ago, of lines that are heard."""
        table, since_ms = self._timetable, self._since_ms or 0
        return [
            run
            for run in table.trips_running(now_ms)
            if COUNTED_MS[0] <= now_ms - run.start_ms <= UNTIL_MS
            and run.start_ms >= since_ms
            and now_ms - routes_seen.get(table.trip_route[run.trip], 0) <= ROUTE_LIVE_MS
            and table.trip_route[run.trip] not in silent
            and not self._is_said((run.trip_id, run.start_date), now_ms - run.start_ms)
        ]

    def _find_counted(
        self, due: Collection[TripRun], trips_seen: Mapping[Key, int], vehicles: Collection[Vehicle], now_ms: int
    ) -> tuple[list[TripRun], list[TripRun]]:
        """Return the trips of lines that lack buses: those that surely have none, and those that may have none."""
        surely: list[TripRun] = []
        maybe: list[TripRun] = []
        for run in due:
            lack = 0
            if now_ms - run.start_ms <= COUNTED_MS[1]:
                lack = self._unmanned.count_lacking(run, vehicles, now_ms) or 0
            if lack > 0 and self._unmanned.is_nobodys(run, vehicles, now_ms):
                none_is_late = self._unmanned.none_is_late(run, lack, vehicles, now_ms)
                sure = none_is_late and self._unmanned.follows_known(run, trips_seen, vehicles, now_ms)
                (surely if sure else maybe).append(run)
        return surely, maybe

    def _is_unseen(self, run: TripRun, trips_seen: Mapping[Key, int], now_ms: int) -> bool:
        """Return whether no bus was seen on a trip, nor of late on the one before it in its block."""
        if now_ms - run.start_ms < AFTER_MS or (run.trip_id, run.start_date) in trips_seen:
            return False
        return not self._comes_late(run, trips_seen, now_ms)

    def _is_said(self, key: Key, late_ms: int) -> bool:
        """Return whether nothing more is to be said of a trip; what is unsure may yet become sure."""
        said = self._open.get(key)
        return said is not None and (said.kind is AlertKind.NOT_COMING or late_ms > COUNTED_MS[1])

    def _say(self, kind: AlertKind, run: TripRun, vehicles: Collection[Vehicle], now_ms: int) -> list[FleetAlert]:
        if self._unmanned.has_left(run, vehicles, now_ms):
            return []
        if self._unmanned.is_awaited(run, vehicles, now_ms):
            kind = AlertKind.MAY_NOT_RUN
        before = self._open.get((run.trip_id, run.start_date))
        if before is not None and before.kind is kind:
            return []
        self._open[run.trip_id, run.start_date] = _Said(run, kind, now_ms)
        ended = [] if before is None else [self._alert(before, now_ms, ended=True)]
        return [*ended, self._alert(self._open[run.trip_id, run.start_date], now_ms)]

    def _end(self, trips_seen: Mapping[Key, int], vehicles: Collection[Vehicle], now_ms: int) -> list[FleetAlert]:
        """Take back the trips that a bus is seen to run since, and those whose time is over."""
        out = []
        for key, said in list(self._open.items()):
            seen = trips_seen.get(key, 0) > said.since_ms
            if (seen and believe_nobody(vehicles, said.run) <= COMES) or now_ms > said.run.end_ms:
                out.append(self._alert(said, now_ms, ended=True))
                del self._open[key]
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
        for _, trip in self._unmanned.departures.after(run):
            if (table.trip_ids[trip], run.start_date) not in self._open:
                return table.run_of(trip, run.start_date)
        return None

    def _about(self, run: TripRun) -> str:
        """Return when a trip begins; a departure of a headway begins about then."""
        about = "~" if self._timetable.trip_headway_s[run.trip] else ""
        return about + clock_text(run.start_ms, self._timetable.timezone)

    def _alert(self, said: _Said, now_ms: int, *, ended: bool = False) -> FleetAlert:
        table, run = self._timetable, said.run
        name, head = table.route_short_names[table.trip_route[run.trip]], table.headsign_of(run.trip)
        words = fill_words(WORDS[said.kind], at=self._about(run))
        following = None if ended else self._find_next(run)
        vi = en = ""
        if following is not None:
            soon = self._about(following)
            vi, en = f"; chuyến sau {soon}", f"; the next one leaves at {soon}"
        return FleetAlert(
            alert_id=f"{said.kind}/{run.trip_id}/{run.start_date}",
            kind=said.kind,
            started_ms=run.start_ms,
            updated_ms=now_ms,
            ended_ms=now_ms if ended else None,
            trip_id=run.trip_id,
            start_date=run.start_date,
            route_id=table.route_ids[table.trip_route[run.trip]],
            text=Text(vi=f"Tuyến {name} đi {head}: {words.vi}{vi}", en=f"Line {name} to {head}: {words.en}{en}"),
        )
