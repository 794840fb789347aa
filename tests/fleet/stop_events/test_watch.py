"""Arrivals and departures by the way driven between two fixes."""

import pytest

from fleet.gtfs import read_timetable
from fleet.stop_events.crossing import crossing_ms
from fleet.stop_events.watch import StopWatch
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
    left, arrived, passed = watch.drive(0.0, ZERO_MS, stop_m + 100.0, ZERO_MS + 100_000)
    assert (left.stop_sequence, left.arrival_ms) == (1, ZERO_MS)
    assert left.departure_ms == pytest.approx(ZERO_MS + 100_000 * 20 / (stop_m + 100), abs=1)
    assert (arrived.stop_sequence, arrived.departure_ms) == (2, None)
    assert arrived.arrival_ms == pytest.approx(ZERO_MS + 100_000 * (stop_m - 20) / (stop_m + 100), abs=1)
    assert passed.arrival_ms == arrived.arrival_ms
    assert passed.departure_ms == pytest.approx(ZERO_MS + 100_000 * (stop_m + 20) / (stop_m + 100), abs=1)


def test_a_bus_with_open_doors_has_not_left(watch):
    stop_m = float(watch.timetable.pattern_of(watch.run.trip).stop_distance_m[1])
    watch.drive(0.0, ZERO_MS, stop_m, ZERO_MS + 60_000)
    assert not watch.drive(stop_m, ZERO_MS + 60_000, stop_m + 30, ZERO_MS + 70_000, door_open=True)
    (left,) = watch.drive(stop_m + 30, ZERO_MS + 70_000, stop_m + 60, ZERO_MS + 80_000, door_open=False)
    assert left.departure_ms is not None


def test_a_gap_of_more_than_five_minutes_is_not_filled_in(watch):
    assert not watch.drive(0.0, ZERO_MS, 2000.0, ZERO_MS + 400_000)
    assert watch.ahead == 4


def test_doors_that_open_behind_others_at_a_stop_are_its_arrival_and_it_comes_once(watch):
    stop_m = float(watch.timetable.pattern_of(watch.run.trip).stop_distance_m[1])
    watch.drive(0.0, ZERO_MS, stop_m - 200, ZERO_MS + 50_000)
    assert not watch.drive(stop_m - 200, ZERO_MS + 50_000, stop_m - 90, ZERO_MS + 60_000, door_open=True)
    (arrived,) = watch.drive(stop_m - 90, ZERO_MS + 60_000, stop_m - 45, ZERO_MS + 70_000, door_open=True)
    assert (arrived.stop_sequence, arrived.arrival_ms) == (2, ZERO_MS + 70_000)
    assert not watch.drive(stop_m - 45, ZERO_MS + 70_000, stop_m - 45, ZERO_MS + 80_000, door_open=True)
    (left,) = watch.drive(stop_m - 45, ZERO_MS + 80_000, stop_m + 100, ZERO_MS + 100_000)
    assert (left.stop_sequence, left.arrival_ms) == (2, ZERO_MS + 70_000)
    assert left.departure_ms is not None
