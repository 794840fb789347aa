"""The last minutes of a bus are laid along the trip that it turned out to run."""

import pytest

from fleet.gtfs import read_timetable
from fleet.stop_events.recall import REMEMBERED_MS, note_point, recall, walk_back
from fleet.stop_events.watch import StopWatch
from schemas.fix import Fix
from tests.fleet.small_feed import DATE, ZERO_MS, write_feed

STEP_S = 10
PACE_MPS = 8.0


@pytest.fixture
def table(tmp_path):
    return read_timetable(write_feed(tmp_path))


def _fix(second, speed_mps=PACE_MPS):
    return Fix(
        vehicle_id="b", time_ms=ZERO_MS + second * 1000, lon=105.8, lat=21.0, source="t",
        received_ms=ZERO_MS + second * 1000, speed_mps=speed_mps,
    )  # fmt: skip


def _trail(pattern, metres):
    trail = []
    for number, at_m in enumerate(metres):
        x, y, _ = pattern.point_at(at_m)
        note_point(trail, _fix(number * STEP_S), x, y)
    return trail


def test_a_bus_seen_on_its_trip_only_now_has_called_at_the_stops_that_it_passed(table):
    run = table.run_of(table.trip_number["T0-0"], DATE)
    pattern = table.pattern_of(run.trip)
    metres = [0.0, 0.0, *[n * STEP_S * PACE_MPS for n in range(40)]]
    places = walk_back(_trail(pattern, metres[:-1]), pattern, metres[-1], ZERO_MS + (len(metres) - 1) * STEP_S * 1000)
    watch = StopWatch(table, run, "b", 1)
    events = recall(watch, places, fresh=True)
    passed = [n for n, stop_m in enumerate(pattern.stop_distance_m) if stop_m + 20.0 < metres[-2]]
    assert set(watch.told) >= set(passed)
    for number in passed[1:]:
        line_m = float(pattern.stop_distance_m[number]) - 20.0
        due_ms = [ZERO_MS + 20_000 + at_m / PACE_MPS * 1000 for at_m in (line_m, line_m + 20.0)]
        assert due_ms[0] - 1000 <= watch.told[number][1] <= due_ms[1] + 1000
    assert events[0].departure_ms == pytest.approx(ZERO_MS + 20_000 + 20.0 / PACE_MPS * 1000, abs=2000)


def test_the_way_here_on_another_line_is_not_laid_along_the_trip(table):
    run = table.run_of(table.trip_number["T0-0"], DATE)
    pattern = table.pattern_of(run.trip)
    trail = []
    for number in range(20):
        x, y, _ = pattern.point_at(500.0)
        note_point(trail, _fix(number * STEP_S), x + 2000.0 - 100.0 * number, y + 2000.0 - 100.0 * number)
    places = walk_back(trail, pattern, 500.0, ZERO_MS + 200_000)
    assert all(place[0] > 400.0 for place in places)
    assert len(places) <= 2


def test_of_a_stay_the_first_and_the_last_report_are_kept_and_nothing_is_kept_for_long(table):
    trail = []
    for second in range(0, 600, 10):
        note_point(trail, _fix(second, 0.0), 5.0, 5.0)
    assert [point[2] for point in trail] == [ZERO_MS, ZERO_MS + 590_000]
    note_point(trail, _fix(1000), 500.0, 5.0)
    note_point(trail, _fix(700 + REMEMBERED_MS // 1000), 900.0, 5.0)
    assert [point[2] for point in trail] == [ZERO_MS + 1_000_000, ZERO_MS + 700_000 + REMEMBERED_MS]


def test_of_a_stay_it_is_kept_when_its_place_began_to_repeat(table):
    trail = []
    for second, x in ((0, 5.0), (10, 7.0), (20, 3.0), (30, 3.0), (40, 3.0)):
        note_point(trail, _fix(second, 0.0), x, 5.0)
    assert [(point[0], point[2] - ZERO_MS) for point in trail] == [(5.0, 0), (3.0, 20_000), (3.0, 40_000)]
