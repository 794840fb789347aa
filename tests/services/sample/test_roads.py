from itertools import pairwise

import pytest

from fleet.simulation.plan import gap_m
from services.sample.lines import LINES
from services.sample.network import find_course, make_osm, way_m
from services.sample.points import POINTS
from services.sample.roads import ROADS, unknown_points


def test_every_place_has_coordinates_and_a_road() -> None:
    assert unknown_points() == []
    assert {point for road in ROADS for point in road.points} == set(POINTS)


def test_every_place_lies_in_hanoi() -> None:
    for name, (lat, lon) in POINTS.items():
        assert gap_m(105.85, 21.03, lon, lat) < 26_000, name


def test_the_bridges_of_the_city_are_there_and_as_long_as_a_bridge() -> None:
    bridges = {road.name: sum(way_m(a, b) for a, b in pairwise(road.points)) for road in ROADS if road.bridge}
    assert set(bridges) == {
        f"Cầu {n}" for n in ("Long Biên", "Chương Dương", "Vĩnh Tuy", "Thanh Trì", "Nhật Tân", "Thăng Long")
    }
    assert all(1_000 < length < 4_000 for length in bridges.values())


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.number)
def test_every_line_runs_on_roads_without_great_detours(line) -> None:
    legs = find_course(line.via)
    assert legs[0][0] == line.via[0]
    assert legs[-1][1] == line.via[-1]
    assert all(before[1] == after[0] for before, after in pairwise(legs))
    assert all(a[0] != b[1] for a, b in pairwise(legs)), "turns back on the spot"
    length = sum(way_m(a, b) for a, b, _ in legs)
    assert 4_000 < length < 35_000


def test_where_no_road_leads_is_said() -> None:
    with pytest.raises(ValueError, match="no road"):
        find_course(("cua_nam", "cua_nam_khong_co"))


def test_the_map_is_the_same_text_each_time() -> None:
    assert make_osm() == make_osm()
