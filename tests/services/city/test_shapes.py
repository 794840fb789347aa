from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from services.city.patterns import list_patterns
from services.city.shapes import Found, add_shapes, along_m, lay_patterns, rising
from services.city.tables import read_tables
from tests.services.city.builders import FEED, write_feed


def test_trips_of_one_order_of_stops_share_a_pattern(tmp_path: Path) -> None:
    patterns, of_trip = list_patterns(read_tables(write_feed(tmp_path / "feed.zip")))
    assert [(p.key, p.stop_ids, p.trips) for p in patterns] == [
        ("7_1:0:1", ("A", "B", "C"), 2),
        ("7_2:1:1", ("C", "B", "A"), 1),
    ]
    assert dict(of_trip.iter_rows()) == {"t1": "7_1:0:1", "t2": "7_1:0:1", "u1": "7_2:1:1"}


def test_trips_that_have_a_shape_keep_it(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id,direction_id,shape_id\n7_1,D,t1,0,own\n7_1,D,t2,0,gone\n7_2,D,u1,1,own\n"
    shapes = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\nown,21,105.8,1\nown,21,105.82,2\n"
    tables = read_tables(write_feed(tmp_path / "feed.zip", {"trips.txt": trips, "shapes.txt": shapes}))
    patterns, of_trip = list_patterns(tables)
    assert of_trip["trip_id"].to_list() == ["t2"]
    found = lay_patterns(patterns, None, workers=1, advance=lambda: None)
    add_shapes(tables, patterns, of_trip, found, on_roads=False)
    assert tables["trips"]["shape_id"].to_list() == ["own", "7_1:0:1", "own"]
    assert set(tables["shapes"]["shape_id"].to_list()) == {"own", "7_1:0:1"}
    with_way = tables["stop_times"].filter(tables["stop_times"]["shape_dist_traveled"] != "")
    assert set(with_way["trip_id"].to_list()) == {"t2"}


def test_stops_at_one_place_still_rise_along_the_shape(tmp_path: Path) -> None:
    stops = FEED["stops.txt"].replace("B,STOP_7_S2,21.000000,105.810000", "B,STOP_7_S2,21.000000,105.800000")
    tables = read_tables(write_feed(tmp_path / "feed.zip", {"stops.txt": stops}))
    patterns, of_trip = list_patterns(tables)
    add_shapes(tables, patterns, of_trip, lay_patterns(patterns, None, workers=1, advance=lambda: None), on_roads=False)
    metres = tables["stop_times"].filter(tables["stop_times"]["trip_id"] == "t1")["shape_dist_traveled"].cast(float)
    assert (metres.diff().drop_nulls() > 0).all()
    dist = tables["shapes"].filter(tables["shapes"]["shape_id"] == "7_1:0:1")["shape_dist_traveled"].cast(float)
    assert (dist.diff().drop_nulls() > 0).all()
    assert dist[-1] >= metres[-1]


@given(
    st.lists(st.tuples(st.floats(105.7, 105.9), st.floats(20.9, 21.1)), min_size=2, max_size=30),
    st.lists(st.floats(0.0, 1.0), min_size=2, max_size=20),
)
def test_any_line_and_any_stops_come_out_rising(points: list[tuple[float, float]], shares: list[float]) -> None:
    lonlat = np.array(points)
    stop_m = np.sort(np.array(shares)) * along_m(lonlat)[-1]
    line, rises = rising(lonlat, stop_m)
    assert len(line) >= 2
    assert (np.diff(rises) > 0.05).all()
    assert (np.abs(np.diff(line, axis=0)).sum(axis=1) > 0).all()


def test_straight_hops_are_counted_by_their_reason(tmp_path: Path) -> None:
    tables = read_tables(write_feed(tmp_path / "feed.zip"))
    patterns, of_trip = list_patterns(tables)
    doubts = ((0, "off_road"), (1, "absurd_detour"))
    found = [Found(p.lonlat, along_m(p.lonlat), doubts) for p in patterns]
    said = {f.code: f for f in add_shapes(tables, patterns, of_trip, found, on_roads=True)}
    assert said["straight_hops_off_road"].count == 2
    assert said["straight_hops_off_road"].examples[0] == "A → B"
    assert said["straight_hops_absurd_detour"].count == 2


def test_metres_along_a_line_are_those_of_the_ellipsoid() -> None:
    for ends in ([[105.8, 20.9], [105.8, 21.1]], [[105.7, 21.0], [105.9, 21.0]], [[-77.1, 38.8], [-76.9, 39.0]]):
        line = np.linspace(*np.array(ends), 50)
        true_m = Geod(ellps="WGS84").line_length(line[:, 0], line[:, 1])
        assert abs(along_m(line)[-1] / true_m - 1) < 1e-5
