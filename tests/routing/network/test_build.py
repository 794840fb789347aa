import numpy as np
import pytest

from routing.network.errors import NetworkError
from tests.routing.builders import grid, network, way


def test_a_node_where_a_road_merely_runs_on_ends_no_edge() -> None:
    places = {1: (0, 0), 2: (100, 10), 3: (200, 0), 4: (200, 100), 5: (300, 0)}
    net = network([way(7, (1, 2, 3)), way(8, (3, 4)), way(9, (3, 5))], places)
    assert sorted(net.edge_ids) == ["7/1/3", "7/3/1", "8/3/4", "8/4/3", "9/3/5", "9/5/3"]
    edge = net.edge_index_of["7/1/3"]
    assert len(net.lonlat_of(edge)) == 3
    assert net.edge_length_m[edge] == pytest.approx(2 * np.hypot(100, 10), rel=1e-6)


def test_an_edge_of_two_ways_knows_where_one_ends() -> None:
    places = {1: (0, 0), 2: (100, 0), 3: (300, 0)}
    net = network([way(7, (1, 2), name="A"), way(8, (3, 2), name="B")], places)
    edge = net.edge_index_of["7/1/3"]
    assert net.way_at(edge, 50.0) == (7, False)
    assert net.way_at(edge, 150.0) == (8, True)
    assert net.way_at(edge, 1e9) == (8, True)
    assert net.name_of(edge) == "B", "the longer piece names it"


def test_what_cannot_be_reached_and_left_is_dropped_and_said() -> None:
    places = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (9000, 0), 5: (9100, 0)}
    net = network([way(1, (1, 2)), way(2, (2, 3), oneway=True), way(3, (4, 5))], places)
    assert sorted(net.edge_ids) == ["1/1/2", "1/2/1"]
    assert [(f.code, f.count) for f in net.findings] == [("unreachable", 3)]
    assert net.findings[0].text.vi
    assert net.findings[0].text.en


def test_nothing_connected_is_an_error_that_names_the_input() -> None:
    with pytest.raises(NetworkError, match="test holds no roads that connect"):
        network([way(1, (1, 2), oneway=True)], {1: (0, 0), 2: (100, 0)})


def test_parallel_edges_of_one_way_have_names_of_their_own() -> None:
    places = {1: (0, 0), 2: (100, 50), 3: (100, -50), 4: (200, 0), 5: (-100, 0), 6: (300, 0)}
    net = network([way(1, (1, 2, 4, 3, 1)), way(2, (5, 1)), way(3, (4, 6))], places)
    assert len(set(net.edge_ids)) == net.edge_count
    assert {"1/1/4", "1/1/4/2", "1/4/1", "1/4/1/2"} <= set(net.edge_ids)


def test_a_grid_has_the_lengths_it_was_drawn_with() -> None:
    net = grid(4, 3, 200.0)
    # Corners run on: a grid of 4 x 3 has 12 nodes, 4 of them corners.
    assert net.node_count == 8
    assert net.edge_length_m.sum() == pytest.approx(2 * 200 * (3 * 3 + 4 * 2), rel=1e-6)
    assert net.edge_free_mps.max() <= net.edge_speed_limit_mps.max()
    assert net.point_m[net.point_offset[1:] - 1] == pytest.approx(net.edge_length_m)


def test_arrays_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        grid(2, 3).edge_length_m[0] = 1.0
