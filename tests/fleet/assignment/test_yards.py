"""Where one bus spent hours is a yard for all, a quarter of an hour later and in whatever order reports come."""

import pytest

from fleet.assignment.crowd import BEHIND_S, EVERY_S
from fleet.assignment.yards import BASE_M, MOST_BASES, Yards, is_at, note_base
from fleet.gtfs import Timetable, read_timetable
from fleet.tracker import Tracker
from schemas.fix import Fix
from schemas.trip import Phase
from services.replay.order import in_time_order, shuffled
from tests.fleet.event_time import know
from tests.fleet.small_feed import DATE, LAT, LON, STEP, write_feed
from tests.fleet.test_tracker import collect

NOW_S = 1_763_870_400.0
YARD = (LON + 3 * STEP, LAT + 0.03)


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Timetable:
    return read_timetable(write_feed(tmp_path_factory.mktemp("yards")))


def report(table: Timetable, vehicle: str, at_s: int, east_m: float = 0.0, speed_mps: float = 0.0) -> Fix:
    at = table.run_of(0, DATE).day_start_ms + at_s * 1000
    lon = YARD[0] + east_m / 103_900
    return Fix(vehicle_id=vehicle, time_ms=at, lon=lon, lat=YARD[1], source="s", received_ms=at, speed_mps=speed_mps)


def spends_the_night(table: Timetable) -> list[Fix]:
    return [report(table, "first", 600 * n) for n in range(6)] + [report(table, "first", 18_000)]


def comes_home(table: Timetable, at_s: int) -> list[Fix]:
    """Rolls slowly about the yard after it came from a kilometre away."""
    way = [report(table, "second", at_s - 200 + 20 * n, 2_000.0 - 200.0 * n, 10.0) for n in range(9)]
    return way + [report(table, "second", at_s + 30 * n, 10.0 * n, 1.5) for n in range(6)]


def phases(table: Timetable, *fleets: list[Fix]) -> list[Phase]:
    said = collect(Tracker(table), in_time_order(fix for fixes in fleets for fix in fixes))[2]
    return [p.assignment.phase for p in said if p.vehicle_id == "second"]


def test_a_bus_that_comes_to_where_another_spent_the_night_is_at_the_depot(table):
    alone, later = (
        phases(table, *fleet)
        for fleet in ([], [spends_the_night(table)])
        for fleet in [[*fleet, comes_home(table, 21_000)]]
    )
    assert set(alone[-6:]) <= {Phase.DEADHEAD, Phase.UNKNOWN}
    assert Phase.AT_DEPOT not in later[:7]
    assert set(later[-5:]) == {Phase.AT_DEPOT}


def test_what_is_known_only_now_is_no_yard_for_others_yet(table):
    assert Phase.AT_DEPOT not in phases(table, spends_the_night(table), comes_home(table, 18_600))


@pytest.mark.parametrize("seed", range(3))
def test_late_reports_change_nothing_of_what_is_known_of_yards(table, seed):
    fixes = in_time_order([*spends_the_night(table), *comes_home(table, 21_000)])
    assert know(Tracker(table), list(shuffled(fixes, seed))) == know(Tracker(table), fixes)


def test_a_yard_reaches_some_way_and_is_known_from_a_moment_on():
    yards = Yards()
    yards.count(NOW_S, [((0.0, 0.0, NOW_S - BEHIND_S - EVERY_S),), ((5_000.0, 0.0, NOW_S - 60.0),), ()])
    assert yards.has(BASE_M - 1.0, 0.0, NOW_S)
    assert not yards.has(BASE_M + 1.0, 0.0, NOW_S)
    assert not yards.has(5_000.0, 0.0, NOW_S)
    assert not yards.has(0.0, 0.0, NOW_S - 3 * EVERY_S)


def test_a_bus_remembers_its_last_bases_and_one_of_them_once():
    bases = ()
    for n in range(MOST_BASES + 2):
        bases = note_base(note_base(bases, 1_000.0 * n, 0.0, 10.0 * n), 1_000.0 * n + 50.0, 0.0, 10.0 * n + 5.0)
    assert [base[0] for base in bases] == [1_000.0 * n for n in range(2, MOST_BASES + 2)]
    assert is_at(bases, 5_100.0, 100.0)
