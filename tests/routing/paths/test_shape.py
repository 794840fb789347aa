import time
import zipfile

import numpy as np
import polars as pl
import pytest

from routing.network import read_osm
from routing.paths import line_of, shape_through
from tests.data import shared_data
from tests.routing.builders import grid, lonlat

NET = grid(5, 4, 300.0)


def test_a_line_turns_the_corner_its_stops_turn() -> None:
    # East along the second street, then north: stops on the right-hand side.
    stops = np.array([lonlat(100, 292), lonlat(500, 292), lonlat(608, 500), lonlat(608, 800)])
    shape = shape_through(NET, stops)
    assert shape.doubts == ()
    x, y = NET.to_xy(shape.lonlat[:, 0], shape.lonlat[:, 1])
    assert shape.stop_m == pytest.approx([0, 400, 400 + 100 + 200, 400 + 100 + 500], abs=1.0)
    assert np.hypot(np.diff(x), np.diff(y)).sum() == pytest.approx(shape.stop_m[-1], abs=0.5)
    ids = [NET.edge_ids[e] for e in shape.edges]
    assert ids[0] == "2/101/102"
    assert ids[-1].startswith("1003/")
    assert len(set(ids)) == len(ids)


def test_the_side_of_the_road_tells_the_direction() -> None:
    south = np.array([lonlat(350, 290), lonlat(450, 290)])
    north = np.array([lonlat(450, 310), lonlat(350, 310)])
    assert NET.edge_ids[shape_through(NET, south).edges[0]] == "2/102/103"
    assert NET.edge_ids[shape_through(NET, north).edges[0]] == "2/103/102"


def test_a_stop_far_from_every_road_gets_straight_lines_and_a_doubt() -> None:
    stops = np.array([lonlat(100, 292), lonlat(400, 5000), lonlat(800, 292)])
    shape = shape_through(NET, stops)
    assert [(d.hop, d.reason) for d in shape.doubts] == [(0, "off_road"), (1, "off_road")]
    assert shape.stop_m[1] == pytest.approx(shape.doubts[0].straight_m, rel=0.01)
    assert len(shape.lonlat) >= 3
    assert shape.lonlat[1] == pytest.approx(stops[1])


def test_an_absurd_detour_is_a_straight_line_with_its_length_by_road() -> None:
    from tests.routing.builders import network, way

    places = {1: (0, 0), 2: (3000, 0), 3: (3000, 80), 4: (0, 80), 5: (-100, 0), 6: (-100, 80)}
    ways = [way(1, (5, 1, 2, 3, 4, 6), oneway=True), way(2, (6, 5), oneway=True)]
    net = network([*ways, way(3, (1, 5)), way(4, (4, 6))], places)
    shape = shape_through(net, np.array([lonlat(100, -5), lonlat(100, 85)]), radius_m=30)
    assert [d.reason for d in shape.doubts] == ["absurd_detour"]
    assert shape.doubts[0].road_m == pytest.approx(5880, rel=0.01)


def test_repeated_stops_do_no_harm() -> None:
    stops = np.array([lonlat(100, 292)] * 3)
    shape = shape_through(NET, stops)
    assert shape.stop_m.tolist() == [0.0, 0.0, 0.0]
    assert len(shape.lonlat) == 2


@pytest.mark.parametrize("bad", [np.empty((0, 2)), np.array([[105.8, 21.0]]), np.array([[105.8, np.nan]] * 2)])
def test_too_few_or_strange_stops_are_an_error(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="two stops"):
        shape_through(NET, bad)


def test_the_line_along_edges_repeats_no_joint() -> None:
    first = NET.edge_index_of["2/102/103"]
    line = line_of(NET, np.array([first, NET.edge_index_of["2/103/104"]]))
    assert len(line) == 3
    assert len(line_of(NET, np.array([], dtype=int))) == 0


def test_all_lines_of_hanoi_get_a_shape_on_the_roads_in_seconds() -> None:
    net = read_osm(shared_data("hanoi-roads", "hanoi_inner_2025.osm.pbf"))
    feed = zipfile.ZipFile(shared_data("hanoi-gtfs", "hanoi_2018_midday_gtfs.zip"))
    stops, trips, times = (
        pl.read_csv(feed.read(f), infer_schema=False) for f in ("stops.txt", "trips.txt", "stop_times.txt")
    )
    place = {a: (float(b), float(c)) for a, b, c in stops.select("stop_id", "stop_lon", "stop_lat").iter_rows()}
    chosen = trips.group_by("route_id", "direction_id").agg(pl.col("trip_id").min())["trip_id"].to_list()
    times = times.filter(pl.col("trip_id").is_in(chosen)).sort("trip_id", pl.col("stop_sequence").cast(int))
    began = time.process_time()
    hops, on_road, long_way = 0, 0, 0
    for _, group in times.group_by("trip_id", maintain_order=True):
        points = np.array([place[s] for s in group["stop_id"]])
        shape = shape_through(net, points)
        x, y = net.to_xy(points[:, 0], points[:, 1])
        straight = np.hypot(np.diff(x), np.diff(y))
        doubtful = {d.hop for d in shape.doubts}
        good = [i for i in range(len(straight)) if i not in doubtful]
        hops += len(straight)
        on_road += len(good)
        long_way += sum(np.diff(shape.stop_m)[i] > 2 * straight[i] + 200 for i in good)
        assert (np.diff(shape.stop_m) >= 0).all()
        assert len(shape.stop_m) == len(points)
    assert time.process_time() - began < 20
    assert hops == 7446
    assert on_road > 4800, "the roads at hand cover the inner districts only"
    assert long_way < 0.03 * on_road
