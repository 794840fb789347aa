"""What other buses run speaks against a trip, softly, and however late their reports come."""

import numpy as np
import pytest

from fleet.assignment.crowd import BEHIND_S, EVERY_S, GONE_S, CrowdCounts
from fleet.assignment.ground import Blocks
from fleet.gtfs import Timetable, read_timetable
from fleet.tracker import Tracker
from services.replay.order import in_time_order, shuffled
from tests.fleet.event_time import know
from tests.fleet.small_feed import write_feed
from tests.fleet.test_tracker import collect, drive

NOW_S = 1_763_870_400.0
SEEN_S = NOW_S - BEHIND_S - 2 * EVERY_S


def counted(*buses, now_s: float = NOW_S) -> CrowdCounts:
    counts = CrowdCounts(Blocks({"A": 0, "B": 1, "C": 2}, np.array([0, 0, 1, 2], dtype=np.int32)))
    counts.count(now_s, buses)
    return counts


def bus(name: str, *shares: tuple[int, float], seen_s: float = SEEN_S):
    return name, ((seen_s, tuple((unit, 0.0, share) for unit, share in shares)),)


def others_have(counts: CrowdCounts, name: str, unit: int) -> float:
    taken, own = counts.around(name, NOW_S)
    return float(taken[unit, 0] - own[own[:, 0] == unit, 1].sum())


def test_a_block_that_one_bus_surely_has_is_taken_for_the_others_and_not_for_itself():
    counts = counted(bus("sure", (0, 0.99)), bus("unsure", (0, 0.5), (1, 0.4)))
    assert others_have(counts, "unsure", 0) > 20
    assert others_have(counts, "sure", 0) < 0.2
    assert others_have(counts, "third", 1) > 1


def test_who_must_give_way_takes_the_next_block_and_so_on_along_the_line():
    counts = counted(bus("a", (0, 0.98)), bus("b", (0, 0.5), (1, 0.49)), bus("c", (1, 0.5), (2, 0.49)))
    assert others_have(counts, "c", 1) > 5
    assert others_have(counts, "d", 2) > 5


def test_two_buses_that_are_surely_on_one_trip_stay_likely_there():
    counts = counted(bus("a", (0, 0.9999)), bus("b", (0, 0.9999)))
    taken, own = counts.around("a", NOW_S)
    assert own[0, 1] > 10
    assert taken[0, 0] > 20


@pytest.mark.parametrize("seen_s", [NOW_S - BEHIND_S + 1, SEEN_S - GONE_S - EVERY_S])
def test_what_is_believed_only_now_or_was_long_ago_says_nothing(seen_s):
    assert others_have(counted(bus("sure", (0, 0.99), seen_s=seen_s)), "unsure", 0) == 0.0


def test_a_moment_counted_once_is_not_counted_otherwise_later():
    counts = counted(bus("sure", (0, 0.99)))
    assert not counts.is_due(NOW_S)
    counts.count(NOW_S + EVERY_S, [])
    assert others_have(counts, "unsure", 0) > 20


@pytest.fixture(scope="module")
def slow(tmp_path_factory) -> Timetable:
    return read_timetable(write_feed(tmp_path_factory.mktemp("slow"), link_s=480))


def leader(table: Timetable):
    return drive(table, "T0-3", vehicle="leader", claim=False)


def stranger(table: Timetable):
    """A bus a quarter of an hour late, first seen in the middle of its trip: nearer to the times of the next one."""
    return drive(table, "T0-2", vehicle="stranger", late_s=900, claim=False)[60:-4]


def trips_said(table: Timetable, *fleets) -> list[str | None]:
    fixes = in_time_order(fix for fixes in fleets for fix in fixes)
    said = [p for p in collect(Tracker(table), fixes)[2] if p.vehicle_id == "stranger"]
    return [p.assignment.trip_id for p in said]


def test_of_two_trips_a_bus_runs_rather_the_one_that_no_other_bus_has(slow):
    assert trips_said(slow, stranger(slow))[-20:] == ["T0-3"] * 20
    assert trips_said(slow, stranger(slow), leader(slow))[-20:] == ["T0-2"] * 20


def test_two_buses_that_are_named_one_trip_both_keep_it(slow):
    both = [drive(slow, "T0-3", vehicle=name) for name in ("stranger", "other")]
    assert set(trips_said(slow, *both)[10:-10]) == {"T0-3"}


@pytest.mark.parametrize("seed", range(3))
def test_the_same_is_believed_in_whatever_order_the_reports_of_all_come(slow, seed):
    # Until both were heard last: silence is told by the clock.
    fixes = in_time_order([*leader(slow), *stranger(slow)])[:-12]
    shaken = know(Tracker(slow), shuffled(fixes, seed), batch=1 + 20 * seed)
    known = know(Tracker(slow), fixes)
    assert [part for part, value in known.items() if shaken[part] != value] == []
