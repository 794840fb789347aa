import itertools
import random

import numpy as np
import pytest

from routing.congestion import EdgeHistory, Estimator
from schemas.edge import EdgeState, LevelOfService
from schemas.incident import Incident
from schemas.position import BusPosition, Quality
from schemas.trip import Assignment, Phase
from tests.routing.builders import grid, lonlat

NET = grid(8, 3, 250.0)
START_MS = 1_760_000_000_000 - 1_760_000_000_000 % 10_000
GOOD = Quality(correct=1.0, complete=1.0, clean=1.0, live=1.0)
EAST = [NET.edge_index_of[f"2/{101 + i}/{102 + i}"] for i in range(7)]


def fix(bus: str, at_s: float, x_m: float, *, speed: float = 8.0, door: bool | None = None, route: str = "09",
        phase: Phase = Phase.IN_SERVICE) -> BusPosition:  # fmt: skip
    lon, lat = lonlat(x_m, 248.0)
    return BusPosition(
        vehicle_id=bus,
        time_ms=START_MS + round(at_s * 1000),
        lon=lon,
        lat=lat,
        source="test",
        received_ms=START_MS + round(at_s * 1000),
        assignment=Assignment(phase=phase, probability=1.0, route_id=route),
        quality=GOOD,
        speed_mps=speed,
        heading_deg=90.0,
        door_open=door,
    )


def drive(bus: str, from_s: float, speed: float, *, to_m: float = 1740.0, held: tuple[float, float] | None = None,
          route: str = "09") -> list[BusPosition]:  # fmt: skip
    """Drive east along the second street; ``held`` is (where, until): stand there until that second."""
    out, x, at = [], 10.0, from_s
    while x < to_m:
        stands = held is not None and x >= held[0] and at < held[1]
        out.append(fix(bus, at, x, speed=0.0 if stands else speed, route=route))
        x += 0.0 if stands else speed * 10.0
        at += 10.0
    return out


def play(estimator: Estimator, fixes: list[BusPosition], until_s: float) -> tuple[dict[int, EdgeState], list[Incident]]:
    """Step every ten seconds; return the newest state of each edge and all incidents."""
    fixes = sorted(fixes, key=lambda f: f.time_ms)
    states: dict[int, EdgeState] = {}
    incidents: list[Incident] = []
    for end_s in np.arange(0, until_s + 10, 10):
        now = START_MS + int(end_s * 1000)
        due = list(itertools.takewhile(lambda f, now=now: f.time_ms <= now, fixes))
        fixes = fixes[len(due) :]
        for_cells, found = estimator.step(due, now)
        states |= {s.edge_index: s for cell in for_cells for s in cell.states}
        incidents += found
    return states, incidents


def test_a_bus_of_known_speed_gives_its_edges_that_speed() -> None:
    states, incidents = play(Estimator(NET), drive("b1", 0, 8.0), 300)
    for edge in EAST[1:6]:
        assert states[edge].speed_mps == pytest.approx(8.0, rel=0.06)
        assert states[edge].observations == 1
        assert states[edge].sd_mps > 0
        assert states[edge].edge_id == NET.edge_ids[edge]
    assert incidents == []
    west = {NET.edge_index_of[f"2/{102 + i}/{101 + i}"] for i in range(7)}
    assert not west & states.keys(), "the other direction stays unknown"


def test_two_buses_count_as_metres_of_both_over_seconds_of_both() -> None:
    estimator = Estimator(NET)
    states, _ = play(estimator, drive("slow", 0, 4.0) + drive("fast", 0, 12.0), 430)
    state = states[EAST[3]]
    assert state.observations == 2
    assert 4.0 < state.speed_mps < 8.5


def test_an_edge_nobody_reports_from_any_more_says_no_data_once() -> None:
    estimator = Estimator(NET)
    states, _ = play(estimator, drive("b1", 0, 8.0), 1200)
    assert states[EAST[3]].level is LevelOfService.NO_DATA
    assert states[EAST[3]].speed_mps is None
    later, _ = estimator.step([], START_MS + 1_400_000)
    assert later == []


