"""The fleet that `hanoi bench track` follows: buses that run a timetable's trips at its busiest time, with noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.gtfs import Timetable
from fleet.gtfs.timetable import TripRun
from schemas.fix import Fix
from schemas.trip import TripRef
from services.simulate.when import find_peak

Floats = NDArray[np.float64]
NOISE_M = 6.0
DELAY_S = 240.0
LONGEST_WAY_MS = 2_500


@dataclass(frozen=True)
class Load:
    """How many buses report, how often, for how long; ``claim`` whether they name their trips."""

    buses: int = 2000
    every_s: int = 15
    minutes: float = 10.0
    claim: bool = False
    seed: int = 1


def make_load(table: Timetable, load: Load, near_ms: int) -> tuple[list[Fix], dict[str, frozenset[str]]]:
    """Return the fixes of a fleet in the order they are received, and its roster.

    Parameters
    ----------
    table : Timetable
        Whose trips are run; where fewer run than there are buses, some trips have several.
    load : Load
        How many and how often.
    near_ms : int
        A moment of the day whose busiest time is taken.

    Returns
    -------
    tuple of list of Fix and dict
        Fixes, and vehicle id → its route.
    """
    start_ms = find_peak(table, near_ms) // 60_000 * 60_000
    runs = table.trips_running(start_ms)
    if not runs:
        raise ValueError("no trip runs at that time; give another --from, or --repeat-calendar")
    dice = np.random.default_rng(load.seed)
    chosen = [runs[i % len(runs)] for i in dice.permutation(max(load.buses, len(runs)))[: load.buses]]
    fixes: list[Fix] = []
    for number, run in enumerate(chosen):
        fixes += _drive(table, run, f"29B-{number // 100:03d}.{number % 100:02d}", start_ms, load, dice)
    fixes.sort(key=lambda fix: (fix.received_ms, fix.vehicle_id))
    routes = [table.route_ids[table.trip_route[run.trip]] for run in chosen]
    roster = {f"29B-{n // 100:03d}.{n % 100:02d}": frozenset({route}) for n, route in enumerate(routes)}
    return fixes, roster


def _drive(
    table: Timetable, run: TripRun, vehicle_id: str, start_ms: int, load: Load, dice: np.random.Generator
) -> list[Fix]:
    late_ms = round(1000 * float(dice.normal(0.5 * DELAY_S, DELAY_S / 2)))
    first_ms = start_ms + 1000 * int(dice.integers(load.every_s))
    at_ms = np.arange(first_ms, start_ms + round(load.minutes * 60_000), load.every_s * 1000)
    rows, pattern = table.stops_of(run.trip), table.pattern_of(run.trip)
    due_ms = run.day_start_ms + late_ms + 1000 * np.column_stack([table.arrival_s[rows], table.departure_s[rows]])
    along = np.interp(at_ms, due_ms.ravel(), np.repeat(pattern.stop_distance_m, 2))
    before = np.interp(at_ms - 1000, due_ms.ravel(), np.repeat(pattern.stop_distance_m, 2))
    x, y = (np.interp(along, pattern.along_m, line) for line in (pattern.x, pattern.y))
    ahead_x, ahead_y = (np.interp(along + 5.0, pattern.along_m, line) for line in (pattern.x, pattern.y))
    heading = np.degrees(np.arctan2(ahead_x - x, ahead_y - y)) % 360.0
    noise = dice.normal(0.0, NOISE_M, (2, len(at_ms)))
    lon, lat = table.frame.to_degrees(x + noise[0], y + noise[1])
    way_ms = int(dice.integers(200, LONGEST_WAY_MS))
    claim = TripRef(trip_id=run.trip_id, start_date=run.start_date) if load.claim else None
    columns = zip(
        at_ms.tolist(), np.round(lon, 6).tolist(), np.round(lat, 6).tolist(), np.round(along - before, 2).tolist(),
        np.round(heading, 1).tolist(), (at_ms + way_ms).tolist(), strict=True,
    )  # fmt: skip
    return [
        Fix(
            vehicle_id=vehicle_id, time_ms=time_ms, lon=lo, lat=la, source="bench", received_ms=received_ms,
            speed_mps=speed, heading_deg=head % 360.0 if speed > 0 else None, claimed_trip=claim,
        )
        for time_ms, lo, la, speed, head, received_ms in columns
    ]  # fmt: skip
