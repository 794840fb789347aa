"""How many buses a line has, against how many it should have: beliefs in trips err, the count of buses hardly does."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.assignment.model import DETOUR, EMPTY, NONE, RUN, WAIT
from fleet.assignment.rows import LOGW, MODE, TRIP
from fleet.gtfs.timetable import Timetable
from fleet.vehicle import Vehicle

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NOTE_EVERY_MS = 20_000
FRESH_MS = 120_000
# So fast is forgotten which line a bus was on.
FORGOTTEN_MS = 3_600_000.0
LEAST_MIN = 1.0
LEAST_KEPT_MIN = 0.01
# What a minute of a belief says of the line: a bus that will run a trip may yet run another one.
COUNTS = np.zeros(1 + max(RUN, WAIT, EMPTY, DETOUR, NONE))
COUNTS[[RUN, DETOUR, WAIT, EMPTY]] = 1.0, 1.0, 0.5, 0.2
# Blocks that begin so soon have their buses out, those whose last trip began so long ago may still.
SOON_S, LAST_S = 3_600, 5_400
Spans = dict[int, list[tuple[int, int]]]


class Crews:
    """Counts the buses of each line.

    Parameters
    ----------
    timetable : Timetable
        Its blocks say how many buses a line needs.
    roster : mapping
        Vehicle id → route ids or short names.
    """

    def __init__(self, timetable: Timetable, roster: Mapping[str, frozenset[str]]) -> None:
        self._timetable, self._roster = timetable, roster
        self._route_of = np.asarray(timetable.trip_route, dtype=np.int64)
        self._minutes: dict[str, dict[int, float]] = {}
        self._noted_ms: int | None = None
        self._spans: dict[str, Spans] = {}
        # Both are asked for again at every look: until the next note, and for good.
        self._seen: dict[int, int] = {}
        self._crews: dict[int, list[str]] = {}

    def note(self, vehicles: Iterable[Vehicle], now_ms: int) -> None:
        """Add for which lines the beliefs in each bus speak now."""
        since_ms = NOTE_EVERY_MS if self._noted_ms is None else now_ms - self._noted_ms
        if 0 <= since_ms < NOTE_EVERY_MS:
            return
        self._noted_ms = now_ms
        self._seen.clear()
        # Who looked away for long knows no more than who looked for a moment.
        minutes, fades = min(max(since_ms, 0), 2 * NOTE_EVERY_MS) / 60_000, float(np.exp(-abs(since_ms) / FORGOTTEN_MS))
        faded = {name: _fade(lines, fades) for name, lines in self._minutes.items()}
        self._minutes = {name: lines for name, lines in faded.items() if lines}
        fresh = [v for v in vehicles if v.last is not None and now_ms - v.last.time_ms <= FRESH_MS]
        for name, route, share in self._lines_of(fresh):
            lines = self._minutes.setdefault(name, {})
            lines[route] = lines.get(route, 0.0) + share * minutes

    def may_run(self, vehicle_id: str, route: int) -> bool:
        """Return whether the roster lets a vehicle run a line; who stands in no roster may run all."""
        names = self._roster.get(vehicle_id)
        return not names or not names.isdisjoint(self._names_of(route))

    def is_of(self, vehicle_id: str, route: int) -> bool:
        """Return whether a bus was seen on a line for a minute of the last hour, and on no other for longer."""
        lines = self._minutes.get(vehicle_id, {})
        here = lines.get(route, 0.0)
        rostered = vehicle_id in self._roster and self.may_run(vehicle_id, route)
        return here > LEAST_MIN and (rostered or here > sum(lines.values()) / 2)

    def count(self, route: int, start_date: str, now_s: float, known: Collection[str]) -> tuple[int, int, int]:
        """Return how many buses a line needs now, how many were seen on it, and how many of its roster never were.

        Parameters
        ----------
        route : int
            Number of the line.
        start_date : str
            Service date.
        now_s : float
            Seconds since that day's zero.
        known : collection of str
            The vehicles that were heard at all.

        Returns
        -------
        tuple of int, int and int
            Needed, seen, unheard. A roster of more vehicles than blocks is a pool: nobody of it need come.
        """
        spans = self._day(start_date).get(route, [])
        due = sum(first < now_s + SOON_S and last > now_s - LAST_S for first, last in spans)
        if route not in self._seen:
            self._seen[route] = sum(self.is_of(name, route) for name in self._minutes)
        if route not in self._crews:
            names = self._names_of(route)
            self._crews[route] = [name for name, routes in self._roster.items() if not names.isdisjoint(routes)]
        seen, crew = self._seen[route], self._crews[route]
        unheard = sum(name not in known for name in crew) if len(crew) <= len(spans) else 0
        return due, seen, unheard

    def _day(self, start_date: str) -> Spans:
        """Return when each block of a day begins and begins its last trip, by line; seconds since the day's zero."""
        if start_date not in self._spans:
            table, plan = self._timetable, self._timetable.day_plan(start_date)
            spans: dict[tuple[int, str], tuple[int, int]] = {}
            for trip, first in zip(plan.trips.tolist(), plan.first_s.tolist(), strict=True):
                block = table.trip_block[trip]
                if block is not None:
                    low, high = spans.get((table.trip_route[trip], block), (first, first))
                    spans[table.trip_route[trip], block] = (min(low, first), max(high, first))
            found: Spans = {}
            for (route, _), span in spans.items():
                found.setdefault(route, []).append(span)
            self._spans = dict(list(self._spans.items())[-2:]) | {start_date: found}
        return self._spans[start_date]

    def _names_of(self, route: int) -> frozenset[str]:
        return frozenset({self._timetable.route_ids[route], self._timetable.route_short_names[route]})

    def _lines_of(self, vehicles: Sequence[Vehicle]) -> list[tuple[str, int, float]]:
        """Return how much the beliefs in each bus speak for each line, of all buses at once."""
        beliefs = [(v, v.belief.rows) for v in vehicles]
        told = [v for v, rows in beliefs if not len(rows) and v.progress is not None]
        route_of = self._timetable.trip_route
        out = [(v.vehicle_id, route_of[v.progress.run.trip], v.probability) for v in told if v.progress is not None]
        believed = [(v.vehicle_id, rows) for v, rows in beliefs if len(rows)]
        if not believed:
            return out
        lengths = np.array([len(rows) for _, rows in believed])
        who, route, share, n = add_up(np.concatenate([rows for _, rows in believed]), lengths, self._route_of, COUNTS)
        columns = zip(who[:n].tolist(), route[:n].tolist(), share[:n].tolist(), strict=True)
        return out + [(believed[bus][0], line, much) for bus, line, much in columns]


