"""Arrivals and departures by the way driven between two fixes."""

import pytest

from fleet.gtfs import read_timetable
from fleet.stop_events.crossing import crossing_ms
from fleet.stop_events.watch import StopWatch, Way
from tests.fleet.small_feed import DATE, ZERO_MS, write_feed


@pytest.fixture
def watch(tmp_path):
    table = read_timetable(write_feed(tmp_path))
    watch = StopWatch(table, table.run_of(table.trip_number["T0-0"], DATE), "b", 1)
    watch.seat(0.0, ZERO_MS, waits=True)
    return watch


def test_a_line_is_passed_in_proportion_to_the_way():
    assert crossing_ms(25.0, 0.0, 0, 100.0, 10_000) == 2500
    assert crossing_ms(25.0, 30.0, 1000, 30.0, 9000) == 9000


def test_arrival_is_twenty_metres_before_the_stop_and_departure_twenty_after(watch):
    stop_m = float(watch.timetable.pattern_of(watch.run.trip).stop_distance_m[1])
    left, arrived, passed = watch.drive(Way(0.0, ZERO_MS, stop_m + 100.0, ZERO_MS + 100_000))
    assert (left.stop_sequence, left.arrival_ms) == (1, ZERO_MS)
    assert left.departure_ms == pytest.approx(ZERO_MS + 100_000 * 20 / (stop_m + 100), abs=1)
    assert (arrived.stop_sequence, arrived.departure_ms) == (2, None)
    assert arrived.arrival_ms == pytest.approx(ZERO_MS + 100_000 * (stop_m - 20) / (stop_m + 100), abs=1)
    assert passed.arrival_ms == arrived.arrival_ms
    assert passed.departure_ms == pytest.approx(ZERO_MS + 100_000 * (stop_m + 20) / (stop_m + 100), abs=1)


@pytest.mark.parametrize("fresh", [True, False])
def test_a_bus_first_seen_at_a_stop_calls_there_when_it_leaves_and_is_not_told_twice(watch, fresh):
    stop_m = float(watch.timetable.pattern_of(watch.run.trip).stop_distance_m[2])
    watch.seat(stop_m - 5.0, ZERO_MS, waits=False, fresh=fresh)
    calls = watch.drive(Way(stop_m - 5.0, ZERO_MS, stop_m + 45.0, ZERO_MS + 50_000))
    told = [(call.stop_sequence, call.arrival_ms, call.departure_ms, call.error_s) for call in calls]
    assert told == ([(3, ZERO_MS, ZERO_MS + 25_000, 30.0)] if fresh else [])


def test_a_bus_first_seen_between_stops_calls_at_the_next(watch):
    stop_m = float(watch.timetable.pattern_of(watch.run.trip).stop_distance_m[2])
    watch.seat(stop_m + 25.0, ZERO_MS, waits=False, fresh=True)
    assert not watch.drive(Way(stop_m + 25.0, ZERO_MS, stop_m + 75.0, ZERO_MS + 50_000))


def test_a_bus_with_open_doors_has_not_left(watch):
    stop_m = float(watch.timetable.pattern_of(watch.run.trip).stop_distance_m[1])
    watch.drive(Way(0.0, ZERO_MS, stop_m, ZERO_MS + 60_000))
    assert not watch.drive(Way(stop_m, ZERO_MS + 60_000, stop_m + 30, ZERO_MS + 70_000, door_open=True))
    (left,) = watch.drive(Way(stop_m + 30, ZERO_MS + 70_000, stop_m + 60, ZERO_MS + 80_000, door_open=False))
    assert left.departure_ms is not None


def test_a_gap_of_more_than_a_quarter_of_an_hour_is_not_filled_in(watch):
    assert not watch.drive(Way(0.0, ZERO_MS, 2000.0, ZERO_MS + 901_000))
    assert watch.ahead == 4


def test_a_shorter_gap_is_filled_in_and_says_how_far_it_may_be_off(watch):
    events = watch.drive(Way(0.0, ZERO_MS, 2000.0, ZERO_MS + 600_000))
    assert {event.error_s for event in events if event.stop_sequence > 1} == {300.0}
    assert {event.stopped for event in events if event.departure_ms is not None} == {None}


