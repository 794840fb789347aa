"""Trips for which a line has no bus: it has fewer buses than blocks; none has left, is late or waits for this one."""

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import pairwise
from math import exp, hypot, prod

import numpy as np

from fleet.alerts.crews import Crews
from fleet.alerts.departures import Departures, start_s
from fleet.alerts.leaving import REACH_M, Gate, find_left, left_for
from fleet.assignment.model import DETOUR, RUN
from fleet.assignment.rows import LOGW, MODE, TRIP, ZERO
from fleet.gtfs.blocks import chain_blocks
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.vehicle import Vehicle
from schemas.trip import Phase

# Nobody is believed to be on it.
NOBODY = 0.8
# The bus of its block is believed to be on the trip before.
BEFORE = 0.3
# Where fewer of the needed buses were seen it is we who do not see.
SEEN_SHARE = 0.85
HEARD_MS = 600_000
AT_END_M = 300.0
# A bus whose trip should have ended by a minute after the start in question is late for it.
LATE_MS, LONG_LATE_MS = 60_000, 5_400_000
# Two buses on one trip that ends by then: one of them is late and taken for a later one.
SHARED_MS = 2_700_000
BESIDE_S = 2_400.0
# So many departures before it, of the last hours.
KNOWN, KNOWN_S = 2, 7_200.0
# Who waits so near the first stop may leave at any moment; trackers of waiting buses sleep a quarter of an hour.
WAITS_M, SLEEPS_MS = 250.0, 1_000_000


class Unmanned:
    """Judges single trips by the count of a line's buses and by where they are.

    Parameters
    ----------
    timetable : Timetable
        Only trips of blocks can be judged.
    roster : mapping
        Vehicle id → route ids or short names.
    """

    def __init__(self, timetable: Timetable, roster: Mapping[str, frozenset[str]]) -> None:
        self._timetable = timetable
        self.crews, self.departures = Crews(timetable, roster), Departures(timetable)
        # The trip before each trip in its block.
        self.before = {later: trip for trips in chain_blocks(timetable) for trip, later in pairwise(trips)}
        self._gates: dict[int, Gate] = {}

    def has_left(self, run: TripRun, vehicles: Collection[Vehicle], now_ms: int) -> bool:
        """Return whether a bus left the first stop that may run this trip, or is on its way from there unexplained."""
        pattern, at_s = self._timetable.pattern_of(run.trip), start_s(run)
        starts = [float(first_s) for first_s, _ in self.departures.between(run, at_s - BESIDE_S, at_s + BESIDE_S)]
        gate = self._gates.get(pattern.index)
        if gate is None:
            gate = self._gates[pattern.index] = Gate.of(pattern)
        route, (x, y) = self._timetable.trip_route[run.trip], pattern.begin_xy
        for vehicle in vehicles:
            near = abs(vehicle.x - x) < REACH_M and abs(vehicle.y - y) < REACH_M
            if not near or not self.crews.may_run(vehicle.vehicle_id, route):
                continue
            left_ms = find_left(vehicle, gate, now_ms)
            if left_ms == 0:
                return True
            if left_ms and left_for((left_ms - run.day_start_ms) / 1000.0, at_s, starts):
                return True
        return False

    def is_awaited(self, run: TripRun, vehicles: Collection[Vehicle], now_ms: int) -> bool:
        """Return whether a bus that may run this trip waits at its first stop, whatever it is taken to wait for."""
        route, (x, y) = self._timetable.trip_route[run.trip], self._timetable.pattern_of(run.trip).begin_xy
        return any(
            vehicle.phase is Phase.LAYOVER
            and hypot(vehicle.x - x, vehicle.y - y) < WAITS_M
            and vehicle.last is not None
            and now_ms - vehicle.last.time_ms < SLEEPS_MS
            and self.crews.may_run(vehicle.vehicle_id, route)
            for vehicle in vehicles
        )

    def count_lacking(self, run: TripRun, vehicles: Collection[Vehicle], now_ms: int) -> int | None:
        """Return how many buses the line of a trip lacks, ``None`` where that cannot be counted."""
        table = self._timetable
        if table.trip_block[run.trip] is None:
            return None
        route = table.trip_route[run.trip]
        known = {vehicle.vehicle_id for vehicle in vehicles if vehicle.last is not None}
        due, seen, unheard = self.crews.count(route, run.start_date, (now_ms - run.day_start_ms) / 1000.0, known)
        return None if seen < SEEN_SHARE * due else max(0, due - seen - unheard)

    def is_nobodys(self, run: TripRun, vehicles: Collection[Vehicle], now_ms: int) -> bool:
        """Return whether no bus is believed to be on a trip, nor on the one before it in its block."""
        return believe_nobody(vehicles, run) >= NOBODY and self._is_before(run, vehicles, now_ms) <= BEFORE

    def none_is_late(self, run: TripRun, lack: int, vehicles: Collection[Vehicle], now_ms: int) -> bool:
        """Return whether no more buses are late for a start, and fewer share a trip there, than the line lacks."""
        late, shared = self._inbound(run, vehicles, now_ms)
        return late <= lack and shared < lack

    def follows_known(
        self, run: TripRun, trips_seen: Mapping[tuple[str, str], int], vehicles: Collection[Vehicle], now_ms: int
    ) -> bool:
        """Return whether the departures before a trip have their buses, so that it is this one that has none.

        Where nobody knows which bus of a queue runs which trip, the trip that lacks one is not known either.
        """
        for before in self._list_before(run):
            over = before.end_ms < now_ms and (before.trip_id, before.start_date) in trips_seen
            if not over and max((_believe(vehicle, before) for vehicle in vehicles), default=0.0) < NOBODY:
                return False
        return True

    def _list_before(self, run: TripRun) -> list[TripRun]:
        """Return the departures just before a trip in its direction."""
        at_s = start_s(run)
        latest = self.departures.between(run, at_s - KNOWN_S, at_s)[-KNOWN:]
        return [self._timetable.run_of(trip, run.start_date) for _, trip in latest]

    def _is_before(self, run: TripRun, vehicles: Collection[Vehicle], now_ms: int) -> float:
        """Return how much buses are believed to be on the trip before in the block."""
        before = self.before.get(run.trip)
        heard = [v for v in vehicles if v.last is not None and now_ms - v.last.time_ms < HEARD_MS]
        return 0.0 if before is None else sum(_drives(v, before, run.day_start_ms) for v in heard)

    def _inbound(self, run: TripRun, vehicles: Collection[Vehicle], now_ms: int) -> tuple[int, int]:
        """Count the buses in the other direction that are late for this start, and those that share a trip there."""
        table = self._timetable
        x, y = table.pattern_of(run.trip).begin_xy
        late, on = 0, Counter[tuple[int, int]]()
        for vehicle in vehicles:
            driven = _driven_now(vehicle, now_ms)
            if driven is None or table.trip_route[driven[0]] != table.trip_route[run.trip]:
                continue
            if table.trip_direction[driven[0]] == table.trip_direction[run.trip]:
                continue
            after_ms = driven[1] + int(table.trip_last_s[driven[0]]) * 1000 - run.start_ms
            on[driven] += after_ms < SHARED_MS
            is_late = -LONG_LATE_MS <= after_ms <= LATE_MS
            late += is_late and hypot(vehicle.x - x, vehicle.y - y) > AT_END_M
        return late, sum(buses - 1 for buses in on.values() if buses > 1)


