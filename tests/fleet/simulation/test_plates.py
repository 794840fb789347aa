from types import SimpleNamespace
from typing import Any

from fleet.simulation.duties import chain_runs
from fleet.simulation.plan import Run
from fleet.simulation.plates import plates_of_blocks
from tests.fleet.simulation.builders import START_MS, run_on, straight


def timetable(*trips: tuple[str | None, int]) -> Any:
    blocks, routes = zip(*trips, strict=True)
    return SimpleNamespace(trip_block=list(blocks), trip_route=list(routes), route_ids=["01", "02"])


def test_plates_of_a_route_go_to_its_blocks_in_order() -> None:
    feed = timetable(("01-02", 0), ("01-01", 0), ("02-01", 1), (None, 1))
    roster = {"29B-2": frozenset({"01"}), "29B-1": frozenset({"01"}), "29B-3": frozenset({"02"})}
    assert plates_of_blocks(feed, roster) == {"01-01": "29B-1", "01-02": "29B-2", "02-01": "29B-3"}


def test_blocks_beyond_the_roster_get_none_and_no_vehicle_gets_two() -> None:
    feed = timetable(("a", 0), ("b", 0), ("c", 1))
    assert plates_of_blocks(feed, {"29B-1": frozenset({"01", "02", "nowhere"})}) == {"a": "29B-1"}
    assert plates_of_blocks(feed, {}) == {}


def test_a_block_with_a_plate_is_driven_by_it_every_day() -> None:
    course = straight()
    day = [
        Run(
            **{
                **run_on(course, k, START_MS + k * 86_400_000).__dict__,
                "block_id": block,
                "start_date": f"2026010{5 + k}",
            }
        )
        for k, block in enumerate(("a", "a", "b"))
    ]
    duties = chain_runs((course,), day, plates={"a": "29B-1"})
    assert {duty.vehicle_id: duty.runs for duty in duties} == {"29B-1": (0, 1), "SIM-b-01": (2,)}
