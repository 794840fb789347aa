"""Observed arrivals from fixes alone, on drives whose truth is known."""

import numpy as np
import pytest

from fleet.arrivals.observed import find_arrivals, lay, make_way
from fleet.gtfs import read_timetable
from tests.fleet.small_feed import DATE, write_feed


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return read_timetable(write_feed(tmp_path_factory.mktemp("feed")))


def drive(table, run, times_s, metres, beside_m=0.0):
    """Return times and places of a bus so many metres along its trip, so many beside it."""
    pattern = table.pattern_of(run.trip)
    places = np.array([pattern.point_at(float(m))[:2] for m in metres])
    return run.start_ms + (np.asarray(times_s) * 1000).astype(np.int64), places[:, 0], places[:, 1] + beside_m


def run_of(table, trip_id):
    return table.run_of(table.trip_number[trip_id], DATE)


def arrivals_of(table, runs, time_ms, x, y, door=None):
    way = make_way(table, runs)
    door = np.zeros(len(time_ms), dtype=bool) if door is None else door
    return find_arrivals(table, way, lay(way, time_ms, x, y), time_ms, door)


def test_an_arrival_is_interpolated_twenty_metres_before_the_stop(table):
    run = run_of(table, "T0-3")
    stop_m = table.pattern_of(run.trip).stop_distance_m
    seconds = np.arange(0, 1000, 37.0)
    time_ms, x, y = drive(table, run, seconds, seconds * 4.0, beside_m=9.0)
    found = {a.stop: a for a in arrivals_of(table, [run], time_ms, x, y)}
    assert sorted(found) == list(range(8))
    for stop in range(1, 7):
        true_ms = run.start_ms + round((stop_m[stop] - 20.0) / 4.0 * 1000)
        assert abs(found[stop].arrival_ms - true_ms) < 50
        assert 0 <= found[stop].known_ms - found[stop].arrival_ms <= 37_000
        assert found[stop].gap_ms == 37_000
    assert abs(found[0].arrival_ms - (run.start_ms + 5_000)) < 50


def test_nothing_is_made_up_over_a_gap_of_more_than_five_minutes(table):
    run = run_of(table, "T0-3")
    time_ms, x, y = drive(table, run, [0, 60, 400, 460], [0.0, 300.0, 1900.0, 2200.0])
    assert [a.stop for a in arrivals_of(table, [run], time_ms, x, y)] == [0, 4]


def test_one_wild_fix_moves_no_arrival(table):
    run = run_of(table, "T0-3")
    seconds = np.arange(0, 900, 30.0)
    time_ms, x, y = drive(table, run, seconds, seconds * 4.0)
    plain = arrivals_of(table, [run], time_ms, x, y)
    x[10], y[10] = x[10] + 5000.0, y[10] + 3000.0
    for wild, true in zip(arrivals_of(table, [run], time_ms, x, y), plain, strict=True):
        assert abs(wild.arrival_ms - true.arrival_ms) < 100


def test_a_bus_that_waits_beyond_the_first_stops_has_not_reached_them(table):
    run = run_of(table, "T0-3")
    time_ms, x, y = drive(table, run, [-1500, -1400, -900, -400, -100, 100, 200], [0, 600, 700, 700, 700, 700, 1200])
    assert [a.stop for a in arrivals_of(table, [run], time_ms, x, y)] == [2]


def test_doors_that_open_short_of_a_stop_are_its_arrival(table):
    run = run_of(table, "T0-3")
    stop_m = float(table.pattern_of(run.trip).stop_distance_m[1])
    metres = [0.0, 200.0, stop_m - 45.0, stop_m - 45.0, stop_m + 200.0]
    time_ms, x, y = drive(table, run, [0, 30, 60, 90, 120], metres)
    shut = {a.stop: a.arrival_ms for a in arrivals_of(table, [run], time_ms, x, y)}
    door = np.array([False, False, True, True, False])
    opened = {a.stop: a.arrival_ms for a in arrivals_of(table, [run], time_ms, x, y, door)}
    assert shut[1] > run.start_ms + 90_000
    assert opened[1] == run.start_ms + 60_000


def test_of_a_block_the_trip_is_found_by_place_and_time(table):
    there, back = run_of(table, "T0-3"), run_of(table, "T1-3")
    seconds = np.arange(0, 900, 30.0)
    out, home = (drive(table, run, seconds, seconds * 4.0) for run in (there, back))
    time_ms, x, y = (np.concatenate(pair) for pair in zip(out, home, strict=True))
    found = arrivals_of(table, [there, back], time_ms, x, y)
    assert [(a.run, a.stop) for a in found if a.stop] == [(r, s) for r in (0, 1) for s in range(1, 7)] or len(
        found
    ) >= 14
    for run in (0, 1):
        assert {a.stop for a in found if a.run == run} >= set(range(1, 7))