def believe_nobody(vehicles: Collection[Vehicle], run: TripRun) -> float:
    """Return how likely no bus is on a trip, waits for it or drives there, each believed in by itself."""
    return prod(1.0 - _believe(vehicle, run) for vehicle in vehicles)


def _believe(vehicle: Vehicle, run: TripRun) -> float:
    """Return how much a bus is believed to be on a trip, to wait for it or to drive there."""
    rows, progress = vehicle.belief.rows, vehicle.progress
    if len(rows):
        mine = (rows[:, TRIP] == run.trip) & (rows[:, ZERO] * 1000 == run.day_start_ms)
        return min(1.0, float(np.exp(rows[mine, LOGW]).sum())) if mine.any() else 0.0
    if progress is not None and (progress.run.trip, progress.run.start_date) == (run.trip, run.start_date):
        return vehicle.probability
    return 0.0


def _driven_now(vehicle: Vehicle, now_ms: int) -> tuple[int, int] | None:
    """Return the trip that a bus most likely drives and its day, ``None`` if it waits, runs nothing or is silent."""
    if vehicle.last is None or now_ms - vehicle.last.time_ms >= HEARD_MS:
        return None
    rows, progress = vehicle.belief.rows, vehicle.progress
    if not len(rows):
        return None if progress is None or vehicle.is_waiting else (progress.run.trip, progress.run.day_start_ms)
    top = rows[int(np.argmax(rows[:, LOGW]))]
    return (int(top[TRIP]), round(float(top[ZERO]) * 1000)) if top[TRIP] >= 0 and top[MODE] in (RUN, DETOUR) else None


def _drives(vehicle: Vehicle, trip: int, day_start_ms: int) -> float:
    rows, progress = vehicle.belief.rows, vehicle.progress
    if not len(rows):
        return vehicle.probability if progress is not None and progress.run.trip == trip else 0.0
    return sum(
        exp(row[LOGW])
        for row in rows
        if row[TRIP] == trip and row[ZERO] * 1000 == day_start_ms and row[MODE] in (RUN, DETOUR)
    )
