from datetime import UTC, datetime

import pytest

from fleet.gtfs import Timetable, read_timetable
from fleet.simulation.build import build_world
from fleet.simulation.day import plan_period
from fleet.simulation.plan import Plan
from fleet.simulation.simulation import Options, Simulation
from tests.data import shared_data

NOON_MS = int(datetime(2026, 11, 23, 5, tzinfo=UTC).timestamp() * 1000)  # Monday 12:00 in Hanoi
HOUR_MS = 3_600_000


def hanoi() -> Timetable:
    return read_timetable(shared_data("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip"), repeat_calendar=True)


def simulation_of(plan: Plan) -> Simulation:
    world = build_world(plan, None, [], start_ms=NOON_MS, end_ms=NOON_MS + HOUR_MS, seed=1, offset_s=25_200)
    return Simulation(world, start_ms=NOON_MS, options=Options(spin_up_ms=600_000))


@pytest.mark.data
def test_hanoi_at_noon_has_nearly_a_thousand_buses_under_way_although_its_feed_has_no_shapes() -> None:
    simulation = simulation_of(plan_period(hanoi(), NOON_MS - 600_000, NOON_MS + HOUR_MS))
    assert simulation.running > 900
    reports = [fix for _ in range(60) for fix in simulation.step()[0]]
    assert len({fix.vehicle_id for fix in reports}) > 1000


@pytest.mark.data
def test_a_smaller_fleet_is_at_work_and_keeps_the_numbers_of_the_whole_one() -> None:
    whole = plan_period(hanoi(), NOON_MS, NOON_MS + HOUR_MS)
    some = plan_period(hanoi(), NOON_MS, NOON_MS + HOUR_MS, buses=500, seed=3)
    assert len(some.duties) == 500
    assert {d.vehicle_id for d in some.duties} < {d.vehicle_id for d in whole.duties}
    assert simulation_of(some).running > 350


@pytest.mark.data
def test_washingtons_blocks_are_its_vehicles() -> None:
    timetable = read_timetable(shared_data("wmata", "gtfs.zip"))
    start = int(datetime(2026, 2, 17, 17, tzinfo=UTC).timestamp() * 1000)
    plan = plan_period(timetable, start, start + HOUR_MS)
    assert plan.duties
    for duty in plan.duties:
        assert len({plan.runs[r].block_id for r in duty.runs if plan.runs[r].start_date == "20260217"}) <= 1


def test_nothing_runs_outside_the_calendar() -> None:
    timetable = read_timetable(shared_data("wmata", "gtfs.zip"))
    then = int(datetime(2030, 2, 17, 17, tzinfo=UTC).timestamp() * 1000)
    assert plan_period(timetable, then, then + HOUR_MS).duties == ()


def test_trips_fall_out_with_whole_buses_and_singly_and_are_told() -> None:
    whole = plan_period(hanoi(), NOON_MS, NOON_MS + HOUR_MS, buses=500, seed=3)
    some = plan_period(hanoi(), NOON_MS, NOON_MS + HOUR_MS, buses=500, seed=3, cancelled=0.2)
    left = {run for duty in some.duties for run in duty.runs}
    lost = {one.run: one.reason for one in some.lost}
    assert left | lost.keys() == {run for duty in whole.duties for run in duty.runs}
    assert not left & lost.keys()
    assert set(lost.values()) == {"absent", "cancelled"}
    assert 0.14 < len(lost) / (len(lost) + len(left)) < 0.26
    assert len(some.duties) < len(whole.duties)
