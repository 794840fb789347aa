"""The naive peer of the tracker: no memory, the nearest shape of the bus's lines, the timetable plus today's delay."""

import math
import time
from collections.abc import Sequence
from itertools import pairwise

from fleet.gtfs import Timetable
from schemas.fix import Fix

REACH_MS = 2_400_000


class NaiveTracker:
    """Looks at every fix anew, in plain Python.

    Parameters
    ----------
    table : Timetable
        The timetable.
    roster : dict
        Vehicle id → ids of the routes whose shapes are tried.
    """

    def __init__(self, table: Timetable, roster: dict[str, frozenset[str]]) -> None:
        self._table, self._roster = table, roster
        self._lines = [list(zip(p.x.tolist(), p.y.tolist(), p.along_m.tolist(), strict=True)) for p in table.patterns]
        self._stop_m = [p.stop_distance_m.tolist() for p in table.patterns]
        self._of_route: dict[str, list[int]] = {}
        for number, pattern in enumerate(table.patterns):
            self._of_route.setdefault(table.route_ids[pattern.route_index], []).append(number)
        self._trips: list[list[int]] = [[] for _ in table.patterns]
        for trip, number in enumerate(table.trip_pattern.tolist()):
            self._trips[number].append(trip)

    def track(self, fix: Fix) -> list[tuple[str, int]]:
        """Return (stop, time in ms) for each stop ahead."""
        table = self._table
        x, y = table.frame.place(fix.lon, fix.lat)
        near = [(*self._nearest(p, x, y), p) for route in self._roster[fix.vehicle_id] for p in self._of_route[route]]
        _, along, pattern = min(near)
        stops = self._stop_m[pattern]
        ahead = next((i for i, at in enumerate(stops) if at > along), len(stops))
        best: tuple[float, int, int] | None = None
        for plan in table.days_around(fix.time_ms):
            second = (fix.time_ms - plan.day_start_ms) / 1000.0
            for trip in self._trips[pattern]:
                late = second - float(table.arrival_s[table.trip_start[trip] + min(ahead, len(stops) - 1)])
                if abs(late) * 1000 < REACH_MS and (best is None or abs(late) < best[0]):
                    best = (abs(late), trip, round(1000 * late))
        if best is None:
            return []
        _, trip, late_ms = best
        first, zero = int(table.trip_start[trip]), fix.time_ms - late_ms
        base = float(table.arrival_s[first + min(ahead, len(stops) - 1)])
        return [
            (table.stop_ids[table.time_stop[row]], zero + late_ms + round(1000 * (float(table.arrival_s[row]) - base)))
            for row in range(first + ahead, int(table.trip_start[trip + 1]))
        ]

    def _nearest(self, pattern: int, x: float, y: float) -> tuple[float, float]:
        best, line = (math.inf, 0.0), self._lines[pattern]
        for (ax, ay, am), (bx, by, bm) in pairwise(line):
            dx, dy = bx - ax, by - ay
            square = dx * dx + dy * dy
            part = 0.0 if square <= 0.0 else min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / square))
            off = math.hypot(ax + part * dx - x, ay + part * dy - y)
            if off < best[0]:
                best = (off, am + part * (bm - am))
        return best


def time_naive(table: Timetable, roster: dict[str, frozenset[str]], fixes: Sequence[Fix]) -> float:
    """Return fixes per second of the naive tracker on one core."""
    naive = NaiveTracker(table, roster)
    began_s = time.process_time()
    for fix in fixes:
        naive.track(fix)
    return len(fixes) / (time.process_time() - began_s)
