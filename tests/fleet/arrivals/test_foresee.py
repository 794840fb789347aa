"""What is said of a bus that stands, waits, or still has a trip before."""

import math

import msgspec
import pytest

from fleet.gtfs import Timetable, read_timetable
from fleet.tracker import Tracker
from tests.fleet.small_feed import write_feed
from tests.fleet.test_tracker import drive


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Timetable:
    return read_timetable(write_feed(tmp_path_factory.mktemp("feed")))


def say(tracker: Tracker, fixes):
    return [tracker.step([fix], fix.received_ms).predictions for fix in fixes]


def standing(fix, minutes: int):
    """Return reports of a bus that stands where a fix has it."""
    times = [fix.time_ms + n * 30_000 for n in range(1, 2 * minutes + 1)]
    return [msgspec.structs.replace(fix, time_ms=at, received_ms=at, speed_mps=0.0) for at in times]


def test_a_bus_that_stands_eight_minutes_stays_foreseen_its_interval_widens_and_the_place_is_named(table):
    fixes = drive(table, "T0-3")
    tracker = Tracker(table)
    say(tracker, fixes[:14])
    said = say(tracker, standing(fixes[13], 8))
    assert all(said)
    first, last = said[0][0], said[-1][0]
    assert last.stops[0].p90_ms - last.stops[0].p10_ms > 2 * (first.stops[0].p90_ms - first.stops[0].p10_ms)
    assert last.reason.en.startswith("Stuck near Bến ")
    assert last.reason.vi.startswith("Kẹt xe gần Bến ")
    assert "standing 8 min" in last.reason.en or "standing 7 min" in last.reason.en


def test_a_bus_at_its_terminal_says_where_and_how_long_it_waits(table):
    one = say(Tracker(table), drive(table, "T0-3")[:1])[0][0]
    assert one.reason.en.startswith("Waiting at the terminal Bến 0 2 min")
    assert one.reason.vi.startswith("Xe đang chờ ở bến Bến 0 2 phút")
    assert one.links_age_s is None
    assert one.stops[0].p50_ms > one.stops[0].scheduled_ms - 60_000


def test_the_next_trip_of_the_block_begins_after_this_one_ended_however_late_it_is(table):
    for late_s in (0, 600):
        said = [p for made in say(Tracker(table), drive(table, "T0-3", late_s=late_s)) for p in made]
        later = {p.made_at_ms: p for p in said if p.trip_id == "T1-3"}
        both = [(p, later[p.made_at_ms]) for p in said if p.trip_id == "T0-3" and p.made_at_ms in later]
        assert len(both) > 10
        for now, after in both:
            assert after.stops[0].p50_ms > now.stops[-1].p50_ms
            assert after.stops[0].p50_ms >= after.stops[0].scheduled_ms - 90_000
            assert "still runs the trip before" in after.reason.en


def test_times_are_never_sentinels_and_the_timetable_is_never_passed_off_as_a_prediction(table):
    said = [p for made in say(Tracker(table), drive(table, "T0-3", late_s=240)) for p in made if p.trip_id == "T0-3"]
    driving = [p for p in said if p.delay_s > 120]
    assert driving
    for p in driving:
        for stop in p.stops:
            times = (stop.p10_ms, stop.p50_ms, stop.p90_ms, stop.eta_ms)
            assert all(math.isfinite(at) and p.made_at_ms <= at < p.made_at_ms + 7_200_000 for at in times)
            assert stop.p50_ms != stop.scheduled_ms


def test_who_follows_another_bus_says_how_old_its_last_passage_is(table):
    tracker = Tracker(table)
    fixes = sorted([*drive(table, "T0-3"), *drive(table, "T0-4", vehicle="b2")], key=lambda fix: fix.time_ms)
    said = [p for made in say(tracker, fixes) for p in made if p.trip_id == "T0-4"]
    assert said[-1].links_age_s is not None
    assert 0 <= said[-1].links_age_s < 3600


def test_a_slot_of_a_headway_is_foreseen_but_nobody_is_late_by_it(tmp_path):
    slots = "trip_id,start_time,end_time,headway_secs,exact_times\nT0-3,07:00:00,07:20:00,1200,{}\n"
    said = {}
    for exact in (0, 1):
        feed = write_feed(tmp_path / str(exact), frequencies=slots.format(exact))
        table = read_timetable(feed)
        trip = next(name for name in table.trip_ids if name.startswith("T0-3"))
        tracker = Tracker(table)
        for fix in drive(table, trip, late_s=300)[:14]:
            out = tracker.step([fix], fix.received_ms)
        said[exact] = out.positions[0], out.predictions[0]
    position, prediction = said[0]
    assert position.assignment.trip_id == prediction.trip_id
    assert position.delay_s is None
    assert prediction.delay_s == 0.0
    assert prediction.stops[0].p50_ms > prediction.made_at_ms
    assert not any(word in prediction.reason.en for word in ("late", "on time", "early"))
    assert said[1][0].delay_s > 200.0
    assert "5 min late" in said[1][1].reason.en
