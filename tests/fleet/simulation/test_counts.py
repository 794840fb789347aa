import numpy as np
import pytest

from fleet.simulation.counts import MIX, CameraPlace, Counters
from fleet.simulation.demand import CALM, Demand
from fleet.simulation.roads import roads_of
from fleet.simulation.traffic import Traffic
from tests.fleet.simulation.builders import START_MS, crossing


def test_a_camera_counts_nearly_what_flows_on_the_roads_into_its_junction() -> None:
    network = crossing()
    roads = roads_of(network, [], [])
    traffic = Traffic(roads, Demand(roads, 1, 25_200, CALM), 1)
    camera = CameraPlace("C-1", float(network.node_lon[0]), float(network.node_lat[0]), ("north", "east"))
    counters = Counters(roads, [camera], 1)
    assert set(counters.edges) == {("C-1", "north"), ("C-1", "east")}
    assert set(network.edge_to[list(counters.edges.values())].tolist()) == {0}
    seen = real = expected = 0.0
    for minute in range(300):
        flow = traffic.at(START_MS)
        counted, true = counters.count(flow, START_MS + minute * 60_000)
        seen += sum(counted[0].counts.values())
        real += sum(true[0].counts.values())
        expected += flow.flow_veh_h[true[0].edge] / 60.0
        assert set(counted[0].counts) <= set(MIX)
    assert real == pytest.approx(expected, rel=0.03)
    assert 0.88 < seen / real < 0.96
    again, _ = counters.count(traffic.at(START_MS), START_MS)
    assert again == counters.count(traffic.at(START_MS), START_MS)[0]


def test_an_approach_with_a_bearing_counts_the_road_of_that_direction() -> None:
    network = crossing()
    roads = roads_of(network, [], [])
    at = float(network.node_lon[0]), float(network.node_lat[0])
    camera = CameraPlace("C-1", *at, ("south", "north", "again"), (0.0, 180.0, 0.0))
    edges = Counters(roads, [camera], 1).edges
    assert set(edges) == {("C-1", "south"), ("C-1", "north")}
    lat = {name: float(network.node_lat[network.edge_from[edge]]) for (_, name), edge in edges.items()}
    assert lat["south"] < at[1] < lat["north"]


def test_a_camera_far_from_every_junction_counts_nothing() -> None:
    roads = roads_of(crossing(), [], [])
    assert Counters(roads, [CameraPlace("C-1", 100.0, 10.0, ("a",))], 1).edges == {}
    assert np.isfinite(roads.length_m).all()
