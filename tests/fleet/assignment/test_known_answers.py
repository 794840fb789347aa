"""Believable tracks whose answer is known: loops, figures of eight, wrong lines, empty buses, depots, wild reports."""

import math

import msgspec
import pytest

from fleet.assignment.progress import scheduled_distance_m
from fleet.assignment.readout import temper
from fleet.gtfs import Timetable, read_timetable
from fleet.tracker import Tracker
from schemas.fix import Fix
from schemas.trip import Phase
from tests.fleet.small_feed import DATE, LAT, LON, STEP, clock, write_feed
from tests.fleet.test_tracker import collect, drive

LINK_S = 120
# Corners of lines in steps east and north of the first stop; each is a stop.
EIGHT = [(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (1, 0), (1, -1), (1, -2)]
ROUND = [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)]
# Two lines that share their first three kilometres' street, then part.
EAST = [(n, 0) for n in range(10)]
NORTH = [(0, 0), (1, 0), (2, 0), (3, 0), (3, 1), (3, 2), (3, 3), (3, 4), (3, 5), (3, 6)]


def feed_of(folder, **lines: list[tuple[int, int]]) -> Timetable:
    """Each line goes its way each 20 minutes, and nothing comes back."""
    routes = "route_id,route_short_name,route_long_name,route_type\n"
    stops, shapes = "stop_id,stop_name,stop_lat,stop_lon\n", "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
    trips = "trip_id,route_id,service_id,shape_id\n"
    times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    for line, way in lines.items():
        routes += f"{line},{line},{line},3\n"
        for n, (east, north) in enumerate(way):
            lat, lon = LAT + north * STEP, LON + east * STEP
            stops += f"{line}{n},{line} {n},{lat:.6f},{lon:.6f}\n"
            shapes += f"{line},{lat:.6f},{lon:.6f},{n}\n"
        for k in range(12):
            trips += f"{line}-{k},{line},D,{line}\n"
            for n in range(len(way)):
                at = clock(6 * 3600 + k * 1200 + n * LINK_S)
                times += f"{line}-{k},{at},{at},{line}{n},{n}\n"
    return read_timetable(write_feed(folder, routes=routes, stops=stops, shapes=shapes, trips=trips, stop_times=times))


def said_of(table: Timetable, fixes: list[Fix]):
    return collect(Tracker(table), fixes)[2]


def planned_m(table: Timetable, trip_id: str, time_ms: int) -> float:
    return scheduled_distance_m(table, table.run_of(table.trip_number[trip_id], DATE), time_ms)


@pytest.mark.parametrize("first", [0, 8, 14, 22])
@pytest.mark.parametrize("way", [EIGHT, ROUND], ids=["figure of eight", "loop"])
def test_where_a_line_comes_by_twice_the_bus_is_on_the_right_pass(way, first, tmp_path):
    table = feed_of(tmp_path, L=way)
    fixes = drive(table, "L-3", claim=False)[first:]
    for place in said_of(table, fixes)[4:-6]:
        assert place.assignment.trip_id == "L-3"
        assert place.assignment.distance_m == pytest.approx(planned_m(table, "L-3", place.time_ms), abs=150)


def test_a_bus_on_the_wrong_line_is_found_out_after_the_lines_part_whatever_its_roster(tmp_path):
    table = feed_of(tmp_path, E=EAST, N=NORTH)
    tracker = Tracker(table, {"bus": frozenset({"E"})})
    said = [p.assignment for p in collect(tracker, drive(table, "N-3", claim=False))[2]]
    assert {a.route_id for a in said[4:14]} == {"E"}  # as the roster says, while nothing speaks against it
    assert {a.route_id for a in said[-16:-6]} == {"N"}


def test_a_bus_that_drives_empty_along_a_line_without_its_times_is_not_surely_in_service(tmp_path):
    """It comes out of a side street, follows the line for a kilometre in the middle of the night and leaves it."""
    table = feed_of(tmp_path, E=EAST)
    zero = table.run_of(0, DATE).day_start_ms + 3 * 3_600_000
    way = (
        [(2.0, 1.0 - n / 4) for n in range(4)] + [(2 + n / 4, 0.0) for n in range(8)] + [(4.0, n / 4) for n in range(6)]
    )
    fixes = [
        Fix(
            vehicle_id="bus", time_ms=zero + n * 20_000, lon=LON + east * STEP, lat=LAT + north * STEP, source="s",
            received_ms=zero + n * 20_000, speed_mps=6.5,
        )
        for n, (east, north) in enumerate(way)
    ]  # fmt: skip
    said = [p.assignment for p in said_of(table, fixes)]
    assert {a.phase for a in said} <= {Phase.DEADHEAD, Phase.UNKNOWN}


