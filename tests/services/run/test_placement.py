"""Which services share a process."""

import pytest

from services.run.placement import Load, Machine, Placed, PlacementError, describe, parse_workers, place
from services.run.services import SERVICES

ALL = list(SERVICES.values())
LAPTOP = Machine(cores=2, memory_mib=8_000)
SERVER = Machine(cores=16, memory_mib=64_000)
SAMPLE = Load(vehicles=291, cameras=1)
CITY = Load(vehicles=1_900, cameras=40)


def shape(plan: list[Placed]) -> dict[str, list[str]]:
    return {placed.name: [service.name for service in placed.services] for placed in plan}


def test_on_two_cores_the_sample_city_fits_into_two_processes() -> None:
    assert shape(place(ALL, LAPTOP, SAMPLE)) == {
        "city": ["ingest", "track", "estimate", "archive", "api", "simulate"],
        "cameras": ["capture", "detect"],
    }


def test_a_whole_city_gives_each_busy_service_a_process() -> None:
    plan = shape(place(ALL, SERVER, CITY))
    assert plan["track"] == ["track"]
    assert plan["api"] == ["api"]
    assert sum(name.startswith("detect-") for name in plan) > 1


def test_every_service_runs_once_or_in_its_workers_whatever_the_machine_and_the_load() -> None:
    for cores in (1, 2, 4, 64):
        for memory_mib in (512, 4_000, 256_000):
            for load in (Load(), SAMPLE, CITY, Load(20_000, 2_000)):
                for placement in ("auto", "together", "apart"):
                    plan = place(ALL, Machine(cores, memory_mib), load, placement=placement)
                    names = [service.name for placed in plan for service in placed.services]
                    assert set(names) == set(SERVICES)
                    assert len({placed.name for placed in plan}) == len(plan)
                    for name in names:
                        assert names.count(name) == 1 or SERVICES[name].shares_work
                        assert names.count(name) <= max(1, cores - 1)


def test_little_memory_joins_processes_of_one_family() -> None:
    few = place(ALL, Machine(cores=16, memory_mib=1_000), SAMPLE)
    assert len(few) == 2
    assert len(place(ALL, SERVER, SAMPLE)) > 2


def test_together_and_apart_are_obeyed() -> None:
    assert len(place(ALL, SERVER, CITY, placement="together", workers={"detect": 1, "archive": 1})) == 2
    assert len(place(ALL, LAPTOP, SAMPLE, placement="apart")) == len(ALL)


def test_workers_asked_for_are_given() -> None:
    plan = shape(place(ALL, LAPTOP, SAMPLE, workers=parse_workers("detect=2, archive=2", ALL)))
    assert {"detect-1", "detect-2", "archive-1", "archive-2"} <= plan.keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("api=2", "api cannot share its work"),
        ("trak=2", "no such service"),
        ("track", "NAME=NUMBER"),
        ("track=0", "NAME"),
    ],
)
def test_workers_that_cannot_be_had_are_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(PlacementError, match=said):
        parse_workers(text, ALL)


def test_a_plan_is_said_in_one_line() -> None:
    said = describe(place(ALL, LAPTOP, SAMPLE), LAPTOP, SAMPLE)
    assert said.startswith("2 cores, 8 GiB, 291 buses, 1 cameras: 2 processes: city (ingest, ")
