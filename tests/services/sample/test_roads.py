from itertools import pairwise

import numpy as np
import pytest

from fleet.simulation.plan import gap_m
from services.sample.courses import find_course
from services.sample.lines import LINES, Line
from services.sample.network import make_osm, signals
from services.sample.points import POINTS
from services.sample.roads_outer import ROADS
from services.sample.streets import along_m, centre_km, place_of, stretches, to_metres, to_places


def test_every_place_is_on_a_road_and_every_road_runs_through_known_places() -> None:
    assert {place for road in ROADS for place in road.places} == set(POINTS)


def test_every_place_lies_in_hanoi_or_where_its_buses_end() -> None:
    for name, place in POINTS.items():
        assert centre_km(place) < 55, name


def test_the_bridges_of_the_city_are_there_and_as_long_as_they_are() -> None:
    bridges = {
        road.name: float(along_m(to_metres([place_of(node) for node in road.nodes]))[-1])
        for road in ROADS
        if road.bridge and road.name.startswith("Cầu")
    }
    # Metres with their approaches.
    known = {
        "Long Biên": 1_700, "Chương Dương": 1_230, "Vĩnh Tuy": 3_700, "Thanh Trì": 3_200, "Nhật Tân": 3_700,
        "Thăng Long": 3_250, "Đông Trù": 1_130, "Phù Đổng": 925, "Đuống": 650,
    }  # fmt: skip
    assert set(bridges) == {f"Cầu {name}" for name in known}
    for name, length in known.items():
        assert bridges[f"Cầu {name}"] == pytest.approx(length, rel=0.15), name


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.number)
def test_every_line_runs_on_roads_both_ways_without_great_detours_or_loops(line: Line) -> None:
    lengths = []
    for via in (line.course(0), line.course(1)):
        legs = find_course(via)
        assert legs[0].line[0] == POINTS[via[0]]
        assert legs[-1].line[-1] == POINTS[via[-1]]
        assert all(before.line[-1] == after.line[0] for before, after in pairwise(legs))
        joints = [legs[0].line[0], *(leg.line[-1] for leg in legs)]
        assert len(joints) == len(set(joints)), "comes to one place twice"
        assert not any(leg.back and leg.stretch.road.oneway for leg in legs)
        lengths.append(sum(leg.stretch.length_m for leg in legs))
        hops = [gap_m(*POINTS[a][::-1], *POINTS[b][::-1]) for a, b in pairwise(via)]
        assert lengths[-1] < 1.55 * sum(hops)
    assert all(8_000 < length < 60_000 for length in lengths)
    assert max(lengths) < 1.3 * min(lengths)


def test_where_no_road_leads_is_said() -> None:
    with pytest.raises(KeyError, match="khong_co"):
        find_course(("cua_nam", "khong_co"))


def test_stretches_cover_every_road_once() -> None:
    for row, road in enumerate(ROADS):
        whole = along_m(to_metres([place_of(node) for node in road.nodes]))[-1]
        assert sum(s.length_m for s in stretches() if s.row == row) == pytest.approx(float(whole))


def test_metres_and_degrees_are_inverse() -> None:
    places = list(POINTS.values())
    assert np.abs(np.array(to_places(to_metres(places))) - np.array(places)).max() < 1e-6


def test_lights_stand_where_roads_cross_in_the_city() -> None:
    assert POINTS["nga_tu_so"] in signals()
    assert POINTS["thuong_tin"] not in signals()
    assert 150 < len(signals()) < 400


def test_the_map_is_the_same_text_each_time() -> None:
    assert make_osm(1) == make_osm(1)
