"""A bus that leaves far more stops in a row without standing than it used to drives empty."""

from pathlib import Path

import pytest

from fleet.gtfs import read_timetable
from fleet.stop_events.serving import Serving
from fleet.tracker import Tracker
from schemas.fix import Fix
from schemas.stop_event import StopEvent
from schemas.trip import Phase
from tests.fleet.alerts.test_rules import START_MS, fix
from tests.fleet.small_feed import write_feed


def call(stopped: bool | None) -> StopEvent:
    return StopEvent("A", "T", "20251123", "R", "S", 2, START_MS, START_MS + 5_000, stopped=stopped)


def serving(calls: list[bool | None], *, took_ms: int = 20_000, told: bool = True) -> Serving:
    known = Serving()
    for stopped in calls:
        known.note(call(stopped), took_ms, told=told)
    return known


def test_a_bus_that_stood_at_nearly_all_stops_and_passes_five_is_empty() -> None:
    assert not serving([True] * 12 + [None] * 3).is_empty
    assert serving([True] * 12 + [None, False] * 3).is_empty


def test_a_bus_that_seldom_stands_may_pass_as_many() -> None:
    assert not serving([True, False, False, False] * 6 + [False] * 8).is_empty


def test_a_stop_where_it_stands_ends_it_and_the_empty_way_counts_for_nothing() -> None:
    known = serving([True] * 12 + [False] * 9)
    known.note(call(True), 20_000, told=True)
    assert not known.is_empty
    assert (known.stood, known.left) == (13, 13)


@pytest.mark.parametrize(("took_ms", "told"), [(60_000, True), (20_000, False)])
def test_stops_between_reports_that_tell_nothing_do_not_count(took_ms: int, told: bool) -> None:
    assert not serving([True] * 12, took_ms=20_000).is_empty
    known = serving([True] * 12)
    for _ in range(20):
        known.note(call(None), took_ms, told=told)
    assert not known.is_empty


def test_a_new_trip_begins_anew() -> None:
    known = serving([True] * 12 + [False] * 9)
    known.begin()
    assert not known.is_empty


def said_of(stops_at: set[int], folder: Path) -> tuple[list[Phase], dict[int, int | None]]:
    """Return the phases of a bus that stands at some of twenty stops, by stop, and the calls that hold in the end."""
    tracker = Tracker(read_timetable(write_feed(folder / "feed", count=24)))
    phases: list[Phase] = []
    calls: dict[int, int | None] = {}
    for step in range(20 * 6):
        at, stands = step / 6, step % 6 == 0 and step // 6 in stops_at
        one: Fix = fix(START_MS + step * 20_000, at, speed_mps=0.0 if stands else 4.3)
        out = tracker.step([one], one.time_ms)
        for event in out.stop_events:
            if event.withdrawn:
                del calls[event.stop_sequence]
            else:
                calls[event.stop_sequence] = event.departure_ms
        if step % 6 == 3:
            phases.append(out.positions[0].assignment.phase)
    return phases, calls


def test_the_phase_says_so_and_is_taken_back_where_the_bus_stands_again(tmp_path: Path) -> None:
    phases, _ = said_of(set(range(9)), tmp_path)
    assert phases[1:10] == [Phase.IN_SERVICE] * 9
    assert phases[-1] is Phase.DEADHEAD
    assert said_of({*range(9), 18}, tmp_path / "again")[0][-1] is Phase.IN_SERVICE


def test_an_empty_bus_called_nowhere_and_one_that_was_not_empty_called_everywhere(tmp_path: Path) -> None:
    assert sorted(said_of(set(range(9)), tmp_path)[1]) == list(range(1, 10))
    again = said_of({*range(9), 18}, tmp_path / "again")[1]
    assert sorted(again) == list(range(1, 21))
    assert None not in list(again.values())[:-1]
