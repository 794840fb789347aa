import numpy as np
import pytest

from fleet.simulation.kernel import LAYOVER, RUNNING, Fleet
from fleet.simulation.plan import Duty, Plan
from fleet.simulation.traffic import Blockage, TrafficField
from tests.fleet.simulation.builders import START_MS, run_on, straight, there_and_back


def fleet_of(plan: Plan, start_ms: int, *, signals: list[tuple[float, float]] | None = None, seed: int = 1) -> Fleet:
    return Fleet(plan, TrafficField(seed, 25_200), signals or [], start_ms=start_ms, seed=seed)


def drive(fleet: Fleet, seconds: int) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    arrived: dict[tuple[int, int], int] = {}
    left: dict[tuple[int, int], int] = {}
    for _ in range(seconds):
        calls = fleet.step()
        arrived.update({(bus, stop): at for bus, stop, at in calls.arrived})
        left.update({(bus, stop): at for bus, stop, at in calls.left})
    return arrived, left


def test_every_stop_of_every_run_is_called_at_once_and_in_order() -> None:
    plan = there_and_back(trips=3)
    fleet = fleet_of(plan, START_MS - 600_000)
    arrived, left = drive(fleet, 5400)
    for index in range(len(plan.runs)):
        first, last = int(fleet.tables.run_first[index]), int(fleet.tables.run_last[index])
        times = [at for stop in range(first + 1, last + 1) for (_, s), at in arrived.items() if s == stop]
        assert len(times) == last - first
        assert times == sorted(times)
    assert set(arrived) <= set(left)
    assert all(left[key] >= at for key, at in arrived.items())


def test_buses_keep_near_their_timetable_and_never_leave_long_before_it() -> None:
    plan = there_and_back(trips=4)
    fleet = fleet_of(plan, START_MS - 600_000)
    arrived, left = drive(fleet, 6000)
    delay_s = np.array([(at - fleet.tables.arrival_ms[stop]) / 1000 for (_, stop), at in arrived.items()])
    assert delay_s.min() > -180
    assert abs(np.median(delay_s)) < 150
    early_s = [(fleet.tables.departure_ms[stop] - at) / 1000 for (_, stop), at in left.items()]
    assert max(early_s) < 240


def test_speed_and_way_stay_possible() -> None:
    fleet = fleet_of(there_and_back(), START_MS, signals=[(105.81, 21.0), (105.83, 21.0)])
    before = fleet.along_m.copy()
    for _ in range(1200):
        phase = fleet.phase.copy()
        fleet.step()
        moved = (fleet.along_m - before)[(phase == RUNNING) & (fleet.phase == RUNNING)]
        assert (moved >= -1e-9).all()
        assert (moved <= 16.0).all()
        before = fleet.along_m.copy()


def test_a_bus_stands_at_a_red_light_and_nowhere_else_on_an_empty_road() -> None:
    course = straight()
    run = run_on(course, 1, START_MS, mps=9.0)
    plan = Plan((course,), (run,), (Duty("SIM-1", (0,)),))
    waits = []
    for seed in range(8):
        fleet = fleet_of(plan, START_MS - 60_000, signals=[(105.8225, 21.0)], seed=seed)
        light_m = float(fleet.lights.at_m[0])
        for _ in range(1200):
            fleet.step()
            stands = fleet.phase[0] == RUNNING and not fleet.dwelling[0] and fleet.speed_mps[0] == 0
            if stands and light_m - 5.0 < fleet.along_m[0] <= light_m:
                waits.append(seed)
                assert fleet.lights.is_red(np.array([0]), fleet.now_ms)[0]
    assert len(set(waits)) >= 2


def test_warm_start_puts_buses_on_their_way_where_the_timetable_has_them() -> None:
    plan = there_and_back(trips=8, headway_s=300)
    then_ms = START_MS + 1_500_000
    fleet = fleet_of(plan, then_ms)
    on_way = np.flatnonzero(fleet.phase == RUNNING)
    assert len(on_way) >= 4
    for bus in on_way:
        run = plan.runs[int(fleet.run[bus])]
        due_m = np.interp(then_ms, run.arrival_ms, run.stop_m)
        assert abs(fleet.along_m[bus] - due_m) < 420 * 5.0 + 1
    assert set(fleet.phase.tolist()) <= {0, LAYOVER, RUNNING}


def test_a_blocked_road_holds_buses_up() -> None:
    plan = there_and_back(trips=1)
    block = Blockage(105.825, 21.0, 300.0, START_MS - 3_600_000, START_MS + 7_200_000, 0.08)
    delays = []
    for blocks in ([], [block]):
        fleet = Fleet(plan, TrafficField(1, 25_200, blocks), [], start_ms=START_MS - 600_000, seed=1)
        arrived, _ = drive(fleet, 3600)
        delays.append(max((at - fleet.tables.arrival_ms[stop]) / 1000 for (_, stop), at in arrived.items()))
    assert delays[1] > delays[0] + 300


@pytest.mark.parametrize("share", [0.0, 0.37, 1.0])
def test_a_place_along_a_course_lies_on_it(share: float) -> None:
    fleet = fleet_of(there_and_back(), START_MS)
    length = fleet.tables.path_length_m
    lon, lat, heading = fleet.tables.place(np.array([0, 1]), share * length)
    np.testing.assert_allclose(lon, [105.80 + 0.05 * share, 105.85 - 0.05 * share], atol=1e-6)
    np.testing.assert_allclose(lat, 21.0)
    np.testing.assert_allclose(heading, [90.0, 270.0], atol=0.1)