@numba.njit(cache=True)
def add_up(rows: Floats, lengths: Ints, route_of: Ints, counts: Floats) -> tuple[Ints, Ints, Floats, int]:
    """Return how much hypotheses speak for each line, bus by bus.

    Parameters
    ----------
    rows : array, shape (hypotheses, COLUMNS)
        Those of the first bus, then those of the next.
    lengths : array, shape (buses,)
        How many each bus has.
    route_of : array, shape (trips,)
        Number of the line of a trip.
    counts : array, shape (modes,)
        What each mode counts for.

    Returns
    -------
    tuple of array, array, array and int
        Number of the bus, number of the line, how much, by bus and line; and how many of them there are.
    """
    who, route, share = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64), np.empty(len(rows))
    at = n = 0
    for bus in range(len(lengths)):
        first = n
        for row in rows[at : at + lengths[bus]]:
            if row[TRIP] < 0:
                continue
            line, k = route_of[int(row[TRIP])], first
            while k < n and route[k] < line:
                k += 1
            if k == n or route[k] != line:
                who[k + 1 : n + 1], route[k + 1 : n + 1], share[k + 1 : n + 1] = who[k:n], route[k:n], share[k:n]
                who[k], route[k], share[k], n = bus, line, 0.0, n + 1
            share[k] += math.exp(row[LOGW]) * counts[int(row[MODE])]
        at += lengths[bus]
    return who, route, share, n


def _fade(lines: dict[int, float], by: float) -> dict[int, float]:
    return {route: minutes * by for route, minutes in lines.items() if minutes * by > LEAST_KEPT_MIN}
