import time
from datetime import UTC, datetime

import pytest

from fleet.gtfs import read_timetable
from fleet.simulation.day import plan_period
from fleet.simulation.simulation import Options, Simulation
from fleet.simulation.traffic import TrafficField
from tests.data import shared_data

NOON_MS = int(datetime(2026, 11, 23, 5, tzinfo=UTC).timestamp() * 1000)  # Monday 12:00 in Hanoi
HOUR_MS = 3_600_000


@pytest.mark.data
def test_hanoi_at_noon_drives_over_a_thousand_buses_twenty_times_faster_than_life() -> None:
    timetable = read_timetable(shared_data("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip"), repeat_calendar=True)
    plan = plan_period(timetable, NOON_MS, NOON_MS + HOUR_MS)
    simulation = Simulation(
        plan, TrafficField(1, 25_200), [], start_ms=NOON_MS, seed=1, options=Options(with_truth=False)
    )
    assert simulation.running > 1000
    began = time.perf_counter()
    fixes = sum(len(simulation.step()[0]) for _ in range(300))
    ratio = 300 / (time.perf_counter() - began)
    print(f"{simulation.running} buses on a trip, {fixes} reports in 300 s, {ratio:.0f} × real time")
    assert ratio > 20


@pytest.mark.data
def test_a_smaller_fleet_is_at_work_and_keeps_the_numbers_of_the_whole_one() -> None:
    timetable = read_timetable(shared_data("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip"), repeat_calendar=True)
    whole = plan_period(timetable, NOON_MS, NOON_MS + HOUR_MS)
    some = plan_period(timetable, NOON_MS, NOON_MS + HOUR_MS, buses=500, seed=3)
    assert len(some.duties) == 500
    assert {d.vehicle_id for d in some.duties} < {d.vehicle_id for d in whole.duties}
    simulation = Simulation(some, TrafficField(1, 25_200), [], start_ms=NOON_MS, seed=1)
    assert simulation.running > 400


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