def test_one_report_from_far_away_does_not_take_a_bus_off_its_trip(tmp_path):
    table = feed_of(tmp_path, E=EAST)
    fixes = drive(table, "E-3", claim=False, every_s=10)
    wild = len(fixes) // 2
    fixes[wild] = msgspec.structs.replace(fixes[wild], lat=fixes[wild].lat + 0.0045)
    said = [p.assignment for p in said_of(table, fixes)]
    assert {a.trip_id for a in said[12 : len(said) - 12]} == {"E-3"}
    assert said[wild + 3].phase is Phase.IN_SERVICE
    assert said[wild + 3].probability > 0.9


def test_a_bus_that_waits_beside_a_loop_for_the_second_departure_runs_that_one(tmp_path):
    """The line turns about its first stop: standing there for long is waiting, not being a little on the way."""
    table = feed_of(tmp_path, L=[(0, 0), (0.2, 0), (0.2, 0.2), (-0.2, 0.2), *[(-0.2, n) for n in range(1, 8)]])
    fixes = drive(table, "L-4", claim=False)
    begin = fixes[0].time_ms
    before = [
        msgspec.structs.replace(fixes[0], time_ms=begin - k * 30_000, received_ms=begin - k * 30_000)
        for k in range(42, 0, -1)
    ]
    said = [p.assignment for p in said_of(table, [*before, *fixes])]
    assert {a.phase for a in said[:40]} == {Phase.LAYOVER}
    assert {a.trip_id for a in said[len(before) + 8 : -6]} == {"L-4"}


def test_a_bus_in_the_yard_where_it_spent_the_night_is_at_the_depot_even_while_it_rolls(tmp_path):
    table = feed_of(tmp_path, E=EAST)
    zero = table.run_of(0, DATE).day_start_ms
    yard = (LON + 3 * STEP, LAT + 8 * STEP)

    def report(at_s: int, east_m: float, speed: float) -> Fix:
        at = zero + at_s * 1000
        return Fix(
            vehicle_id="bus", time_ms=at, lon=yard[0] + east_m / 103_900, lat=yard[1], source="s", received_ms=at,
            speed_mps=speed,
        )  # fmt: skip

    evening = [report(60 * n, 0, 0.0) for n in range(6)]
    morning = [report(20_000 + 30 * n, 20.0 * n, 3.0) for n in range(6)]
    gone = [report(20_200 + 30 * n, 500 + 150 * n, 6.0) for n in range(4)]
    said = [p.assignment.phase for p in said_of(table, evening + morning + gone)]
    assert set(said[6:12]) == {Phase.AT_DEPOT}
    assert said[-1] is Phase.DEADHEAD


def test_a_bus_that_waits_keeps_its_layover_while_its_receiver_walks_about(tmp_path):
    """Another line comes by: what walks along its street is the error of the receiver, not a bus that drives empty."""
    passing = [(n - 4, 0) for n in range(8)]
    table = feed_of(tmp_path, N=[(0, n) for n in range(9)], P=passing)
    begin = table.run_of(table.trip_number["N-5"], DATE).start_ms
    fixes = [
        Fix(
            vehicle_id="b", time_ms=begin + at * 1000, lon=LON + 15.0 * math.sin(at / 17.0) / 103_900,
            lat=LAT + 10.0 * math.cos(at / 23.0) / 111_000, source="s", received_ms=begin + at * 1000, speed_mps=0.0,
        )
        for at in range(-1080, 0, 10)
    ]  # fmt: skip
    come = [
        msgspec.structs.replace(fix, time_ms=fix.time_ms - 600_000, received_ms=fix.time_ms - 600_000)
        for fix in drive(table, "P-5", claim=False)[:8]
    ]
    said = [p.assignment for p in said_of(table, [*(f for f in come if f.time_ms < fixes[0].time_ms), *fixes])]
    assert {a.phase for a in said[-100:]} == {Phase.LAYOVER}
    assert {a.trip_id for a in said[-100:]} == {"N-5"}


def test_what_is_told_is_less_sure_than_the_weights_and_says_the_same_of_nothing_all_and_even():
    assert [temper(p) for p in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]
    assert temper(0.95) == pytest.approx(0.901, abs=0.001)


def test_a_bus_that_is_first_seen_standing_at_its_last_stop_is_not_in_service(tmp_path):
    table = feed_of(tmp_path, L=EAST)
    end = drive(table, "L-3")[-1]
    (first,) = said_of(table, [msgspec.structs.replace(end, speed_mps=0.0)])
    assert (first.assignment.trip_id, first.assignment.phase) == ("L-3", Phase.LAYOVER)
