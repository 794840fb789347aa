import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.network.index import EdgeIndex, turn_deg
from tests.routing.builders import ORIGIN_X, ORIGIN_Y, grid, lonlat

NET = grid(4, 4)
INDEX = EdgeIndex(NET)
LINES = [shapely.LineString(NET.xy_of(edge)) for edge in range(NET.edge_count)]


@settings(deadline=None, max_examples=60)
@given(st.floats(-100, 700), st.floats(-100, 700))
def test_near_edges_are_those_a_plain_search_finds(x: float, y: float) -> None:
    x_m, y_m = ORIGIN_X + x, ORIGIN_Y + y
    near = INDEX.near_xy(np.array([x_m]), np.array([y_m]), 80.0)
    point = shapely.Point(x_m, y_m)
    plain = {edge: line.distance(point) for edge, line in enumerate(LINES) if line.distance(point) < 79.999}
    found = dict(zip(near.edge.tolist(), near.off_m.tolist(), strict=True))
    assert plain.keys() <= found.keys()
    for edge, distance in plain.items():
        assert found[edge] == pytest.approx(distance, abs=1e-6)
    assert (np.diff(near.off_m) >= -1e-3).all()


def test_a_place_right_of_travel_has_a_positive_side() -> None:
    lon, lat = lonlat(300.0, -10.0)  # south of the southernmost street, between its second and third node
    near = INDEX.near(np.array([lon]), np.array([lat]), 30.0)
    east = NET.edge_index_of["1/2/3"]
    rows = {int(e): i for i, e in enumerate(near.edge)}
    assert near.side_m[rows[east]] == pytest.approx(10.0, abs=0.01)
    assert near.heading_deg[rows[east]] == pytest.approx(90.0, abs=0.5)
    assert near.along_m[rows[east]] == pytest.approx(100.0, abs=0.1)
    west = NET.edge_index_of["1/3/2"]
    assert near.side_m[rows[west]] == pytest.approx(-10.0, abs=0.01)


def test_places_far_from_every_road_have_no_rows() -> None:
    lon, lat = lonlat(5000.0, 5000.0)
    near = INDEX.near(np.array([lon, lon]), np.array([lat, lat]))
    assert len(near.edge) == 0
    assert near.rows_of(2).tolist() == [0, 0, 0]


def test_the_nearest_node_is_found_with_its_distance() -> None:
    lon, lat = lonlat(203.0, 204.0)
    node, distance = INDEX.nearest_node(lon, lat)
    assert NET.node_osm_id[node] == 102
    assert distance == pytest.approx(5.0, abs=0.01)


def test_the_angle_between_headings_wraps_around_north() -> None:
    assert turn_deg(np.array([350.0, 0.0]), np.array([10.0, 180.0])).tolist() == [20.0, 180.0]
