"""Lay the ways of buses on the roads: which edge lies under each metre of a course."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np

from fleet.simulation.plan import Course, Floats, Ints
from fleet.simulation.roads import PIECE_M, Roads, roads_of
from routing.network.graph import RoadNetwork
from routing.network.index import EdgeIndex, turn_deg

SAMPLE_M = 20.0
RADIUS_M = 25.0
OFF_SD_M = 8.0
TURN_SD_DEG = 35.0
OFF_ROAD, JUMP, NEXT = 9.0, 6.0, 0.3


@dataclass(frozen=True)
class Chain:
    """The edges under one course in order, and the metre of the course where each ends."""

    edge: Ints
    end_m: Floats


def lay_courses(network: RoadNetwork | None, courses: Sequence[Course]) -> tuple[Roads, tuple[Chain, ...]]:
    """Find the edges under every course; where there are none, make some up.

    Parameters
    ----------
    network : RoadNetwork or None
        The city's roads, if it has any.
    courses : sequence of Course
        The ways of the buses.

    Returns
    -------
    tuple of (Roads, tuple of Chain)
        The roads, and one chain a course.
    """
    found = _match(network, courses) if network is not None else [np.full(_samples(c), -1) for c in courses]
    first_made = network.edge_count if network is not None else 0
    spans: list[tuple[int, float, float]] = []
    chains = []
    for number, (course, edges) in enumerate(zip(courses, found, strict=True)):
        chains.append(_chain(number, course, edges, first_made, spans))
    return roads_of(network, courses, spans), tuple(chains)


def _samples(course: Course) -> int:
    return max(1, round(course.length_m / SAMPLE_M))


def _chain(number: int, course: Course, edges: Ints, first_made: int, spans: list[tuple[int, float, float]]) -> Chain:
    """Join equal neighbours; what lies off the roads is cut into made-up edges of at most 400 m."""
    bound = np.linspace(0.0, course.length_m, len(edges) + 1)
    change = np.flatnonzero(np.diff(edges)) + 1
    begins, ends = np.concatenate([[0], change]), np.concatenate([change, [len(edges)]])
    out_edge: list[int] = []
    out_end: list[float] = []
    for low, high in zip(begins.tolist(), ends.tolist(), strict=True):
        if edges[low] >= 0:
            out_edge.append(int(edges[low]))
            out_end.append(float(bound[high]))
            continue
        cuts = np.linspace(bound[low], bound[high], max(1, round((bound[high] - bound[low]) / PIECE_M)) + 1)
        for begin, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            out_edge.append(first_made + len(spans))
            out_end.append(end)
            spans.append((number, begin, end))
    out_end[-1] = course.length_m
    return Chain(np.array(out_edge, dtype=np.int64), np.array(out_end))


def _match(network: RoadNetwork, courses: Sequence[Course]) -> list[Ints]:
    """Return the edge of each sample of each course, -1 off the roads."""
    counts = [_samples(course) for course in courses]
    at = [(np.arange(n) + 0.5) * course.length_m / n for n, course in zip(counts, courses, strict=True)]
    lon = np.concatenate([np.interp(m, c.along_m, c.lon) for m, c in zip(at, courses, strict=True)])
    lat = np.concatenate([np.interp(m, c.along_m, c.lat) for m, c in zip(at, courses, strict=True)])
    heading = np.concatenate([_heading(c, m) for m, c in zip(at, courses, strict=True)])
    near = EdgeIndex(network).near(lon, lat, RADIUS_M)
    turn = turn_deg(near.heading_deg, heading[near.place])
    cost = 0.5 * (near.off_m / OFF_SD_M) ** 2 + 0.5 * (turn / TURN_SD_DEG) ** 2
    rows = near.rows_of(len(lon)).astype(np.int64)
    bounds = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    chosen = _decide(
        bounds, rows, near.edge.astype(np.int64), cost,
        network.edge_from.astype(np.int64), network.edge_to.astype(np.int64),
    )  # fmt: skip
    return [chosen[low:high] for low, high in itertools.pairwise(bounds)]


def _heading(course: Course, at_m: Floats) -> Floats:
    ahead, behind = np.minimum(at_m + 4.0, course.length_m), np.maximum(at_m - 4.0, 0.0)
    lon = np.interp(ahead, course.along_m, course.lon) - np.interp(behind, course.along_m, course.lon)
    lat = np.interp(ahead, course.along_m, course.lat) - np.interp(behind, course.along_m, course.lat)
    return np.asarray(np.degrees(np.arctan2(lon * np.cos(np.radians(course.lat[0])), lat)) % 360.0)


@numba.njit(cache=True)
def _step_cost(before: int, after: int, tail: Ints, head: Ints) -> float:
    if before == after:
        return 0.0
    return NEXT if before >= 0 and after >= 0 and head[before] == tail[after] else JUMP


@numba.njit(cache=True)
def _decide(bounds: Ints, rows: Ints, edge: Ints, cost: Floats, tail: Ints, head: Ints) -> Ints:
    """Return the cheapest edge of each sample: near, in the direction of travel, and one leading into the next."""
    most = 1
    for place in range(len(rows) - 1):
        most = max(most, rows[place + 1] - rows[place] + 1)
    back = np.zeros((len(rows) - 1, most), dtype=np.int16)
    out = np.full(len(rows) - 1, -1, dtype=np.int64)
    old, new = np.zeros(most), np.zeros(most)
    for course in range(len(bounds) - 1):
        for place in range(bounds[course], bounds[course + 1]):
            here = rows[place + 1] - rows[place]
            for k in range(here + 1):
                mine = edge[rows[place] + k] if k < here else -1
                own = cost[rows[place] + k] if k < here else OFF_ROAD
                if place == bounds[course]:
                    new[k] = own
                    continue
                best, arg = np.inf, 0
                before = rows[place] - rows[place - 1]
                for j in range(before + 1):
                    theirs = edge[rows[place - 1] + j] if j < before else -1
                    step = _step_cost(theirs, mine, tail, head)
                    if old[j] + step < best:
                        best, arg = old[j] + step, j
                new[k], back[place, k] = best + own, arg
            old, new = new, old
        last = bounds[course + 1] - 1
        k = int(np.argmin(old[: rows[last + 1] - rows[last] + 1]))
        for place in range(last, bounds[course] - 1, -1):
            out[place] = edge[rows[place] + k] if k < rows[place + 1] - rows[place] else -1
            k = back[place, k]
    return out
