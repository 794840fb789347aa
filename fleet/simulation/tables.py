"""The plan as flat arrays for the kernel: ways, stops, runs and duties, each one list after the other."""

import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from fleet.simulation.detours import Detour
from fleet.simulation.legs import NEAR_M, LegMaker, Place, Way, place_depots
from fleet.simulation.lights import Lights
from fleet.simulation.plan import Floats, Ints, Plan, Run, gap_m
from fleet.simulation.state import Records

NONE = -1
TURN_SHARE = 0.68
FEWEST_TO_TURN = 8
DEFAULT_HEADWAY_MS = 900_000


WAY = np.dtype([("vertex_first", "i8"), ("piece_first", "i8"), ("light_first", "i8"), ("stop_first", "i8"),
                ("bus_lane", "i8"), ("pace", "f8")])  # fmt: skip
VERTEX = np.dtype([("m", "f8"), ("lon", "f8"), ("lat", "f8")])
PIECE = np.dtype([("end_m", "f8"), ("edge", "i8")])
LIGHT = np.dtype([("m", "f8"), ("cycle_s", "i8"), ("offset_s", "i8")])
STOP = np.dtype([("m", "f8"), ("group", "i8"), ("skipped", "i8")])
RUN = np.dtype([("way", "i8"), ("time", "i8"), ("stops", "i8"), ("headway_ms", "i8"), ("turn", "i8"), ("key", "i8")])
TIME = np.dtype([("arrival_ms", "i8"), ("departure_ms", "i8")])
GROUP = np.dtype([("riders_h", "f8")])
DUTY = np.dtype([("run", "i8"), ("leg_in", "i8"), ("leg_turn", "i8"), ("drop_to", "i8")])
VEHICLE = np.dtype([("duty_first", "i8"), ("duty_last", "i8"), ("leg_home", "i8"), ("key", "i8"), ("pace", "f8"),
                    ("depot_lon", "f8"), ("depot_lat", "f8")])  # fmt: skip


class Tables(NamedTuple):
    """Constant records of the kernel, one array a noun.

    Ways have one row more, so that ``first`` of the next ends a way. A run's times stand from ``time`` on, one a stop.
    ``leg_in`` is the empty way to the start of a duty row, ``leg_turn`` the one after a short turn of the row before,
    ``leg_home`` the last of a bus (-1: none); ``drop_to`` is the next duty row that starts at the same place. Keys name
    runs and buses in random numbers.
    """

    way: Records
    vertex: Records
    piece: Records
    light: Records
    stop: Records
    run: Records
    time: Records
    group: Records
    duty: Records
    bus: Records


def records(kind: "np.dtype[Any]", **columns: Floats | Ints) -> Records:
    """Join columns of one length into records of a kind."""
    out = np.zeros(len(next(iter(columns.values()))), dtype=kind)
    for name, column in columns.items():
        out[name] = column
    return out


class WayTables(NamedTuple):
    """What belongs to the ways alone."""

    vertex_first: Ints
    vertex_m: Floats
    vertex_lon: Floats
    vertex_lat: Floats
    piece_first: Ints
    piece_end_m: Floats
    piece_edge: Ints


def flatten_ways(ways: Sequence[Way]) -> WayTables:
    """Put the lines and chains of ways one behind the other."""
    return WayTables(
        _firsts([len(way.course.lon) for way in ways]),
        np.concatenate([way.course.along_m for way in ways]),
        np.concatenate([way.course.lon for way in ways]),
        np.concatenate([way.course.lat for way in ways]),
        _firsts([len(way.chain.edge) for way in ways]),
        np.concatenate([way.chain.end_m for way in ways]),
        np.concatenate([way.chain.edge for way in ways]).astype(np.int64),
    )


