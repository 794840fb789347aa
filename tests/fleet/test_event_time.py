"""A late fix, repeated or out of order, leads to the same as if it had come in time."""

import msgspec
import pytest

from fleet.cleaning.drop_impossible_jump import GRACE_M, MAX_SPEED_MPS
from fleet.gtfs import Timetable, read_timetable
from fleet.tracker import Tracker
from schemas.fix import Fix
from services.replay.order import in_time_order, shuffled
from tests.fleet.event_time import know
from tests.fleet.small_feed import write_feed
from tests.fleet.test_tracker import collect, drive, table

__all__ = ["table"]

WILD_M = 2_000.0


def fleet(table: Timetable, *, claim: bool) -> list[Fix]:
    return in_time_order(
        f
        for n in range(2, 6)
        for d in (0, 1)
        for f in drive(table, f"T{d}-{n}", late_s=40 * n, vehicle=f"b{d}{n}", claim=claim)
    )


@pytest.fixture(scope="module", params=[True, False], ids=["claimed", "hidden"])
def orderly(request: pytest.FixtureRequest, table: Timetable) -> tuple[list[Fix], dict[str, object]]:
    fixes = fleet(table, claim=request.param)
    return fixes, know(Tracker(table), fixes)


@pytest.mark.parametrize("seed", range(8))
def test_any_delivery_within_a_quarter_of_an_hour_leads_to_the_same(table, orderly, seed):
    fixes, known = orderly
    shaken = know(Tracker(table), shuffled(fixes, seed), batch=1 + 9 * seed)
    assert [part for part, value in known.items() if shaken[part] != value] == []


def test_what_was_said_too_early_is_taken_back(table):
    """The bus seemed to stand for long; the fixes between show that it was at the next stops long before."""
    fixes = drive(table, "T0-3", claim=True)
    tracker = Tracker(table)
    first = tracker.step([*fixes[:8], *fixes[14:16]], fixes[15].received_ms)
    before = {e.stop_sequence: e for e in first.stop_events}
    out = tracker.step(fixes[8:14], fixes[15].received_ms)
    withdrawn = {e.stop_sequence for e in out.stop_events if e.withdrawn}
    said = {e.stop_sequence: e for e in out.stop_events if not e.withdrawn}
    assert withdrawn
    assert all(before[number].arrival_ms != said[number].arrival_ms for number in withdrawn & said.keys())
    assert {p.time_ms for p in out.positions} >= {f.time_ms for f in fixes[8:14]}
    assert out.predictions[0].made_at_ms == fixes[15].time_ms


@pytest.mark.parametrize("batch", [1, 3, 50])
def test_the_position_of_a_report_that_a_late_one_shows_to_be_wild_is_taken_back(table, batch):
    fixes = drive(table, "T0-3")
    wild = msgspec.structs.replace(fixes[10], lat=fixes[10].lat + WILD_M / 111_320.0)
    fixes[10] = wild
    since_s = [(wild.time_ms - fix.time_ms) / 1000.0 for fix in (fixes[9], fixes[8])]
    assert GRACE_M + MAX_SPEED_MPS * since_s[0] < WILD_M < MAX_SPEED_MPS * since_s[1]
    orderly = know(Tracker(table), fixes)
    late = know(Tracker(table), [*fixes[:9], *fixes[10:14], fixes[9], *fixes[14:]], batch=batch)
    assert ("bus", wild.time_ms) not in orderly["runs"]
    assert late == orderly


def test_a_flood_of_late_fixes_is_taken_together_and_then_waits_for_its_turn(table, monkeypatch):
    fixes = drive(table, "T0-3", every_s=2)[-400:]
    monkeypatch.setattr("fleet.tracker.MOST_AGAIN", 300)
    moved = []
    tracker = Tracker(table)
    monkeypatch.setattr(tracker.course, "move", lambda v, f, move=tracker.course.move: moved.append(f) or move(v, f))
    now_ms = fixes[-1].received_ms
    tracker.step(fixes[1::2], now_ms)
    for late in fixes[0::2]:
        tracker.step([late], now_ms)
    assert len(moved) < len(fixes[1::2]) + 300 + 2 * len(fixes)
    tracker.step([], now_ms + 20_000)
    assert know(tracker, fixes[-1:])["buses"] == know(Tracker(table), fixes)["buses"]


def test_of_two_fixes_of_one_time_the_one_that_was_received_first_counts_in_any_order(table):
    fixes = drive(table, "T0-3")
    other = msgspec.structs.replace(fixes[9], lon=fixes[9].lon + 0.001, received_ms=fixes[9].received_ms + 5_000)
    one = know(Tracker(table), [*fixes[:10], other, *fixes[10:]])
    two = know(Tracker(table), [*fixes[:9], other, *fixes[9:]])
    assert one["buses"] == two["buses"]
    assert one["runs"] == two["runs"]


def test_another_timetable_is_taken_over_while_buses_drive(table, tmp_path):
    fixes = drive(table, "T0-3", late_s=60)
    tracker, other = Tracker(table), read_timetable(write_feed(tmp_path, link_s=130))
    collect(tracker, fixes[:20])
    tracker.adopt(Tracker(other))
    assert tracker.timetable is other
    _, events, positions = collect(tracker, fixes[20:])
    plain = collect(Tracker(other), fixes)
    assert [p.assignment for p in positions] == [p.assignment for p in plain[2][20:]]
    assert events.items() <= plain[1].items()
    assert tracker.list_seen()[0]


def test_a_timetable_without_the_trips_of_now_leaves_buses_without_a_trip(table, tmp_path):
    fixes = drive(table, "T0-3", late_s=60)
    tracker = Tracker(table)
    collect(tracker, fixes[:20])
    tracker.adopt(Tracker(None))
    positions = collect(tracker, fixes[20:])[2]
    assert all(p.assignment.trip_id is None for p in positions)
