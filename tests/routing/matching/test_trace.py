import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.matching import RoadModel, Trace, TraceMatcher, match_nearest, read_trace
from tests.data import shared_data
from tests.routing.builders import grid, lonlat

NET = grid(5, 4, 300.0)
MATCHER = TraceMatcher(NET)


def drive(points: list[tuple[float, float]], step_s: float = 10.0, noise_m: float = 0.0, seed: int = 1) -> Trace:
    rng = np.random.default_rng(seed)
    noisy = np.array(points) + rng.normal(0, noise_m, (len(points), 2))
    where = np.array([lonlat(x, y) for x, y in noisy])
    nothing = np.full(len(points), np.nan)
    return Trace(np.arange(len(points)) * step_s, where[:, 0], where[:, 1], nothing, nothing)


def test_the_direction_driven_is_found_without_headings() -> None:
    east = MATCHER.match(drive([(x, 303.0) for x in range(50, 1100, 100)]))
    west = MATCHER.match(drive([(x, 303.0) for x in range(1100, 50, -100)]))
    assert east[3].edge_id == "2/102/103"
    assert west[-4].edge_id == "2/103/102"
    assert (east[3].way, east[3].against) == (2, False)
    assert (west[-4].way, west[-4].against) == (2, True)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_noise_of_a_usual_receiver_does_not_lead_off_the_road(seed: int) -> None:
    found = MATCHER.match(drive([(x, 300.0) for x in range(50, 1100, 70)], noise_m=6.0, seed=seed))
    on = [m for m in found if m.way == 2]
    assert len(on) >= len(found) - 3
    assert all(0.0 <= m.probability <= 1.0 for m in found)


def test_a_report_far_from_every_road_is_matched_to_none_and_the_rest_goes_on() -> None:
    points = [(100.0, 300.0), (200.0, 300.0), (250.0, 9000.0), (400.0, 300.0)]
    found = MATCHER.match(drive(points, step_s=30))
    assert [m.edge is None for m in found] == [False, False, True, False]


def test_a_jump_that_no_vehicle_makes_begins_anew() -> None:
    found = MATCHER.match(drive([(100.0, 300.0), (150.0, 300.0), (1150.0, 900.0), (1180.0, 900.0)], step_s=2))
    assert all(m.edge is not None for m in found)


def test_an_empty_trace_is_an_empty_answer() -> None:
    assert MATCHER.match(read_trace({"pts": []})) == []


@pytest.mark.parametrize(
    ("pts", "says"),
    [
        ([[0, 105.8]], "point 0"),
        ([[0, None, 21]], "point 0"),
        ([["x", 1, 2]], "point 0"),
        ([[5, 1, 2], [4, 1, 2]], "sort"),
    ],
)
def test_a_strange_trace_is_an_error_that_names_the_point(pts: list, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_trace({"pts": pts})


def test_a_heading_settles_what_the_nearest_edge_cannot() -> None:
    lon, lat = (np.array([v]) for v in lonlat(400.0, 301.0))
    roads = RoadModel(NET)
    for heading, name in ((90.0, "2/102/103"), (270.0, "2/103/102")):
        found = match_nearest(roads, lon, lat, speed_mps=np.array([8.0]), heading_deg=np.array([heading]))
        assert NET.edge_ids[found[0]] == name
    far = match_nearest(roads, lon, lat + 1, speed_mps=np.array([8.0]), heading_deg=np.array([0.0]))
    assert far.tolist() == [-1]


def test_real_roads_and_simulated_tracks_are_matched_far_better_than_by_the_nearest_edge(tmp_path) -> None:
    from routing.network import read_osm
    from services.score.matching import score_matching

    net = read_osm(shared_data("hanoi-roads", "hanoi_inner_2025.osm.pbf"))
    traces = json.loads(gzip.decompress(shared_data("traces", "hanoi_sim_30s.json.gz").read_bytes()))[:60]
    figures = score_matching(net, traces)
    assert figures["points_scored"] > 1000
    assert figures["edge_accuracy"] > 0.91
    assert figures["edge_accuracy"] > figures["baselines"]["nearest_edge_with_heading"]["edge_accuracy"] + 0.05
    assert figures["edge_accuracy"] > figures["baselines"]["nearest_edge"]["edge_accuracy"] + 0.25
