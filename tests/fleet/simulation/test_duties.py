import itertools

from hypothesis import given
from hypothesis import strategies as st

from fleet.simulation.duties import LAYOVER_MS, chain_runs, roster_rows
from fleet.simulation.plan import Run
from tests.fleet.simulation.builders import START_MS, run_on, straight, there_and_back


def test_a_bus_that_arrived_takes_the_next_run_back() -> None:
    plan = there_and_back(trips=6, headway_s=1800)
    assert len(plan.duties) == 2
    for duty in plan.duties:
        paths = [plan.runs[r].path for r in duty.runs]
        assert paths == [(paths[0] + k) % 2 for k in range(len(paths))]


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=30))
def test_every_run_has_one_vehicle_and_no_vehicle_is_in_two_places(starts: list[int]) -> None:
    plan = there_and_back()
    runs = [run_on(plan.paths[k % 2], k, START_MS + s * 1000, path=k % 2) for k, s in enumerate(starts)]
    duties = chain_runs(plan.paths, runs)
    assert sorted(r for duty in duties for r in duty.runs) == list(range(len(runs)))
    for duty in duties:
        for before, after in itertools.pairwise(duty.runs):
            assert runs[after].start_ms - runs[before].end_ms >= LAYOVER_MS


def test_a_block_of_the_feed_stays_one_vehicle() -> None:
    course = straight()
    runs = [
        Run(**{**run_on(course, k, START_MS + k * 1_200_000).__dict__, "block_id": "B7", "line": str(k)})
        for k in range(3)
    ]
    (duty,) = chain_runs((course,), runs)
    assert duty.vehicle_id == "SIM-B7-01"
    assert duty.runs == (0, 1, 2)


def test_the_roster_lists_each_vehicle_with_its_line_once_a_day() -> None:
    plan = there_and_back()
    assert roster_rows(plan.runs, plan.duties) == [(d.vehicle_id, "1", "20260105") for d in plan.duties]
