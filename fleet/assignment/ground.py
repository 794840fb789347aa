"""A timetable as the flat arrays the filter runs over: shapes, stops, times, and which trips the days have."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fleet.gtfs.timetable import DayPlan, Timetable

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
FOLLOWS_M = 500.0
NOT_DRAWN = 3.0


class Ground(NamedTuple):
    """What never changes while a timetable holds.

    ``point`` has x, y and metres along of each point of each shape, those of pattern ``p`` in
    ``point_start[p]:point_start[p + 1]``; ``stop_m`` likewise by ``stop_start``. ``begins`` are x and y of the
    first stop on each shape; ``loose`` by how much farther beside it than usual a bus may be, where it is not
    drawn. ``due`` has arrival and departure of each stop time in seconds of the service day; ``trip`` the pattern,
    the first row of ``due`` and the block (−1: none) of each trip. ``follows[follow_start[p]:follow_start[p + 1]]``
    are the patterns of the same line that begin within 500 m of the end of pattern ``p``.
    """

    point_start: Ints
    point: Floats
    stop_start: Ints
    stop_m: Floats
    begins: Floats
    loose: Floats
    trip: Ints
    due: Floats
    follow_start: Ints
    follows: Ints


class Days(NamedTuple):
    """The trips of yesterday, today and tomorrow, one row a run, ordered by day, pattern and start.

    ``zero_s`` are the seconds since 1970 when the three service days begin; ``start_s`` and ``end_s`` of the runs count
    from there too; none takes longer than ``longest_s``. ``bounds[day, p]`` is the first run of a pattern.
    ``after[day, trip]`` is the trip that the block of a trip runs next, −1 where the feed names no block, −2 where it
    is the block's last.
    """

    zero_s: Floats
    bounds: Ints
    trip: Ints
    start_s: Floats
    end_s: Floats
    after: Ints
    longest_s: float


@dataclass(frozen=True)
class Blocks:
    """Numbers of the block ids of a timetable, and of each trip's block (−1: none)."""

    number: dict[str, int]
    of_trip: Ints


def number_blocks(table: Timetable) -> Blocks:
    """Number the blocks of a timetable in the order of its trips."""
    number: dict[str, int] = {}
    of_trip = [-1 if block is None else number.setdefault(block, len(number)) for block in table.trip_block]
    return Blocks(number, np.array(of_trip, dtype=np.int32))


def lay_ground(table: Timetable, blocks: Blocks) -> Ground:
    """Return the arrays of a timetable."""
    patterns = table.patterns
    points = [np.column_stack([p.x, p.y, p.along_m]) for p in patterns]
    trip = np.column_stack([table.trip_pattern, table.trip_start[:-1], blocks.of_trip]).astype(np.int32)
    follow_start, follows = _find_follows(table)
    return Ground(
        point_start=_starts([len(part) for part in points]),
        point=np.ascontiguousarray(np.concatenate(points)),
        stop_start=_starts([len(p.stop_distance_m) for p in patterns]),
        stop_m=np.concatenate([p.stop_distance_m for p in patterns]).astype(np.float64),
        begins=np.array([p.point_at(float(p.stop_distance_m[0]))[:2] for p in patterns]),
        loose=np.array([1.0 if p.drawn else NOT_DRAWN for p in patterns]),
        trip=np.ascontiguousarray(trip),
        due=np.column_stack([table.arrival_s, table.departure_s]).astype(np.float64),
        follow_start=follow_start,
        follows=follows,
    )


def lay_days(table: Timetable, plans: tuple[DayPlan, DayPlan, DayPlan], blocks: Blocks) -> Days:
    """Return the runs of three service days."""
    zero = np.array([plan.day_start_ms / 1000.0 for plan in plans])
    offset = np.cumsum([0] + [len(plan.trips) for plan in plans])
    every = np.arange(len(table.patterns) + 1)
    bounds = [
        np.searchsorted(table.trip_pattern[plan.trips], every) + begin
        for plan, begin in zip(plans, offset, strict=False)
    ]
    took = [float((plan.last_s - plan.first_s).max(initial=0)) for plan in plans]
    return Days(
        zero_s=zero,
        bounds=np.array(bounds, dtype=np.int32),
        trip=np.concatenate([plan.trips for plan in plans]).astype(np.int32),
        start_s=np.concatenate([plan.first_s + at for plan, at in zip(plans, zero, strict=True)]).astype(np.float64),
        end_s=np.concatenate([plan.last_s + at for plan, at in zip(plans, zero, strict=True)]).astype(np.float64),
        after=np.stack([_chain(plan, blocks, len(table.trip_ids)) for plan in plans]),
        longest_s=max(took),
    )


def _chain(plan: DayPlan, blocks: Blocks, trips: int) -> Ints:
    """Return the trip after each trip in its block on one day."""
    after = np.full(trips, -1, dtype=np.int32)
    order = plan.trips[np.lexsort((plan.first_s, blocks.of_trip[plan.trips]))]
    block = blocks.of_trip[order]
    known = block >= 0
    same = known[:-1] & (block[:-1] == block[1:])
    after[order[known]] = -2
    after[order[:-1][same]] = order[1:][same]
    return after


def _find_follows(table: Timetable) -> tuple[Ints, Ints]:
    first = np.array([p.point_at(float(p.stop_distance_m[0]))[:2] for p in table.patterns])
    last = np.array([p.point_at(float(p.stop_distance_m[-1]))[:2] for p in table.patterns])
    route = np.array([p.route_index for p in table.patterns])
    found = [
        np.flatnonzero((route == route[p]) & (np.hypot(*(first - last[p]).T) < FOLLOWS_M))
        for p in range(len(table.patterns))
    ]
    return _starts([len(some) for some in found]), np.concatenate(found).astype(np.int32)


def _starts(counts: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
