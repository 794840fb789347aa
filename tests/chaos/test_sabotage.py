"""The chaos finds out every worker that is wrong on purpose, so its silence means something."""

import pytest

from tests.chaos.campaign import Campaign
from tests.chaos.column import open_column
from tests.chaos.crew import Crew

# What is wrong → rounds, patience, the damage that must be found.
CASES = {
    "commit-first": (["polled"] * 6, 5.0, "lost on the way to the database"),
    "unfenced": (["flushed"] * 4, 60.0, "doubled in the database"),
    "leaky": (["producer"], 3.0, "lost on the way to the output topic"),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("wrong", CASES)
def test_a_worker_that_is_wrong_on_purpose_is_found_out(wrong: str) -> None:
    kinds, patience_s, damage = CASES[wrong]
    with open_column("embedded") as column:
        crew = Crew(column.env, column.folder / "console.log", "tests.chaos.sabotage", ("--wrong", wrong))
        outcome = Campaign(column, seed=1, crew=crew, drain_s=patience_s).run(kinds)
    assert damage in [fault.kind for fault in outcome.faults]
