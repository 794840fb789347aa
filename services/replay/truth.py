"""What truly happened in a recording, for the scorers: which reports asked, and when buses reached stops."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from fleet.arrivals.observed import find_arrivals, lay, make_way
from fleet.assignment.claim import find_claimed_run
from fleet.gtfs.clock import format_date, local_date
from fleet.gtfs.timetable import Timetable, TripRun
from schemas.fix import Fix
from schemas.position import BusPosition

ASKED = ("vehicle_id", "time_ms", "trip_id", "start_date", "distance_m", "source")
OBSERVED = ("vehicle_id", "trip_id", "start_date", "stop_no", "arrival_ms", "known_ms", "gap_ms")
# The last metres of a trip are often driven under the name of the next one.
TAIL = 2
TAIL_MS = 300_000
HALF_DAY_MS = 43_200_000

Place = tuple[int, float, float, bool]  # time_ms, x, y, door_open
Row = tuple[object, ...]


@dataclass
class TruthKeeper:
    """Keeps every report beside the trip or block that its source names; a report without one waits for our own answer.

    ``timetable`` is that of the replay.
    """

    timetable: Timetable
    named: Counter[str] = field(default_factory=Counter)
    _fixes: dict[str, dict[int, tuple[Place, Fix]]] = field(default_factory=lambda: defaultdict(dict))
    _assigned: dict[tuple[str, int], TripRun] = field(default_factory=dict)

    def keep(self, fixes: Iterable[Fix]) -> None:
        """Remember reports as the recording has them, one of each vehicle and moment."""
        for fix in fixes:
            place = (fix.time_ms, *self.timetable.frame.place(fix.lon, fix.lat), bool(fix.door_open))
            self._fixes[fix.vehicle_id].setdefault(fix.time_ms, (place, fix))

    def note(self, positions: Iterable[BusPosition]) -> None:
        """Remember what we said of reports whose source names nothing."""
        for position in positions:
            said = position.assignment
            number = self.timetable.trip_number.get(said.trip_id or "")
            if number is not None and said.start_date is not None:
                key = (position.vehicle_id, position.time_ms)
                self._assigned[key] = self.timetable.run_of(number, said.start_date)

    def find(self) -> tuple[list[Row], list[Row]]:
        """Return the rows of ``asked.csv`` and of ``observed.csv``, ordered by vehicle and time."""
        asked: list[Row] = []
        observed: list[Row] = []
        for vehicle in sorted(self._fixes):
            kept = [self._fixes[vehicle][time_ms] for time_ms in sorted(self._fixes[vehicle])]
            for runs, source, numbers in self._list_works(vehicle, kept):
                rows, seen = self._follow(vehicle, runs, source, [kept[n][0] for n in numbers], kept[numbers[-1] + 1 :])
                asked += rows
                observed += seen
        return asked, observed

    def _list_works(
        self, vehicle: str, kept: list[tuple[Place, Fix]]
    ) -> list[tuple[tuple[TripRun, ...], str, list[int]]]:
        works: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[tuple[TripRun, ...], list[int]]] = {}
        for number, (_, fix) in enumerate(kept):
            runs, source = self._name(vehicle, fix)
            self.named[source] += 1
            if runs:
                key = (source, tuple((run.trip_id, run.start_date) for run in runs))
                works.setdefault(key, (runs, []))[1].append(number)
        return [(runs, key[0], numbers) for key, (runs, numbers) in works.items()]

    def _name(self, vehicle: str, fix: Fix) -> tuple[tuple[TripRun, ...], str]:
        claim = fix.claimed_trip
        if claim is not None and claim.trip_id is not None:
            run = find_claimed_run(self.timetable, claim, fix.time_ms)
            return ((run,), "trip") if run is not None else ((), "trip_not_in_feed")
        if claim is not None and claim.block_id is not None:
            runs = self._block(claim.block_id, fix.time_ms)
            return (runs, "block") if runs else ((), "block_not_in_feed")
        run = self._assigned.get((vehicle, fix.time_ms))
        return ((run,), "assigned") if run is not None else ((), "none")

    def _block(self, block_id: str, time_ms: int) -> tuple[TripRun, ...]:
        """Return the trips of a block on the service date whose work lies nearest to a moment."""
        table, works = self.timetable, []
        for at_ms in (time_ms, time_ms - HALF_DAY_MS):
            date = format_date(local_date(at_ms, table.timezone))
            trips = [int(t) for t in table.day_plan(date).trips if table.trip_block[t] == block_id]
            trips.sort(key=lambda trip: (table.trip_first_s[trip], trip))
            if trips:
                works.append(tuple(table.run_of(trip, date) for trip in trips))
        far = lambda runs: max(runs[0].start_ms - time_ms, time_ms - runs[-1].end_ms, 0)  # noqa: E731
        return min(works, key=far, default=())

    def _follow(
        self, vehicle: str, runs: tuple[TripRun, ...], source: str, places: list[Place], after: list[tuple[Place, Fix]]
    ) -> tuple[list[Row], list[Row]]:
        asking = len(places)
        places = places + [place for place, _ in after[:TAIL] if place[0] - places[-1][0] <= TAIL_MS]
        time_ms = np.array([p[0] for p in places], dtype=np.int64)
        x, y, door = (np.array([p[i] for p in places]) for i in (1, 2, 3))
        way = make_way(self.timetable, runs)
        laid = lay(way, time_ms, x, y)
        rows: list[Row] = []
        for i in range(asking):
            run = runs[int(laid.run[i])]
            distance_m = round(float(laid.distance_m[i]), 1)
            rows.append((vehicle, int(time_ms[i]), run.trip_id, run.start_date, distance_m, source))
        seen: list[Row] = [
            (vehicle, runs[a.run].trip_id, runs[a.run].start_date, a.stop, a.arrival_ms, a.known_ms, a.gap_ms)
            for a in find_arrivals(self.timetable, way, laid, time_ms, door.astype(bool))
        ]
        return rows, seen