def _firsts(counts: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


class Legs(NamedTuple):
    """The empty ways of a plan, appended to ``ways``."""

    leg_in: Ints
    leg_turn: Ints
    leg_home: Ints
    depot_lon: Floats
    depot_lat: Floats


def make_legs(plan: Plan, ways: list[Way], maker: LegMaker, run_turn: Ints, seed: int) -> Legs:
    """Draw every empty way the plan needs, each once, and append them to the ways.

    Parameters
    ----------
    plan : Plan
        Runs and duties.
    ways : list of Way
        Grows.
    maker : LegMaker
        Draws them.
    run_turn : ndarray of int
        The stop at which each run may turn early, -1 for never.
    seed : int
        Where the depots lie.

    Returns
    -------
    Legs
        Way numbers.
    """
    known: dict[tuple[Place, Place], int] = {}

    def leg(start: Place, end: Place, edge: int) -> int:
        if gap_m(*start, *end) < NEAR_M:
            return NONE
        if (start, end) not in known:
            known[start, end] = len(ways)
            ways.append(maker.make(start, end, edge))
        return known[start, end]

    starts = [_place(plan, run, run.stop_m[0]) for run in plan.runs]
    depots = place_depots(seed, [starts[duty.runs[0]] for duty in plan.duties])
    first_edge = [int(ways[run.path].chain.edge[0]) for run in plan.runs]
    leg_in, leg_turn, leg_home = [], [], []
    for duty, depot in zip(plan.duties, depots, strict=True):
        here, turned = depot, None
        for r in duty.runs:
            run = plan.runs[r]
            leg_in.append(leg(here, starts[r], first_edge[r]))
            leg_turn.append(leg(turned, starts[r], first_edge[r]) if turned else NONE)
            here = _place(plan, run, run.stop_m[-1])
            turned = _place(plan, run, run.stop_m[run_turn[r]]) if run_turn[r] > 0 else None
        leg_home.append(leg(here, depot, first_edge[duty.runs[-1]]))
    lon, lat = np.array(depots).T
    return Legs(np.array(leg_in), np.array(leg_turn), np.array(leg_home), lon, lat)


def _place(plan: Plan, run: Run, at_m: float) -> Place:
    course = plan.paths[run.path]
    lon, lat = (float(np.interp(at_m, course.along_m, axis)) for axis in (course.lon, course.lat))
    return round(lon, 6), round(lat, 6)


def turning_stops(plan: Plan) -> Ints:
    """Return where each run may turn early: about two thirds on, never on a line of less than eight stops."""
    return np.array(
        [round(TURN_SHARE * len(run.stop_m)) if len(run.stop_m) >= FEWEST_TO_TURN else NONE for run in plan.runs]
    )


def headways(runs: Sequence[Run]) -> Ints:
    """Return how long before each run the line's last one left in its direction, milliseconds; 15 min for the first."""
    last: dict[tuple[str, int | None], int] = {}
    out = np.full(len(runs), DEFAULT_HEADWAY_MS)
    for index in sorted(range(len(runs)), key=lambda k: runs[k].start_ms):
        key = runs[index].route_id, runs[index].direction_id
        gap_ms = runs[index].start_ms - last.get(key, 0)
        if 60_000 <= gap_ms <= 5_400_000:
            out[index] = gap_ms
        last[key] = runs[index].start_ms
    return out


class Stops(NamedTuple):
    """The stops of the ways, and the groups that share waiting riders: one stop of one line and direction."""

    stop_first: Ints
    stop_m: Floats
    stop_group: Ints
    stop_skipped: Ints
    groups: int


def lay_stops_on_ways(plan: Plan, way_count: int, detours: Sequence[Detour]) -> Stops:
    """List the stops of each way in order, from the first run that drives it; a detour leaves some out."""
    by_way: dict[int, Run] = {}
    for one in plan.runs:
        by_way.setdefault(one.path, one)
    around = {detour.by_way: detour for detour in detours}
    group: dict[tuple[str, int | None, str], int] = {}
    metres, groups, skipped, counts = [], [], [], []
    for way in range(way_count):
        detour = around.get(way)
        run = by_way.get(detour.way if detour else way)
        counts.append(0 if run is None else len(run.stop_m))
        if run is None:
            continue
        at_m = np.minimum(run.stop_m, plan.paths[run.path].length_m)
        metres.append(detour.by_m(at_m) if detour else at_m)
        skipped.append(detour.leaves_out(at_m) if detour else np.zeros(len(at_m), dtype=bool))
        groups += [group.setdefault((run.route_id, run.direction_id, stop), len(group)) for stop in run.stop_ids]
    return Stops(
        _firsts(counts),
        np.concatenate(metres),
        np.array(groups, dtype=np.int64),
        np.concatenate(skipped).astype(np.int64),
        len(group),
    )


def light_tables(lights: Lights, way_count: int, detours: Sequence[Detour]) -> tuple[Ints, Floats, Ints, Ints]:
    """Return first rows, metres, cycles and offsets of the lights of every way; a guard at infinity ends each list."""
    around = {detour.by_way: detour for detour in detours}
    rows, metres, counts = [], [], []
    for way in range(way_count):
        detour = around.get(way)
        course = detour.way if detour else way
        known = course < len(lights.first) - 1
        mine = np.arange(lights.first[course], lights.first[course + 1] - 1) if known else np.empty(0, dtype=np.int64)
        if detour:
            mine = mine[~detour.leaves_out(lights.at_m[mine])]
        at_m = lights.at_m[mine]
        rows.append(np.append(mine, NONE))
        metres.append(np.append(detour.by_m(at_m) if detour else at_m, np.inf))
        counts.append(len(mine) + 1)
    row = np.concatenate(rows)
    return (
        _firsts(counts),
        np.concatenate(metres),
        np.where(row < 0, 60, lights.cycle_s[row]).astype(np.int64),
        np.where(row < 0, 0, lights.offset_s[row]).astype(np.int64),
    )


def next_starts_here(plan: Plan) -> Ints:
    """Return for each duty row the next one of the same bus that starts within 60 m, -1 for none."""
    out: list[int] = []
    for duty in plan.duties:
        starts = [_place(plan, plan.runs[r], plan.runs[r].stop_m[0]) for r in duty.runs]
        base = len(out)
        for k, start in enumerate(starts):
            same = (j for j in range(k + 1, len(starts)) if gap_m(*start, *starts[j]) < NEAR_M)
            found = next(same, None)
            out.append(NONE if found is None else base + found)
    return np.array(out, dtype=np.int64)


def name_key(name: str) -> int:
    """Return a number that follows from a name, the same on every machine."""
    return zlib.crc32(name.encode())
