"""Detours that were told against those that happened, by place: a line may be on several, in both directions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import cos, hypot, radians
from typing import Any

import numpy as np

from schemas.earth import METRES_PER_DEGREE
from services.score.alerts import Happened, Place, Row, Run, share

# Two ways around begin and end so near to each other, or they are two detours.
SAME_END_M = 300.0
# What is told lies so near to where a bus truly was on it.
NEAR_M = 200.0
# A bus seen again so much later on a detour has driven it once more; after so long without any it is another one.
AGAIN_MS, OVER_MS = 120_000, 3_600_000
WITHIN_MIN = 10.0


@dataclass
class Around:
    """One detour as it happened: when each bus left its line first, which runs drove it, and where they were."""

    route_id: str
    ends: tuple[Place, Place]
    last_ms: int
    buses: dict[str, int] = field(default_factory=dict)
    runs: set[Run] = field(default_factory=set)
    places: list[Place] = field(default_factory=list)

    @property
    def second_ms(self) -> int | None:
        """When the second bus left its line: from then on a detour can be known."""
        return sorted(self.buses.values())[1] if len(self.buses) > 1 else None


def apart_m(one: Place, other: Place) -> float:
    """Return the metres between two places."""
    east, north = (one[0] - other[0]) * cos(radians(one[1])), one[1] - other[1]
    return hypot(east, north) * METRES_PER_DEGREE


def find_arounds(known: Happened) -> list[Around]:
    """Return the detours that happened, from the ways of single buses beside their lines."""
    ways = [way for vehicle, times in known.detours.items() for way in _split(vehicle, sorted(times))]
    found: list[Around] = []
    for begin_ms, vehicle, run, seen in sorted(ways, key=lambda way: way[:2]):
        route, ends = known.routes.get(run, "?"), (seen[0][1], seen[-1][1])
        for one in found:
            near = all(apart_m(a, b) <= SAME_END_M for a, b in zip(one.ends, ends, strict=True))
            if one.route_id == route and near and begin_ms - one.last_ms <= OVER_MS:
                break
        else:
            one = Around(route, ends, begin_ms)
            found.append(one)
        one.buses.setdefault(vehicle, begin_ms)
        one.runs.add(run)
        one.places += [place for _, place in seen]
        one.last_ms = max(one.last_ms, seen[-1][0])
    return found


def _split(
    vehicle: str, times: Sequence[tuple[int, Run, Place]]
) -> Iterable[tuple[int, str, Run, list[tuple[int, Place]]]]:
    """Yield each way of a bus: when it began, which bus and run, and where it was when."""
    first = 0
    for n, (one, other) in enumerate(pairwise([*times, (0, ("", ""), (0.0, 0.0))]), 1):
        if other[1] != one[1] or other[0] - one[0] > AGAIN_MS:
            yield times[first][0], vehicle, one[1], [(at_ms, place) for at_ms, _, place in times[first:n]]
            first = n


def match(rows: Iterable[Row], arounds: Sequence[Around]) -> tuple[dict[int, list[Row]], int]:
    """Return what was told of each detour that happened, and how many told ones were none."""
    told: dict[int, list[Row]] = defaultdict(list)
    none: set[str] = set()
    for row in rows:
        here = [n for n, one in enumerate(arounds) if one.route_id == row["route_id"] and _is_near(row, one)]
        for n in here:
            told[n].append(row)
        if not here:
            none.add(row["alert_id"])
    return told, len(none)


def _is_near(row: Row, one: Around) -> bool:
    if row.get("lon") is None or not min(one.buses.values()) <= row["said_ms"] <= one.last_ms + OVER_MS:
        return False
    at = float(row["lon"]), float(row["lat"])
    return min(apart_m(at, place) for place in one.places) <= NEAR_M


def score_detours(rows: Iterable[Row], known: Happened) -> dict[str, Any]:
    """Judge detours by place: one can be known once two buses left their line there.

    Parameters
    ----------
    rows : iterable of mapping
        Alerts of the kind.
    known : Happened
        The truth.

    Returns
    -------
    dict
        Found, false, how late after the second bus, and how many of the stops told to be missed were.
    """
    arounds = find_arounds(known)
    told, false = match(rows, arounds)
    second = {n: one.second_ms for n, one in enumerate(arounds) if one.second_ms is not None}
    found = [n for n in second if n in told]
    late = late_min(told, second)
    named = {n: {stop for row in told[n] for stop in (row.get("missed_stop_ids") or "").split()} for n in found}
    left_out = {n: {stop for run in arounds[n].runs for stop in known.missed.get(run, ())} for n in found}
    right = sum(len(named[n] & left_out[n]) for n in found)
    return {
        "true": len(second),
        "found": len(found),
        "false": false,
        "median_min_after_second_bus": round(float(np.median(late)), 1) if late else None,
        "within_10_min": share(sum(minutes <= WITHIN_MIN for minutes in late), len(second)),
        "missed_stops_right": share(right, sum(len(stops) for stops in named.values())),
        "missed_stops_found": share(right, sum(len(stops) for stops in left_out.values())),
    }


def late_min(told: Mapping[int, Sequence[Row]], second: Mapping[int, int]) -> list[float]:
    """Return how many minutes after the second bus each detour that was found was told."""
    return [(min(row["said_ms"] for row in told[n]) - at_ms) / 60_000 for n, at_ms in second.items() if n in told]
