"""The buses of one direction along its way: where they are, when they will be where, and how far apart; pure.

A headway is taken at the first stop ahead of the leading bus: the time at which the follower is expected there minus
the leader's. So it is what riders will wait, whatever the streets between do.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from schemas.position import BusPosition
from schemas.prediction import TripPrediction
from schemas.trip import Phase
from services.api.arrivals import STALE_AFTER_MS
from services.api.live import LiveState, RunKey
from services.api.routes.responses import DirectionOut
from services.api.timetable import CityTimetable

RUNNING = frozenset({Phase.IN_SERVICE, Phase.DETOUR, Phase.LAYOVER})
# Trips that begin so far from now tell which headway is planned.
PLANNED_WITHIN_MS = 45 * 60_000
# A part of the planned headway: nearer than this two buses run as one, further than the other riders wait twice.
BUNCHED = 0.35
WIDE = 1.8


class Way(NamedTuple):
    """One direction of a line."""

    route_id: str
    direction_id: int


@dataclass(frozen=True, slots=True)
class Point:
    """When a bus is expected at a place along the way, metres from its first point."""

    time_ms: int
    distance_m: float
    p10_ms: int
    p90_ms: int


@dataclass(slots=True)
class Rung:
    """One bus on the ladder; ``headway_s`` is to the bus ``ahead`` of it, ``None`` where nobody knows."""

    position: BusPosition
    distance_m: float
    course: list[Point] = field(default_factory=list)
    ahead: str | None = None
    headway_s: float | None = None
    spacing: str | None = None


def group_buses(state: LiveState, now_ms: int) -> dict[Way, list[BusPosition]]:
    """Return the buses that run, by line and direction; those silent for longer than 90 s are left out."""
    groups: dict[Way, list[BusPosition]] = {}
    for now in state.vehicles.values():
        said = now.position.assignment
        if said.phase in RUNNING and said.route_id is not None and now_ms - now.position.time_ms <= STALE_AFTER_MS:
            groups.setdefault(Way(said.route_id, said.direction_id or 0), []).append(now.position)
    return groups


def list_rungs(state: LiveState, direction: DirectionOut, buses: Sequence[BusPosition]) -> list[Rung]:
    """Return the buses of a direction, the one furthest along first, with their courses and without headways."""
    rungs = []
    for position in buses:
        said = position.assignment
        prediction = state.predictions.get(RunKey(said.trip_id or "", said.start_date or ""))
        is_own = prediction is not None and prediction.vehicle_id == position.vehicle_id
        course = course_of(prediction, direction) if prediction is not None and is_own else []
        rungs.append(Rung(position, said.distance_m or 0.0, course))
    return sorted(rungs, key=lambda rung: (-rung.distance_m, rung.position.vehicle_id))


def course_of(prediction: TripPrediction, direction: DirectionOut) -> list[Point]:
    """Return the stops ahead as points; those that the usual way does not serve are left out."""
    points: list[Point] = []
    first = 0
    for stop in prediction.stops:
        at = next((n for n in range(first, len(direction.stops)) if direction.stops[n].stop_id == stop.stop_id), None)
        if at is None:
            continue
        first = at + 1
        points.append(Point(stop.p50_ms, direction.stops[at].distance_m, stop.p10_ms, stop.p90_ms))
    return points


def add_headways(rungs: Sequence[Rung], planned_s: float | None) -> None:
    """Fill in how far each bus is behind the one ahead of it, and whether that is too near or too far.

    Parameters
    ----------
    rungs : sequence of Rung
        The one furthest along first; buses that wait at the first stop have none ahead of their own start.
    planned_s : float or None
        The planned headway.
    """
    moving = [rung for rung in rungs if rung.position.assignment.phase is not Phase.LAYOVER]
    for leader, follower in itertools.pairwise(moving):
        headway_s = _headway_s(leader, follower)
        follower.ahead, follower.headway_s = leader.position.vehicle_id, headway_s
        if headway_s is not None and planned_s:
            share = headway_s / planned_s
            follower.spacing = "bunched" if share < BUNCHED else "wide" if share > WIDE else "even"


def _headway_s(leader: Rung, follower: Rung) -> float | None:
    expected = {point.distance_m: point.time_ms for point in follower.course}
    common = next((point for point in leader.course if point.distance_m in expected), None)
    if common is None:
        return None
    return max(0.0, (expected[common.distance_m] - common.time_ms) / 1000.0)


def planned_headways(timetable: CityTimetable, now_ms: int) -> dict[Way, float]:
    """Return the usual gap between departures around now, seconds, of each direction with two of them."""
    table, starts = timetable.table, dict[Way, list[int]]()
    for plan in () if table is None else table.days_around(now_ms):
        assert table is not None
        first_ms = plan.day_start_ms + plan.first_s.astype(np.int64) * 1000
        near = np.abs(first_ms - now_ms) <= PLANNED_WITHIN_MS
        for trip, start_ms in zip(plan.trips[near].tolist(), first_ms[near].tolist(), strict=True):
            way = Way(table.route_ids[table.trip_route[trip]], table.trip_direction[trip] or 0)
            starts.setdefault(way, []).append(start_ms)
    gaps = {way: np.diff(np.unique(times)) for way, times in starts.items()}
    return {way: float(np.median(gap)) / 1000.0 for way, gap in gaps.items() if len(gap)}
