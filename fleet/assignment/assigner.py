"""Decide, fix by fix, which trip a bus runs: the filter, with what the source claims and the roster as evidence."""

import math

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.claim import find_claimed_run
from fleet.assignment.crowd import CrowdCounts
from fleet.assignment.filter import Sight, TripFilter
from fleet.assignment.model import OTHER_LINE, STANDING_MPS
from fleet.assignment.yards import BASE_M, BASE_MS, Yards, note_base
from fleet.gtfs.clock import format_date, local_date
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.vehicle import Vehicle
from schemas.fix import Fix
from schemas.trip import TripRef

SILENCE_MS = 1_800_000
MOVED_M = 25.0
MOVING_MPS = 1.5
DRIVEN_M = 60.0  # errors carry a bus that says it stands less far
NOON_S = 43_200
NAN = math.nan
NO_ROUTES: frozenset[str] = frozenset()


class Assigner:
    """Assigns buses of one timetable.

    What all of them are believed to run is ``crowd``, where they spent hours ``yards``; both are counted now and then.

    Parameters
    ----------
    timetable : Timetable
        Whose trips are run.
    roster : mapping, optional
        Vehicle id → routes it may run (ids or short names); many vehicles may share a route, and a vehicle many routes.
    """

    def __init__(self, timetable: Timetable, roster: dict[str, frozenset[str]] | None = None) -> None:
        self._timetable = timetable
        self._roster = roster or {}
        self._filter = TripFilter(timetable)
        self.crowd = CrowdCounts(self._filter.blocks)
        self.yards = Yards()
        self._cost: dict[tuple[frozenset[str], str | None], NDArray[np.float64]] = {}
        self._runs: dict[tuple[int, float], TripRun] = {}

    def assign(self, vehicle: Vehicle, fix: Fix, x: float, y: float) -> TripRun | None:
        """Return the trip a bus runs; its belief and its probability are changed.

        Parameters
        ----------
        vehicle : Vehicle
            The bus as it was before this fix.
        fix : Fix
            The cleaned fix.
        x, y : float
            Its place in metres of the timetable's frame.

        Returns
        -------
        TripRun or None
            ``None`` where the bus most likely runs none.
        """
        belief = vehicle.belief
        silence_ms = 0 if vehicle.last is None else fix.time_ms - vehicle.last.time_ms
        if silence_ms > SILENCE_MS:
            belief.forget()
        if silence_ms > BASE_MS and math.hypot(x - vehicle.x, y - vehicle.y) < BASE_M:
            belief.bases = note_base(belief.bases, x, y, fix.time_ms / 1000.0)
        trip, zero, block = self._hear(fix.claimed_trip, fix.time_ms) if fix.claimed_trip is not None else (-1, 0.0, -1)
        speed_mps = NAN if fix.speed_mps is None else fix.speed_mps
        sight = Sight(
            x, y, fix.time_ms / 1000.0, vehicle.direction_rad, speed_mps, _rests(vehicle, fix), trip, zero, block
        )
        self._filter.take(belief, sight, self._cost_of(fix), self.crowd.around(vehicle.vehicle_id, sight.time_s))
        vehicle.probability = belief.probability
        return None if belief.chosen is None else self._run(*belief.chosen)

    def _hear(self, claim: TripRef, time_ms: int) -> tuple[int, float, int]:
        run = find_claimed_run(self._timetable, claim, time_ms)
        block = self._filter.blocks.number.get(claim.block_id, -1) if claim.block_id is not None else -1
        return (-1, 0.0, block) if run is None else (run.trip, run.day_start_ms / 1000.0, block)

    def _run(self, trip: int, zero_s: float) -> TripRun:
        run = self._runs.get((trip, zero_s))
        if run is None:
            if len(self._runs) > 50_000:
                self._runs.clear()
            date = format_date(local_date(int((zero_s + NOON_S) * 1000), self._timetable.timezone))
            run = self._runs[trip, zero_s] = self._timetable.run_of(trip, date)
        return run

    def _cost_of(self, fix: Fix) -> NDArray[np.float64]:
        """Return the log prior of each pattern, by the roster and the line that the source names."""
        routes = self._roster.get(fix.vehicle_id, NO_ROUTES)
        named = None if fix.claimed_trip is None else fix.claimed_trip.route_id
        cost = self._cost.get((routes, named))
        if cost is None:
            cost = self._cost[routes, named] = self._lay_cost(routes | {named} if named else routes)
        return cost

    def _lay_cost(self, routes: frozenset[str]) -> NDArray[np.float64]:
        table = self._timetable
        if not routes:
            return np.zeros(len(table.patterns))
        wanted = [i for i, name in enumerate(table.route_ids) if name in routes]
        wanted += [i for i, name in enumerate(table.route_short_names) if name in routes]
        of_route = np.isin([p.route_index for p in table.patterns], wanted)
        return np.where(of_route | (not of_route.any()), 0.0, OTHER_LINE)


def _rests(vehicle: Vehicle, fix: Fix) -> bool:
    before = None if vehicle.last is None else vehicle.last.speed_mps
    return before is not None and before < STANDING_MPS and fix.speed_mps is not None and fix.speed_mps < STANDING_MPS


def note_direction(vehicle: Vehicle, fix: Fix, x: float, y: float) -> None:
    """Note where a bus is heading: its own heading while it moves, else the way since it last moved 25 m."""
    if vehicle.anchor is None:
        vehicle.anchor = (x, y, fix.time_ms)
    dx, dy = x - vehicle.anchor[0], y - vehicle.anchor[1]
    if math.hypot(dx, dy) >= MOVED_M:
        vehicle.anchor = (x, y, fix.time_ms)
        if fix.speed_mps is None or fix.speed_mps >= MOVING_MPS or math.hypot(dx, dy) >= DRIVEN_M:
            vehicle.direction_rad = math.atan2(dy, dx)
    if fix.heading_deg is not None and (fix.speed_mps or 0.0) >= MOVING_MPS:
        vehicle.direction_rad = math.radians(90.0 - fix.heading_deg)
