"""How right the alerts of single buses are: each kind against what the truth of a simulation knows of it."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fleet.simulation.truth import TrueCall, TrueMissed, TruePosition, TrueTrip
from schemas.earth import METRES_PER_DEGREE
from services.score.alerts import share

Row = Mapping[str, Any]
IN_SERVICE, DETOUR, BREAKDOWN, BEGAN = "in_service", "detour", "breakdown", "began"
ON_DUTY = frozenset({IN_SERVICE, DETOUR, BREAKDOWN})
RESTING = frozenset({"layover", "at_depot"})
# Reports that did not come through when they were made.
HELD_BACK = frozenset({"stored", "lost", "clock_zone", "clock_rollover", "null_island", "swapped_axes"})
# A bus that moves no further than this stands; metres in a degree are enough for that.
STANDS_M = 60.0
SLACK_MS = 90_000
# Of what is said of minutes a minute's error is nearly right.
NEARLY_S = 60.0
# The limits of the alerts themselves.
LATE_S, EARLY_S, EARLY_START_S = 600.0, -180.0, -120.0
NEAR_MS = 600_000
GAP_TIMES, GAP_S = 2.0, 600.0
STOOD_MS = 300_000


@dataclass
class Life:
    """What one bus did: its true positions and calls in order of time, and the trips on which it left out stops."""

    positions: list[TruePosition] = field(default_factory=list)
    calls: list[TrueCall] = field(default_factory=list)
    skipped: set[tuple[str, str]] = field(default_factory=set)

    def during(self, from_ms: int, to_ms: int) -> list[TruePosition]:
        """Return its positions from one moment to another."""
        low = bisect_left(self.positions, from_ms, key=_time_of)
        return self.positions[low : bisect_right(self.positions, to_ms, key=_time_of)]


@dataclass
class City:
    """The lives of all buses, when they called at each stop of each line and how often is planned, and first stops.

    ``begun`` are the trips that began while it was written: those under way before have no first stop in it;
    ``since_ms`` is its first call.
    """

    lives: dict[str, Life] = field(default_factory=lambda: defaultdict(Life))
    at_stop: dict[tuple[str, str], list[TrueCall]] = field(default_factory=lambda: defaultdict(list))
    firsts: dict[tuple[str, str], TrueCall] = field(default_factory=dict)
    planned_s: dict[tuple[str, str], float] = field(default_factory=dict)
    begun: set[tuple[str, str]] = field(default_factory=set)
    since_ms: int = 0

    def take(self, entry: object) -> None:
        """Take one entry of a truth log."""
        if isinstance(entry, TruePosition):
            self.lives[entry.vehicle_id].positions.append(entry)
        elif isinstance(entry, TrueCall):
            self.lives[entry.vehicle_id].calls.append(entry)
            self.at_stop[entry.route_id, entry.stop_id].append(entry)
            run = (entry.trip_id, entry.start_date)
            if run not in self.firsts or entry.stop_sequence < self.firsts[run].stop_sequence:
                self.firsts[run] = entry
        elif isinstance(entry, TrueTrip) and entry.event == BEGAN:
            self.begun.add((entry.trip_id, entry.start_date))
        elif isinstance(entry, TrueMissed):
            self.lives[entry.vehicle_id].skipped.add((entry.trip_id, entry.start_date))

    def settle(self) -> None:
        """Put everything in order of time; once, after the last entry."""
        self.firsts = {run: call for run, call in self.firsts.items() if run in self.begun}
        for life in self.lives.values():
            life.positions.sort(key=_time_of)
            life.calls.sort(key=_arrival_of)
        for lot in self.at_stop.values():
            lot.sort(key=_arrival_of)
        self.since_ms = min((lot[0].arrival_ms for lot in self.at_stop.values()), default=0)


def _time_of(position: TruePosition) -> int:
    return position.time_ms


def _arrival_of(call: TrueCall) -> int:
    return call.arrival_ms


def _stood(row: Row, city: City) -> bool:
    """Return whether a bus stood from when it was said to until it was said, on duty."""
    seen = city.lives[row["vehicle_id"]].during(row["started_ms"], row["said_ms"])
    if not seen or any(one.phase not in ON_DUTY for one in seen):
        return False
    lon, lat = np.array([one.lon for one in seen]), np.array([one.lat for one in seen])
    apart_m = np.hypot(np.ptp(lon) * np.cos(np.radians(lat[0])), np.ptp(lat)) * METRES_PER_DEGREE
    return bool(apart_m <= STANDS_M)


def _was_off(row: Row, city: City) -> bool:
    seen = city.lives[row["vehicle_id"]].during(row["started_ms"] - SLACK_MS, row["said_ms"])
    return any(one.phase != IN_SERVICE for one in seen)


def _was_silent(row: Row, city: City) -> bool:
    """Return whether nothing came through of a bus on duty between its last report and the alert."""
    seen = city.lives[row["vehicle_id"]].during(row["started_ms"] + 1, row["said_ms"])
    heard = [one for one in seen if one.reported and not HELD_BACK & set(one.faults) and one.phase in ON_DUTY]
    on_duty = bool(seen) and seen[-1].phase in ON_DUTY
    return on_duty and all(one.time_ms - row["started_ms"] <= SLACK_MS for one in heard)


def _was_frozen(row: Row, city: City) -> bool:
    seen = city.lives[row["vehicle_id"]].during(row["started_ms"] - SLACK_MS, row["said_ms"])
    return any("frozen" in one.faults for one in seen)


def _late_s(row: Row, city: City) -> list[float]:
    calls = city.lives[row["vehicle_id"]].calls
    near = [call for call in calls if abs(call.departure_ms - row["said_ms"]) <= NEAR_MS]
    return [(call.departure_ms - call.scheduled_arrival_ms) / 1000.0 for call in near]


def _was_late(row: Row, city: City) -> bool:
    return max(_late_s(row, city), default=0.0) >= LATE_S - NEARLY_S


def _ran_early(row: Row, city: City) -> bool:
    return min(_late_s(row, city), default=0.0) <= EARLY_S + NEARLY_S


def _left_early(row: Row, city: City) -> bool:
    first = city.firsts.get((row["trip_id"], row["start_date"]))
    if first is None or first.vehicle_id != row["vehicle_id"]:
        return False
    return (first.departure_ms - first.scheduled_arrival_ms) / 1000.0 <= EARLY_START_S + NEARLY_S


def _left_out_stops(row: Row, city: City) -> bool:
    return (row["trip_id"], row["start_date"]) in city.lives[row["vehicle_id"]].skipped


def _rested(row: Row, city: City) -> bool:
    seen = city.lives[row["vehicle_id"]].during(row["said_ms"] - 2 * NEAR_MS, row["said_ms"])
    return bool(seen) and seen[-1].phase in RESTING


def _had_gap(row: Row, city: City) -> bool:
    """Return whether a bus called somewhere so long after any other of its line as the alert says."""
    for call in city.lives[row["vehicle_id"]].calls:
        if call.route_id != row["route_id"] or abs(call.arrival_ms - row["said_ms"]) > 2 * NEAR_MS:
            continue
        if is_gap(call, city, 2 * NEARLY_S):
            return True
    return False


def is_gap(call: TrueCall, city: City, slack_s: float = 0.0) -> bool:
    """Return whether a bus called so long after the one of its line before it that this is a big gap.

    Of the first one in the log it is known that none called since that began.
    """
    lot = city.at_stop[call.route_id, call.stop_id]
    at = bisect_left(lot, call.arrival_ms, key=_arrival_of)
    key = (call.route_id, call.stop_id)
    if key not in city.planned_s:
        due = sorted(one.scheduled_arrival_ms for one in lot)
        city.planned_s[key] = float(np.median(np.diff(due))) / 1000.0 if len(due) > 1 else math.inf
    planned_s, gap_s = (
        city.planned_s[key],
        (call.arrival_ms - (lot[at - 1].arrival_ms if at else city.since_ms)) / 1000.0,
    )
    return gap_s >= max(GAP_TIMES * planned_s, planned_s + GAP_S) - slack_s


JUDGES: dict[str, Callable[[Row, City], bool]] = {
    "stuck": _stood,
    "long_stop": _stood,
    "off_route": _was_off,
    "lost": _was_silent,
    "gps_frozen": _was_frozen,
    "late": _was_late,
    "running_early": _ran_early,
    "early_departure": _left_early,
    "skipped_stop": _left_out_stops,
    "in_depot": _rested,
    "big_gap": _had_gap,
}


def score_kinds(by_kind: Mapping[str, Sequence[Row]], city: City) -> dict[str, dict[str, Any]]:
    """Judge the alerts of each kind that the truth can judge.

    Parameters
    ----------
    by_kind : mapping of str to list of mapping
        Alerts as in ``alerts.csv``.
    city : City
        The truth.

    Returns
    -------
    dict
        For each kind how many were said and how many of them were right, per cent; for `stuck` how many of the true
        ones were said. Kinds that no truth tells of are absent: speeding and open doors are not simulated.
    """
    table: dict[str, dict[str, Any]] = {}
    for kind, is_right in JUDGES.items():
        rows = by_kind.get(kind, [])
        if rows:
            table[kind] = {"said": len(rows), "precision": share(sum(is_right(row, city) for row in rows), len(rows))}
    stood = list_stood(city)
    told = [(row["vehicle_id"], row["said_ms"]) for kind in ("stuck", "long_stop") for row in by_kind.get(kind, [])]
    found = sum(any(name == bus and begin <= at <= end for bus, at in told) for name, begin, end in stood)
    table["stood"] = {"true": len(stood), "found": share(found, len(stood))}
    return table


def list_stood(city: City) -> list[tuple[str, int, int]]:
    """Return who stood for over five minutes between its terminals, from when it was due to be said until it moved."""
    out = []
    for name, life in city.lives.items():
        since: TruePosition | None = None
        last: TruePosition | None = None
        for one in [*life.positions, None]:
            same = one is not None and since is not None and _is_beside(since, one)
            if same:
                last = one
                continue
            if since is not None and last is not None and last.time_ms - since.time_ms > STOOD_MS + SLACK_MS:
                out.append((name, since.time_ms + STOOD_MS, last.time_ms + SLACK_MS))
            since, last = (one if one is not None and one.phase in (IN_SERVICE, BREAKDOWN) else None), None
    return out


def _is_beside(one: TruePosition, other: TruePosition) -> bool:
    if other.phase not in (IN_SERVICE, BREAKDOWN):
        return False
    apart = np.hypot((one.lon - other.lon) * np.cos(np.radians(one.lat)), one.lat - other.lat) * METRES_PER_DEGREE
    return bool(apart < 25.0)
