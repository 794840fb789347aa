import unicodedata
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from fleet.simulation.plan import Course
from routing.network import RoadNetwork, read_osm
from services.sample.feed import make_feed, make_way
from services.sample.lines import LINES, Line
from services.sample.network import make_osm
from services.sample.points import POINTS
from services.sample.running import HOURS, Driven, usual_hops
from services.sample.streets import to_metres
from services.sample.timetable import DAILY, WEEKDAY, chain_blocks, departures, runs_at_night, stop_seconds

LINE = Line("T", "Bến A", "Bến B", ("bx_my_dinh", "mai_dich"), 10)
TERMINAL_WITHIN_M = 40.0


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    drawn = tmp_path_factory.mktemp("roads") / "roads.osm"
    drawn.write_text(make_osm(1), encoding="utf-8")
    return read_osm(str(drawn))


@pytest.fixture(scope="module")
def feed(network: RoadNetwork) -> dict[str, pl.DataFrame]:
    return make_feed(1, network)


def test_a_line_is_as_frequent_as_it_says_in_rush_hours_and_half_as_much_else() -> None:
    minutes = sorted(minute for _, minute in departures(LINE, 0))
    assert set(np.diff([m for m in minutes if 6 * 60 <= m <= 8 * 60])) == {10}
    assert set(np.diff([m for m in minutes if 10 * 60 <= m <= 15 * 60])) == {20}
    weekend = sorted(minute for service, minute in departures(LINE, 0) if service == DAILY)
    assert set(np.diff([m for m in weekend if m < 22 * 60])) == {20}


def test_frequent_lines_run_through_the_night_a_bus_each_half_hour() -> None:
    frequent = Line("T", "A", "B", LINE.via, 5)
    night = [minute for _, minute in departures(frequent, 0) if minute > 23 * 60]
    assert runs_at_night(frequent)
    assert not runs_at_night(Line("T", "A", "B", LINE.via, 12))
    assert set(np.diff(night)) == {30}
    assert 28 * 60 < night[-1] < 29 * 60


def test_a_way_takes_longest_in_rush_hours_and_least_at_night(network: RoadNetwork) -> None:
    way = make_way(LINES[0], 0, 1)
    lat, lon = np.array(way.shape).T
    hops_s = usual_hops([Driven(Course(lon, lat, way.shape_m), way.stop_m)], network)[0]
    starts_s = np.array([3.0, 12.5, 7.5, 17.5]) * 3600
    night_s, noon_s, morning_s, evening_s = stop_seconds(starts_s, hops_s)[:, -1] - starts_s
    assert night_s < noon_s < min(morning_s, evening_s)


def test_a_bus_lane_keeps_the_rush_hour_as_fast_as_noon(network: RoadNetwork) -> None:
    way = make_way(next(line for line in LINES if line.number == "BRT01"), 0, 1)
    lat, lon = np.array(way.shape).T
    course = Course(lon, lat, way.shape_m)
    street, lane = usual_hops([Driven(course, way.stop_m), Driven(course, way.stop_m, bus_lane=True)], network)
    noon, rush = HOURS.index(12.5), HOURS.index(17.5)
    assert street[rush].sum() > 1.15 * street[noon].sum()
    assert lane[rush].sum() < 1.1 * lane[noon].sum()


def test_a_bus_takes_its_next_trip_after_a_rest_and_from_where_it_stands() -> None:
    starts = [departures(LINE, direction) for direction in (0, 1)]
    ends = [{key: key[1] * 60 + 3_000 for key in starts[direction]} for direction in (0, 1)]
    of_block: dict[str, list[tuple[int, int]]] = {}
    for trip in chain_blocks(LINE, starts, ends):
        of_block.setdefault(trip.block, []).append((trip.start_s, trip.direction))
    for trips in of_block.values():
        for (before_s, before), (after_s, after) in pairwise(trips):
            assert after_s - before_s >= 3_000 + 300
            assert after != before


def test_on_weekends_only_the_buses_of_all_day_and_of_nights_run(feed: dict[str, pl.DataFrame]) -> None:
    extra = feed["trips"].filter(pl.col("service_id") == WEEKDAY)["block_id"].unique()
    assert extra.str.contains("-X").all()
    by_service = feed["trips"].group_by("service_id").len().sort("service_id")["len"].to_list()
    assert by_service[0] > 2.5 * by_service[1]


def test_the_timetable_needs_about_two_thousand_buses(feed: dict[str, pl.DataFrame]) -> None:
    assert 1_900 <= feed["trips"]["block_id"].n_unique() <= 2_300


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.number)
def test_a_line_begins_and_ends_where_riders_say(line: Line) -> None:
    for direction, names in enumerate(((line.start, line.end), (line.end, line.start))):
        way = make_way(line, direction, 1)
        course = line.course(direction)
        for stop, name, point in ((way.stops[0], names[0], course[0]), (way.stops[-1], names[1], course[-1])):
            assert stop.name == name
            assert np.hypot(*(to_metres([(stop.lat, stop.lon)]) - to_metres([POINTS[point]]))[0]) < TERMINAL_WITHIN_M


def test_stops_are_a_walk_apart(feed: dict[str, pl.DataFrame]) -> None:
    gaps = np.concatenate([np.diff(make_way(line, 0, 1).stop_m) for line in LINES[:40]])
    assert 350 < float(np.median(gaps)) < 550
    assert gaps.min() > 60


def test_names_have_their_marks_in_composed_form_and_no_machine_words(feed: dict[str, pl.DataFrame]) -> None:
    names = [*feed["stops"]["stop_name"], *feed["routes"]["route_long_name"], *feed["trips"]["trip_headsign"].unique()]
    assert all(name == unicodedata.normalize("NFC", name) for name in names)
    assert not [name for name in names if "_" in name or name != name.strip()]
    assert all(stop_id.isascii() for stop_id in feed["stops"]["stop_id"])
    marked = sum(any(ord(letter) > 127 for letter in name) for name in names) / len(names)
    assert marked > 0.95


def test_every_number_is_there_once(feed: dict[str, pl.DataFrame]) -> None:
    numbers = feed["routes"]["route_short_name"]
    assert numbers.n_unique() == len(numbers) == len(LINES) >= 100
    assert {"01", "32", "86", "BRT01", "E01", "109"} <= set(numbers)


def test_another_seed_moves_the_stops_and_leaves_the_lines(network: RoadNetwork) -> None:
    one, two = make_feed(1, network, LINES[:2]), make_feed(2, network, LINES[:2])
    assert one["routes"].equals(two["routes"])
    assert not one["stops"].equals(two["stops"])
