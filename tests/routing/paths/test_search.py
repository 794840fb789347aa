"""Searches from one node to all, alternatives and areas, held against a plain Dijkstra."""

import heapq

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.network.vehicles import Vehicle
from routing.paths import PathFinder, Search, alternatives, drive_seconds
from routing.paths.isochrone import area, reached_m, seconds_when_entered
from routing.paths.search import SLICE_S
from tests.routing.builders import grid
from tests.routing.paths.test_turns import NET as SMALL
from tests.routing.paths.test_turns import OUTS, chains, naive, with_turns

NET = grid(7, 6)
FREE_S = NET.edge_length_m / NET.edge_free_mps


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_costs_to_and_from_all_nodes_are_those_of_a_plain_dijkstra(data: st.DataObject) -> None:
    weights = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1))).integers(1, 900, NET.edge_count).astype(float)
    closed = data.draw(st.sets(st.integers(0, NET.edge_count - 1), max_size=15))
    start = data.draw(st.integers(0, NET.node_count - 1))
    graph = nx.DiGraph()
    graph.add_nodes_from(range(NET.node_count))
    for edge in set(range(NET.edge_count)) - closed:
        a, b = int(NET.edge_from[edge]), int(NET.edge_to[edge])
        graph.add_edge(a, b, weight=min(weights[edge], graph.get_edge_data(a, b, {"weight": np.inf})["weight"]))
    search = Search(NET, weights, closed=closed)
    for tree, plain in ((search.from_node(start), graph), (search.to_node(start), graph.reverse())):
        said = nx.single_source_dijkstra_path_length(plain, start)
        expected = [said.get(node, np.inf) for node in range(NET.node_count)]
        assert tree.costs().tolist() == pytest.approx(expected)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_forbidden_turns_hold_in_every_path_of_a_tree(data: st.DataObject) -> None:
    forbidden = data.draw(st.sets(chains(), max_size=10))
    net = with_turns([(chain, 7, 0, 1440) for chain in sorted(forbidden)])
    weights = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1))).integers(1, 900, net.edge_count).astype(float)
    start, end = (data.draw(st.integers(0, net.node_count - 1)) for _ in range(2))
    search = Search(net, weights, vehicle=Vehicle.CAR)
    found = search.path(start, end)
    expected = naive(weights, start, end, set(), forbidden)
    assert (np.inf if found is None else found.cost) == pytest.approx(expected)
    assert search.to_node(end).cost[start] == pytest.approx(expected) or start == end


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(0, SMALL.node_count - 1), st.integers(0, SMALL.node_count - 1))
def test_costs_that_change_on_the_way_are_those_of_the_moment_each_edge_is_entered(
    seed: int, start: int, end: int
) -> None:
    slices = np.random.default_rng(seed).uniform(100, 900, (4, SMALL.edge_count))

    def seconds(edge: int, now: float) -> float:
        at = min(now / SLICE_S, 3.0)
        low = int(at)
        return float(slices[low, edge] + (at - low) * (slices[min(low + 1, 3), edge] - slices[low, edge]))

    best, heap = {}, [(0.0, start)]
    while heap:
        now, node = heapq.heappop(heap)
        if node not in best:
            best[node] = now
            for edge in OUTS[node]:
                heapq.heappush(heap, (now + seconds(edge, now), int(SMALL.edge_to[edge])))
    found = Search(SMALL, slices).path(start, end)
    now = 0.0
    for edge in found.edges.tolist():
        now += seconds(edge, now)
    assert found.cost == pytest.approx(best[end]) == pytest.approx(now)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(0, NET.node_count - 1), st.integers(0, NET.node_count - 1))
def test_alternatives_begin_with_the_best_are_simple_not_much_longer_and_apart(seed: int, start: int, end: int) -> None:
    weights = FREE_S * np.random.default_rng(seed).uniform(0.7, 1.5, NET.edge_count)
    found = alternatives(NET, Search(NET, weights), weights, start, end, 4)
    if start == end:
        assert found == []
        return
    best = PathFinder(NET, weights).cost(start, end)
    assert found[0].cost == pytest.approx(best, abs=0.05)
    for number, path in enumerate(found):
        edges = path.edges.tolist()
        nodes = [start, *NET.edge_to[edges].tolist()]
        assert NET.edge_from[edges].tolist() == nodes[:-1]
        assert nodes[-1] == end
        assert len(set(nodes)) == len(nodes)
        assert path.cost == pytest.approx(weights[edges].sum())
        assert path.cost <= 1.4 * best + 0.05
        for other in found[:number]:
            assert weights[list(set(edges) & set(other.edges.tolist()))].sum() <= 0.75 * path.cost + 1e-6


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(0, NET.node_count - 1))
def test_a_way_driven_edge_by_edge_takes_as_long_as_the_search_said(seed: int, slices: int, end: int) -> None:
    weights = np.random.default_rng(seed).uniform(60, 900, (slices, NET.edge_count))
    path = Search(NET, weights, vehicle=Vehicle.CAR).path(0, end)
    assert path is not None
    assert drive_seconds(path.edges, weights) == pytest.approx(path.cost)


def test_two_sides_of_a_grid_are_two_ways() -> None:
    assert len(alternatives(NET, Search(NET, FREE_S), FREE_S, 0, NET.node_count - 1)) >= 2


def test_an_area_grows_with_its_minutes_and_holds_what_is_reached() -> None:
    search = Search(NET, FREE_S)
    start = NET.node_count // 2
    areas = []
    for limit_s in (30.0, 60.0, 120.0):
        tree = search.from_node(start, limit_s)
        metres = reached_m(NET, tree, FREE_S, limit_s)
        assert (metres <= NET.edge_length_m).all()
        areas.append(area(NET, metres))
        inside = np.flatnonzero(tree.costs() <= limit_s)
        assert shapely.contains_xy(areas[-1], NET.node_lon[inside], NET.node_lat[inside]).all()
    assert areas[0].area < areas[1].area < areas[2].area
    assert area(NET, np.zeros(NET.edge_count)).is_empty


def test_each_edge_takes_the_seconds_of_the_slice_in_which_it_is_come_to() -> None:
    slices = np.stack([np.full(NET.edge_count, 400.0), np.full(NET.edge_count, 500.0), np.full(NET.edge_count, 600.0)])
    tree = Search(NET, slices).from_node(0, 3000.0)
    taken = seconds_when_entered(NET, tree, slices)
    at_s = tree.costs()[NET.edge_from]
    assert set(taken[at_s < SLICE_S]) == {400.0}
    assert set(taken[(at_s >= SLICE_S) & (at_s < 2 * SLICE_S)]) == {500.0}
    assert set(taken[(at_s >= 2 * SLICE_S) & np.isfinite(at_s)]) <= {600.0}
    assert np.isinf(taken[np.isinf(at_s)]).all()


def test_weights_that_make_waiting_faster_or_are_none_are_refused() -> None:
    slices = np.full((2, NET.edge_count), 2000.0)
    slices[1] = 1000.0
    with pytest.raises(ValueError, match="waiting"):
        Search(NET, slices)
    for bad in (np.full(NET.edge_count, -1.0), np.full(3, 1.0), np.full(NET.edge_count, np.nan)):
        with pytest.raises(ValueError, match="weights must be"):
            Search(NET, bad)
