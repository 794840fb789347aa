"""Decide, fix by fix, which trip a bus runs: what its source claims, else its roster, else what fits best."""

import math

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.claim import claim_probability, find_claimed_run
from fleet.assignment.fit import TripFitter
from fleet.gtfs.timetable import Timetable, TripRun
from fleet.vehicle import Vehicle
from schemas.fix import Fix

SILENCE_MS = 1_800_000
MOVED_M = 25.0
MOVING_MPS = 1.5


class Assigner:
    """Assigns buses of one timetable.

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
        self._fitter = TripFitter(timetable)
        self._allowed: dict[frozenset[str], NDArray[np.bool_]] = {}

    def assign(self, vehicle: Vehicle, fix: Fix, x: float, y: float) -> TripRun | None:
        """Return the trip a bus runs; its belief is changed, its probability without a claim is that of the belief.

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
            ``None`` where nothing fits.
        """
        claimed = find_claimed_run(self._timetable, fix.claimed_trip, fix.time_ms)
        if claimed is not None:
            return claimed
        if vehicle.last is not None and fix.time_ms - vehicle.last.time_ms > SILENCE_MS:
            vehicle.belief.forget()
        fits = self._fitter.fit(x, y, fix.time_ms, vehicle.direction_rad, self._patterns_for(fix))
        key = vehicle.belief.take(fits)
        vehicle.probability = vehicle.belief.probability
        return None if key is None else self._timetable.run_of(*key)

    def check_claim(self, vehicle: Vehicle) -> float:
        """Return how far the claimed trip of a bus is believed, from where the bus is beside its shape."""
        progress = vehicle.progress
        if progress is None:
            return 0.0
        heading_off = (
            math.cos(progress.angle_rad - vehicle.direction_rad) if not math.isnan(vehicle.direction_rad) else 1.0
        )
        wrong_way = progress.backward >= 2 or (
            heading_off < -0.5 and not progress.is_at_start and not progress.is_at_end
        )
        return claim_probability(progress.off_m, wrong_way=wrong_way)

    def _patterns_for(self, fix: Fix) -> NDArray[np.bool_]:
        claim = fix.claimed_trip
        routes = (
            frozenset({claim.route_id}) if claim is not None and claim.route_id else self._roster.get(fix.vehicle_id)
        )
        if not routes:
            return self._fitter.every_pattern
        if routes not in self._allowed:
            allowed = self._fitter.patterns_of(routes)
            self._allowed[routes] = allowed if allowed.any() else self._fitter.every_pattern
        return self._allowed[routes]


def note_direction(vehicle: Vehicle, fix: Fix, x: float, y: float) -> None:
    """Note where a bus is heading: its own heading while it moves, else the way since it last moved 25 m."""
    if vehicle.anchor is None:
        vehicle.anchor = (x, y, fix.time_ms)
    dx, dy = x - vehicle.anchor[0], y - vehicle.anchor[1]
    if math.hypot(dx, dy) >= MOVED_M:
        vehicle.anchor = (x, y, fix.time_ms)
        vehicle.direction_rad = math.atan2(dy, dx)
    if fix.heading_deg is not None and (fix.speed_mps or 0.0) >= MOVING_MPS:
        vehicle.direction_rad = math.radians(90.0 - fix.heading_deg)