def test_standing_at_a_stop_or_with_open_doors_is_no_traffic() -> None:
    stop = np.array([lonlat(900.0, 245.0)])
    held = drive("b1", 0, 8.0, held=(890.0, 200.0))
    with_stop, _ = play(Estimator(NET, stops_lonlat=stop), held, 420)
    without, _ = play(Estimator(NET), held, 420)
    assert with_stop[EAST[3]].speed_mps == pytest.approx(8.0, rel=0.1)
    assert without[EAST[3]].speed_mps < 4.0
    doors = [fix("b1", (f.time_ms - START_MS) / 1000, 0.0, speed=0.0) for f in []] + [
        fix(
            "b1", 10.0 * i, min(10 + 80.0 * i, 890.0) if i < 40 else 890 + 80.0 * (i - 39), speed=8.0, door=11 <= i < 40
        )
        for i in range(48)
    ]
    opened, _ = play(Estimator(NET), doors, 500)
    assert opened[EAST[3]].speed_mps == pytest.approx(8.0, rel=0.1)


def test_a_bus_in_layover_says_nothing() -> None:
    fixes = [fix("b1", 10.0 * i, 300.0, speed=0.0, phase=Phase.LAYOVER) for i in range(30)]
    states, _ = play(Estimator(NET), fixes, 320)
    assert states == {}


def learnt(speed: float = 8.0, passes: int = 12) -> EdgeHistory:
    history = EdgeHistory(NET.edge_free_mps)
    for edge in range(NET.edge_count):
        for i in range(passes):
            for bucket in range(72):
                history.learn(edge, bucket, speed * (1.05 if i % 2 else 0.95))
    return history


LEARNT = learnt()


def blocked() -> list[BusPosition]:
    """Four buses of two lines held at 1,100 m until second 600, and one that comes after."""
    fixes = []
    for i in range(4):
        fixes += drive(f"b{i}", 30.0 * i, 8.0, held=(1095.0 - 12 * i, 600.0), route="09" if i % 2 else "32")
    return fixes + drive("b9", 700.0, 8.0)


def test_buses_held_at_their_stop_make_no_candidate() -> None:
    stops = np.array([lonlat(x, 246.0) for x in (1060.0, 1080.0, 1100.0, 1110.0)])
    assert play(Estimator(NET, history=LEARNT, stops_lonlat=stops), blocked(), 1200)[1] == []


def test_a_wait_at_a_signal_of_usual_length_makes_no_candidate() -> None:
    net = grid(8, 3, 250.0, signals=[(1250.0, 250.0)])
    fixes = []
    for i in range(6):
        fixes += drive(f"b{i}", 60.0 * i, 8.0, held=(1205.0, 60.0 * i + 155 + 40))
    assert play(Estimator(net, history=LEARNT), fixes, 900)[1] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_of_arrival_and_any_repetition_give_the_same_answer(seed: int) -> None:
    def run(shuffled: bool) -> list[object]:
        estimator = Estimator(NET, history=learnt(passes=6))
        fixes = blocked()
        rng = random.Random(seed)
        told: list[object] = []
        for end_s in range(0, 1000, 10):
            now = START_MS + end_s * 1000
            due = [f for f in fixes if now - 10_000 < f.time_ms <= now]
            if shuffled:
                due = due + due[:2]
                rng.shuffle(due)
            told += estimator.step(due, now)
        return told

    assert run(False) == run(True)


def test_a_clock_that_goes_back_begins_anew() -> None:
    estimator = Estimator(NET)
    play(estimator, drive("b1", 0, 8.0), 300)
    back_ms = START_MS - 86_400_000
    fixes = [
        BusPosition(**{**{f: getattr(p, f) for f in p.__struct_fields__}, "time_ms": p.time_ms - 86_400_000})
        for p in drive("b1", 0, 8.0)
    ]
    told = []
    for end_s in range(0, 300, 10):
        now = back_ms + end_s * 1000
        told += estimator.step([f for f in fixes if now - 10_000 < f.time_ms <= now], now)[0]
    assert told
    assert all(cell.time_ms < START_MS for cell in told)


def test_positions_off_the_roads_and_from_the_future_do_no_harm() -> None:
    estimator = Estimator(NET)
    far = [fix("b1", 10.0 * i, 50_000.0) for i in range(5)] + [fix("b2", 9_999.0, 100.0)]
    assert estimator.step(far, START_MS + 60_000) == ([], [])
