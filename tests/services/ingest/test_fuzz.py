"""Rubbish of every kind at every door: the short form of `python -m tests.services.ingest.fuzz`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.ingest.fuzz import DOORS, bend_bytes, good_body, run
from tests.services.ingest.house import Street, open_street


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with open_street(tmp_path) as street:
        street.house.rates._default_per_s = None
        yield street


@pytest.mark.parametrize("door", DOORS)
def test_no_body_makes_a_parser_raise_and_good_ones_still_pass(door: str) -> None:
    seen = run(door, 4_000, seed=7)
    assert seen["accepted"] > 500
    assert seen["refused"] > 500


@pytest.mark.parametrize("door", DOORS)
def test_no_body_makes_a_door_answer_that_the_fault_is_ours(street: Street, door: str) -> None:
    import random

    chance = random.Random(f"http {door}")
    statuses = set()
    for _ in range(150):
        body = bend_bytes(good_body(door, chance), good_body(door, chance), chance)
        statuses.add(street.post(f"fixes/{door}", body).status_code)
    assert statuses <= {200, 202, 400}
    assert statuses & {200, 202}
