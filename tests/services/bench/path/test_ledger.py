"""What counts as seen, and how long it took."""

from math import isnan

from schemas.fix import Fix
from services.bench.path.ledger import Ledger, quantile


def fix(vehicle_id: str, time_ms: int) -> Fix:
    return Fix(vehicle_id=vehicle_id, time_ms=time_ms, lon=105.8, lat=21.0, source="bench", received_ms=time_ms)


def test_a_fix_is_seen_when_its_bus_is_shown_there_or_further_on() -> None:
    ledger = Ledger()
    ledger.sent([fix("a", 1000), fix("b", 1000)], 10.0)
    ledger.sent([fix("a", 2000)], 10.5)
    ledger.seen([("a", 2000), ("strange", 9000)], 11.0)
    assert sorted(ledger.take()) == [500.0, 1000.0]
    assert ledger.backlog() == 1
    assert (ledger.overdue(12.0, 1.5), ledger.overdue(12.0, 2.5)) == (1, 0)


def test_an_older_place_of_a_bus_shows_nothing_new() -> None:
    ledger = Ledger()
    ledger.sent([fix("a", 2000)], 10.0)
    ledger.seen([("a", 1000)], 11.0)
    assert ledger.take() == []
    assert ledger.backlog() == 1


def test_a_fix_that_never_comes_out_by_rule_is_not_timed() -> None:
    ledger = Ledger()
    ledger.sent([fix("a", 2000), fix("a", 2000), fix("a", 1500)], 10.0)
    assert ledger.backlog() == 1


def test_what_was_taken_is_not_counted_twice() -> None:
    ledger = Ledger()
    ledger.sent([fix("a", 2000)], 10.0)
    ledger.seen([("a", 2000)], 10.2)
    ledger.seen([("a", 2000)], 10.4)
    assert len(ledger.take()) == 1
    assert ledger.take() == []
    assert ledger.overdue(20.0, 0.0) == 0


def test_a_quantile_is_one_of_the_values() -> None:
    assert quantile([3.0, 1.0, 2.0], 50) == 2.0
    assert quantile([1.0, 2.0], 100) == 2.0
    assert isnan(quantile([], 50))
