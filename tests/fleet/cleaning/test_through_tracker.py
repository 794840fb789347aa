"""One bus with a fault among good ones: it is named for the control room, the others never notice."""

import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from fleet.cleaning import Area
from fleet.gtfs import Timetable, read_timetable
from fleet.tracker import Tracker
from schemas.feed import FeedHealth
from schemas.fix import Fix
from schemas.stop_event import StopEvent
from tests.fleet.alerts.test_rules import START_MS, on_time
from tests.fleet.event_time import know
from tests.fleet.small_feed import write_feed

HOUR_MS = 3_600_000
HANOI = Area(105.3, 20.5, 106.1, 21.4)
Spoil = Callable[[Fix, int], Fix]


def change(fix: Fix, **values: object) -> Fix:
    return msgspec.structs.replace(fix, **values)


FAULTS: dict[str, tuple[Spoil, str]] = {
    "its clock stands": (lambda fix, n: change(fix, time_ms=START_MS - 60_000), "frozen_clock"),
    "local time sent as UTC": (lambda fix, n: change(fix, time_ms=fix.time_ms + 7 * HOUR_MS), "zone_ahead"),
    "UTC taken for local time": (lambda fix, n: change(fix, time_ms=fix.time_ms - 7 * HOUR_MS), "other_zone"),
    "half an hour off": (lambda fix, n: change(fix, time_ms=fix.time_ms + 11 * HOUR_MS // 2), "zone_ahead"),
    "weeks counted anew": (lambda fix, n: change(fix, time_ms=fix.time_ms - 1024 * 168 * HOUR_MS), "week_rollover"),
    "a clock ahead": (lambda fix, n: change(fix, time_ms=fix.time_ms + 100 * 60_000), "future"),
    "a clock of 2000": (lambda fix, n: change(fix, time_ms=946_684_800_000 + n * 1000), "stale"),
    "a sign": (lambda fix, n: change(fix, lon=-fix.lon), "flipped_sign"),
    "no position": (lambda fix, n: change(fix, lon=0.0, lat=0.0), "null_island"),
    "in Saigon": (lambda fix, n: change(fix, lon=106.7, lat=10.78), "outside_area"),
    "jumps now and then": (lambda fix, n: change(fix, lon=fix.lon + 0.2) if n % 3 == 1 else fix, "impossible_jump"),
    "sent again": (lambda fix, n: on_time(0, 600)[n - n % 2], "duplicate"),
}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Timetable:
    folder: Path = tmp_path_factory.mktemp("feed")
    return read_timetable(write_feed(folder))


def drive(table: Timetable, fixes: list[Fix]) -> tuple[Tracker, list[object], FeedHealth]:
    """Return the tracker, what was said of the good bus, and the health of its source in the end."""
    tracker, said = Tracker(table, area=HANOI), list[object]()
    for fix in fixes:
        out = tracker.step([fix], fix.received_ms)
        said += [e for e in (*out.positions, *out.stop_events) if e.vehicle_id == "A"]
    (health,) = tracker.step([], fixes[-1].received_ms + 10_000).feed_health
    return tracker, said, health


def mixed(spoil: Spoil) -> list[Fix]:
    good = on_time(0, 600)
    bad = [change(spoil(fix, n), vehicle_id="ODD", received_ms=fix.received_ms + 1) for n, fix in enumerate(good)]
    return sorted([*good, *bad], key=lambda fix: fix.received_ms)


@pytest.mark.parametrize(("spoil", "rule"), FAULTS.values(), ids=FAULTS)
def test_a_bus_with_a_fault_is_named_and_the_good_one_is_followed_as_if_alone(table, spoil, rule):
    _, alone, _ = drive(table, on_time(0, 600))
    tracker, said, health = drive(table, mixed(spoil))
    assert said == alone
    assert set(tracker.verdicts) == {rule}
    assert {(fault.vehicle_id, fault.rule) for fault in health.at_fault} == {("ODD", rule)}
    assert health.at_fault[0].count == tracker.verdicts[rule]
    assert health.worst is not None
    assert "ODD" in health.worst.vi
    assert "ODD" in health.worst.en


def test_a_source_hours_ahead_is_named_with_its_offset_and_followed_as_if_its_clock_were_right(table):
    off = [change(fix, time_ms=fix.time_ms + 7 * HOUR_MS) for fix in on_time(0, 840)]
    tracker, said, health = drive(table, off)
    assert [(e.vehicle_id, e.trip_id) for e in said if isinstance(e, StopEvent)]
    assert [e for e in said if isinstance(e, StopEvent)] == [
        e for e in drive(table, on_time(0, 840))[1] if isinstance(e, StopEvent)
    ]
    assert tracker.verdicts == {"zone_ahead": len(off)}
    assert health.worst is not None
    assert health.worst.en.startswith("the clock of the source is 7 h ahead: another time zone?")
    assert health.worst.en.endswith("set its clock_offset_s: 25200")


def test_a_source_hours_behind_is_named_and_followed_once_the_setting_says_so(table):
    off = [change(fix, time_ms=fix.time_ms - 7 * HOUR_MS) for fix in on_time(0, 840)]
    tracker, said, health = drive(table, off)
    assert said == []  # a backlog of seven hours looks the same
    assert tracker.verdicts == {"other_zone": len(off)}
    assert health.worst is not None
    assert health.worst.en.endswith("set its clock_offset_s: -25200")
    mended = [change(fix, time_ms=fix.time_ms + 25_200_000) for fix in off]  # as the doors do with that setting
    assert len(drive(table, mended)[1]) > len(mended)


@pytest.mark.parametrize("seed", range(4))
def test_clocks_that_are_set_right_lead_to_the_same_in_any_order(table, seed):
    off = [change(fix, time_ms=fix.time_ms + 7 * HOUR_MS * (n % 3 == 0)) for n, fix in enumerate(on_time(0, 600))]
    late = list(off)
    random.Random(seed).shuffle(late)
    assert know(Tracker(table), late)["runs"] == know(Tracker(table), off)["runs"]


def test_a_clock_that_stands_for_a_while_leads_to_the_same_in_any_order(table):
    fixes = on_time(0, 600)
    stood = [change(fix, time_ms=fixes[12].time_ms) if 12 <= n < 20 else fix for n, fix in enumerate(fixes)]
    wanted = know(Tracker(table), stood, batch=1)
    for seed in range(6):
        other = list(stood)
        random.Random(seed).shuffle(other)
        assert know(Tracker(table), other, batch=7) == wanted
