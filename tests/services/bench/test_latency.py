"""Reading what the benchmarks of the whole path measure."""

import pytest

from services.bench.capacity import Rung
from services.bench.path.listen import read_events
from services.bench.path.usage import Usage, busy_share


def rung(**changes: object) -> Rung:
    usual = {"speed": 1.0, "sent_per_s": 190.0, "seen_per_s": 190.0, "p50_ms": 250.0, "p95_ms": 900.0, "behind_s": 0.0,
             "overdue": 0.0, "busy": {"track": 0.2, "api": 0.3}, "machine": 0.4}  # fmt: skip
    return Rung(**(usual | changes))  # type: ignore[arg-type]


def test_server_sent_events_are_read_with_their_names() -> None:
    lines = [": hello", "", "event: vehicles", 'data: {"a":', "data: 1}", "", "data: bare", "", "event: cut off"]
    assert list(read_events(iter(lines))) == [("vehicles", '{"a":\n1}'), ("message", "bare")]


@pytest.mark.parametrize(
    "changes", [{"p95_ms": 3_001.0}, {"behind_s": 2.5}, {"overdue": 0.01}, {"p95_ms": float("nan")}]
)
def test_a_rate_is_not_sustained_when_fixes_come_out_late_or_not_at_all(changes: dict[str, float]) -> None:
    assert rung().sustained
    assert not rung(**changes).sustained


def test_what_stops_a_city_is_said_in_words() -> None:
    assert rung(busy={"track": 0.97, "api": 0.3}).fullest == "track fills one core (0.97)"
    assert rung(busy={"track": 0.7, "api": 0.6}, machine=0.98).fullest.startswith("the machine is full (98%)")


def test_the_share_of_a_core_is_the_difference_of_two_readings() -> None:
    before = {"track": Usage(10.0, 100.0), "gone": Usage(1.0, 1.0)}
    after = {"track": Usage(12.5, 120.0), "new": Usage(3.0, 1.0)}
    assert busy_share(before, after, 10.0) == {"track": 0.25}
