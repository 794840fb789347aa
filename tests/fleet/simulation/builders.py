"""Small plans by hand."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fleet.simulation.build import Scene, build_world
from fleet.simulation.buses import Buses, World
from fleet.simulation.demand import CALM
from fleet.simulation.duties import chain_runs
from fleet.simulation.operations import PUNCTUAL
from fleet.simulation.plan import Course, Duty, Plan, Run, make_path
from routing.network import RoadNetwork, read_osm

START_MS = 1_767_600_000_000  # 2026-01-05 15:00 in Hanoi


def straight(length_deg: float = 0.05, lat: float = 21.0) -> Course:
    """A road due east of about 5.2 km."""
    return make_path(np.linspace(105.80, 105.80 + length_deg, 50), np.full(50, lat))


def run_on(course: Course, number: int, start_ms: int, *, line: str = "1", path: int = 0, mps: float = 5.0) -> Run:
    """A trip with eleven stops at a steady timetable."""
    stop_m = np.linspace(0.0, course.length_m, 11)
    times = start_ms + (stop_m / mps * 1000).astype(np.int64)
    ids = tuple(f"{path}-{k}" for k in range(11))
    return Run(
        f"{line}-{path}-{number}", "20260105", line, path, path, ids, tuple(range(1, 12)), stop_m, times, times, line
    )


def there_and_back(trips: int = 4, headway_s: int = 900) -> Plan:
    """A line of two directions whose buses turn at both ends."""
    there = straight()
    back = make_path(there.lon[::-1], there.lat[::-1])
    runs = tuple(
        run_on(course, number, START_MS + number * headway_s * 1000, path=path)
        for number in range(trips)
        for path, course in enumerate((there, back))
    )
    return Plan((there, back), runs, chain_runs((there, back), runs))


QUIET = Scene(weather="dry", incidents_a_day=0.0, mood=CALM, operations=PUNCTUAL)


def world_of(
    plan: Plan, *, scene: Scene = QUIET, signals: Sequence[tuple[float, float]] = (), seed: int = 1, hours: float = 3.0
) -> World:
    """A world without roads, in which nothing is astray."""
    end_ms = START_MS + round(hours * 3_600_000)
    return build_world(
        plan, None, signals, start_ms=START_MS - 600_000, end_ms=end_ms, seed=seed, offset_s=25_200, scene=scene
    )


def drive(buses: Buses, seconds: int) -> list[tuple[int, ...]]:
    """Step a while and return every event as kind, bus, duty row, stop, time, number."""
    return [tuple(event) for _ in range(seconds) for event in buses.step().tolist()]


def times_of(events: list[tuple[int, ...]], kind: int) -> dict[tuple[int, int], int]:
    """Return (duty row, stop) → time of the events of one kind."""
    return {(duty, stop): at for k, _, duty, stop, at, _ in events if k == kind}


def one_bus(course: Course, *stop_m: float, start_ms: int = START_MS, number: int = 0) -> Run:
    """A trip that calls only where told, with a timetable that asks for the most."""
    at = np.array(stop_m)
    times = np.full(len(at), start_ms, dtype=np.int64)
    ids = tuple(f"s{k}" for k in range(len(at)))
    return Run(f"t{number}", "20260105", "1", 0, 0, ids, tuple(range(len(at))), at, times, times, "1")


def single_runs(course: Course, starts_ms: Sequence[int], *stop_m: float) -> Plan:
    """A plan in which each trip has a bus of its own."""
    runs = tuple(one_bus(course, *stop_m, start_ms=at, number=k) for k, at in enumerate(starts_ms))
    return Plan((course,), runs, tuple(Duty(f"B{k:03d}", (k,)) for k in range(len(runs))))


def crossing(arm_m: float = 300.0) -> RoadNetwork:
    """Four two-way roads that meet at node 0, with a way around from node 1 to node 3 by node 2 and by node 4."""
    degree = arm_m / 111_195.0
    east = degree / np.cos(np.radians(21.0))
    places = {0: (105.82, 21.0), 1: (105.82 - east, 21.0), 2: (105.82, 21.0 + degree), 3: (105.82 + east, 21.0),
              4: (105.82, 21.0 - degree)}  # fmt: skip
    nodes = "".join(f"<node id='{k + 1}' lon='{x:.7f}' lat='{y:.7f}'/>" for k, (x, y) in places.items())
    ways = [(1, 0), (2, 0), (3, 0), (4, 0), (1, 2), (2, 3), (1, 4), (4, 3)]
    roads = "".join(
        f"<way id='{10 + k}'><nd ref='{a + 1}'/><nd ref='{b + 1}'/><tag k='highway' v='primary'/></way>"
        for k, (a, b) in enumerate(ways)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crossing.osm"
        path.write_text(f"<osm version='0.6'>{nodes}{roads}</osm>", encoding="utf-8")
        return read_osm(path)