def _drive_past(watch, speeds_mps, seconds):
    """Drive in 20 m steps from 200 m before the second stop to 200 m after it."""
    stop_m = float(watch.timetable.pattern_of(watch.run.trip).stop_distance_m[1])
    watch.seat(stop_m - 200.0, ZERO_MS, waits=False)
    events, at_m, at_ms, before = [], stop_m - 200.0, ZERO_MS, speeds_mps[0]
    for speed, took_s in zip(speeds_mps[1:], seconds, strict=True):
        to_m, to_ms = at_m + (before + speed) / 2.0 * min(took_s, 10.0), at_ms + int(took_s * 1000)
        events += watch.drive(Way(at_m, at_ms, to_m, to_ms, None, (before, speed)))
        at_m, at_ms, before = to_m, to_ms, speed
    return events[-1]


def test_a_bus_that_keeps_its_speed_passed_the_stop(watch):
    assert _drive_past(watch, [8.0] * 6, [10.0] * 5).stopped is False


def test_a_bus_that_was_seen_to_stand_or_lost_the_time_of_a_stay_stopped(watch):
    assert _drive_past(watch, [8.0, 8.0, 8.0, 0.0, 8.0, 8.0], [10.0] * 5).stopped is True
    assert _drive_past(watch, [8.0, 8.0, 8.0, 8.0, 8.0], [10.0, 10.0, 25.0, 10.0]).stopped is True


def test_of_reports_too_far_apart_or_without_speeds_nobody_can_tell(watch):
    assert _drive_past(watch, [8.0, 8.0, 8.0, 8.0, 8.0], [10.0, 10.0, 50.0, 10.0]).stopped is None
    stop_m = float(watch.timetable.pattern_of(watch.run.trip).stop_distance_m[1])
    watch.seat(stop_m - 200.0, ZERO_MS, waits=False)
    assert watch.drive(Way(stop_m - 200.0, ZERO_MS, stop_m + 200.0, ZERO_MS + 40_000))[-1].stopped is None


def test_a_bus_that_turns_out_to_run_another_trip_has_called_on_that_one(watch):
    watch.drive(Way(0.0, ZERO_MS, 2000.0, ZERO_MS + 300_000))
    other = watch.timetable.run_of(watch.timetable.trip_number["T0-1"], DATE)
    told = {call[:3] for call in watch.told.values()}
    fresh, events = watch.renamed(other)
    gone = [event for event in events if event.withdrawn]
    said = [event for event in events if not event.withdrawn]
    assert {event.trip_id for event in gone} == {"T0-0"}
    assert {event.trip_id for event in said} == {"T0-1"}
    assert [(e.stop_sequence, e.arrival_ms) for e in gone] == [(e.stop_sequence, e.arrival_ms) for e in said]
    assert {call[:3] for call in fresh.told.values()} == told
    assert (fresh.ahead, fresh.at) == (watch.ahead, watch.at)


def test_doors_that_open_behind_others_at_a_stop_are_its_arrival_and_it_comes_once(watch):
    stop_m = float(watch.timetable.pattern_of(watch.run.trip).stop_distance_m[1])
    watch.drive(Way(0.0, ZERO_MS, stop_m - 200, ZERO_MS + 50_000))
    assert not watch.drive(Way(stop_m - 200, ZERO_MS + 50_000, stop_m - 90, ZERO_MS + 60_000, door_open=True))
    (arrived,) = watch.drive(Way(stop_m - 90, ZERO_MS + 60_000, stop_m - 45, ZERO_MS + 70_000, door_open=True))
    assert (arrived.stop_sequence, arrived.arrival_ms) == (2, ZERO_MS + 70_000)
    assert not watch.drive(Way(stop_m - 45, ZERO_MS + 70_000, stop_m - 45, ZERO_MS + 80_000, door_open=True))
    (left,) = watch.drive(Way(stop_m - 45, ZERO_MS + 80_000, stop_m + 100, ZERO_MS + 100_000))
    assert (left.stop_sequence, left.arrival_ms) == (2, ZERO_MS + 70_000)
    assert left.departure_ms is not None
