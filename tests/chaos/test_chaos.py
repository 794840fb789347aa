"""A few rounds of every kind on both columns; `make chaos` does hundreds."""

import pytest

from tests.chaos.campaign import Campaign
from tests.chaos.column import open_column
from tests.chaos.report import describe

EMBEDDED = ["worker", "rebalance", "pause", "producer", "flushed", "written", "disk", "flood"]
DISTRIBUTED = ["written", "broker", "database"]


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("embedded", EMBEDDED),
        pytest.param("distributed", DISTRIBUTED, marks=[pytest.mark.kafka, pytest.mark.postgis]),
    ],
)
def test_nothing_is_lost_or_doubled_whatever_is_killed(name: str, kinds: list[str]) -> None:
    with open_column(name) as column:
        outcome = Campaign(column, seed=7).run(kinds, together=4)
        said = (column.folder / "console.log").read_text()[-4000:]
    assert outcome.held, f"{describe(outcome)}\n{said}"
    assert sum(outcome.rounds.values()) == len(kinds)
    assert outcome.acknowledged == 600 * len(kinds) + 20
    assert sum(outcome.ends_of_processes.values()) >= 1
