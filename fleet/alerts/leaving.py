"""Buses that have just left the first stop of a way, whatever trip they are taken for."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.gtfs.patterns import Pattern
from fleet.vehicle import Vehicle

Floats = NDArray[np.float64]
FRESH_MS = 150_000
ON_WAY_M = 80.0
BEFORE_WAY_M = 150.0
# Nearer to the first stop a bus has not left it; further along it left for an earlier trip.
LEFT_M, REACH_M = 60.0, 2_500.0
BACK_M = 60.0
# Leaving early counts as so many times as much being late.
EARLY_COSTS = 4.0
ALIKE_S = 60.0


@dataclass(frozen=True)
class Gate:
    """The first kilometres of a way as straight pieces: begin, step and length of each, metres."""

    x: Floats
    y: Floats
    step_x: Floats
    step_y: Floats
    length_m: Floats
    from_m: Floats

    @classmethod
    def of(cls, pattern: Pattern) -> "Gate":
        """Return the gate of a pattern."""
        along = pattern.along_m - pattern.stops_m[0]
        keep = along[:-1] < REACH_M + BEFORE_WAY_M
        step_x, step_y = np.diff(pattern.x)[keep], np.diff(pattern.y)[keep]
        return cls(
            pattern.x[:-1][keep], pattern.y[:-1][keep], step_x, step_y, np.hypot(step_x, step_y), along[:-1][keep]
        )

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return how far beside the way a place is and how far beyond the first stop, metres."""
        to_x, to_y = x - self.x, y - self.y
        part = np.clip((to_x * self.step_x + to_y * self.step_y) / np.maximum(self.length_m**2, 1e-9), 0.0, 1.0)
        off = np.hypot(to_x - part * self.step_x, to_y - part * self.step_y)
        at = int(np.argmin(off))
        return float(off[at]), float(self.from_m[at] + part[at] * self.length_m[at])


def find_left(vehicle: Vehicle, gate: Gate, now_ms: int) -> int | None:
    """Return when a bus left the first stop of a way on which it is now.

    Parameters
    ----------
    vehicle : Vehicle
        Its trail says where it was.
    gate : Gate
        Of the way.
    now_ms : int
        The city's time.

    Returns
    -------
    int or None
        The time of its last report before, 0 where nothing before is known; ``None`` if it did not leave lately: it is
        not there, drives the other way, or was not heard of late.
    """
    if vehicle.last is None or now_ms - vehicle.last.time_ms > FRESH_MS:
        return None
    off_m, at_m = gate.place(vehicle.x, vehicle.y)
    if off_m > ON_WAY_M or not LEFT_M < at_m < REACH_M:
        return None
    for x, y, time_ms, _, _ in reversed(vehicle.trail):
        off_m, then_m = gate.place(x, y)
        if off_m > BEFORE_WAY_M or then_m < LEFT_M:
            return time_ms
        if then_m > at_m + BACK_M:
            return None
        at_m = min(at_m, then_m)
    return 0


def left_for(left_s: float, start_s: float, starts_s: Collection[float]) -> bool:
    """Return whether a bus that left then may run the trip of ``start_s``: no other departure fits it much better."""
    costs = {start: _cost(left_s - start) for start in (*starts_s, start_s)}
    return costs[start_s] <= min(costs.values()) + ALIKE_S


def _cost(late_s: float) -> float:
    return late_s if late_s >= 0 else -EARLY_COSTS * late_s
