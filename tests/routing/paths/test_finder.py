import gc
import sys
import threading

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.network import read_osm
from routing.network.graph import RoadNetwork
from routing.paths import PathFinder, load_hierarchy, save_hierarchy, shortest_path
from tests.data import shared_data
from tests.routing.builders import grid, network, way

NET = grid(6, 5)


def plain(net: RoadNetwork, weights: np.ndarray, closed: set[int]) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(net.node_count))
    for edge in range(net.edge_count):
        a, b, w = int(net.edge_from[edge]), int(net.edge_to[edge]), float(weights[edge])
        if edge not in closed and (not graph.has_edge(a, b) or graph[a][b]["weight"] > w):
            graph.add_edge(a, b, weight=w)
    return graph


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_both_engines_agree_with_plain_dijkstra(data: st.DataObject) -> None:
    weights = np.array(
        data.draw(st.lists(st.integers(1, 60_000), min_size=NET.edge_count, max_size=NET.edge_count)), float
    )
    closed = data.draw(st.sets(st.integers(0, NET.edge_count - 1), max_size=12))
    start, end = (data.draw(st.integers(0, NET.node_count - 1)) for _ in range(2))
    graph = plain(NET, weights, closed)
    try:
        expected = nx.dijkstra_path_length(graph, start, end)
    except nx.NetworkXNoPath:
        expected = None
    for engine in ("cch", "scipy"):
        found = PathFinder(NET, weights, engine=engine).shortest(start, end, closed)
        if expected is None:
            assert found is None
            continue
        assert found is not None
        assert found.cost == pytest.approx(expected)
        assert not closed & set(found.edges.tolist())
        assert weights[found.edges].sum() == pytest.approx(expected)
        nodes = [start, *NET.edge_to[found.edges].tolist()]
        assert nodes[-1] == end
        assert NET.edge_from[found.edges].tolist() == nodes[:-1]


@pytest.mark.parametrize("engine", ["cch", "scipy"])
def test_a_table_holds_the_cost_of_every_pair(engine: str) -> None:
    finder = PathFinder(NET, NET.edge_length_m, engine=engine)
    table = finder.table([0, 3, 7], [1, 0])
    for i, a in enumerate((0, 3, 7)):
        for j, b in enumerate((1, 0)):
            assert table[i, j] == pytest.approx(finder.shortest(a, b).cost, abs=0.01)
    assert finder.table([2], [4, 5, 6]).shape == (1, 3)


def test_closing_and_opening_an_edge_changes_the_way_and_back() -> None:
    net = network(
        [way(1, (1, 2, 3)), way(2, (1, 4)), way(3, (4, 3)), way(4, (2, 4)), way(5, (1, 5)), way(6, (3, 6))],
        {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, 300), 5: (-100, 0), 6: (300, 0)},
    )
    finder = PathFinder(net, net.edge_length_m)
    start, end = (int(np.flatnonzero(net.node_osm_id == n)[0]) for n in (1, 3))
    short = finder.shortest(start, end)
    detour = finder.shortest(start, end, {int(short.edges[-1])})
    assert short.cost == pytest.approx(200, abs=0.1)
    assert detour.cost > 400
    assert finder.shortest(start, end).edges.tolist() == short.edges.tolist()
    assert finder.shortest(start, end, range(net.edge_count)) is None


def test_new_weights_count_at_once() -> None:
    finder = PathFinder(NET)
    before = finder.shortest(0, 9)
    finder.reweight(NET.edge_length_m / NET.edge_free_mps * 2)
    assert finder.shortest(0, 9).cost == pytest.approx(2 * before.cost, rel=1e-3)


def test_the_same_place_is_an_empty_path_and_a_strange_node_an_error() -> None:
    assert shortest_path(NET, 4, 4).edges.tolist() == []
    for bad in ((-1, 0), (0, NET.node_count)):
        with pytest.raises(ValueError, match="nodes"):
            shortest_path(NET, *bad)
    with pytest.raises(ValueError, match="closed edges"):
        shortest_path(NET, 0, 1, closed={NET.edge_count})
    with pytest.raises(ValueError, match="weights"):
        PathFinder(NET, np.full(NET.edge_count, np.nan))


def test_a_hierarchy_comes_back_from_its_folder_and_a_broken_one_is_made_anew(tmp_path) -> None:
    net = grid(5, 5)
    save_hierarchy(net, tmp_path)
    expected = PathFinder(net).shortest(0, 9).cost
    for data in (None, b"broken", np.arange(3)):
        if isinstance(data, bytes):
            (tmp_path / "hierarchy.npy").write_bytes(data)
        elif data is not None:
            np.save(tmp_path / "hierarchy.npy", data)
        again = grid(5, 5)
        load_hierarchy(again, tmp_path)
        assert PathFinder(again).shortest(0, 9).cost == expected
        del again
        gc.collect()


def test_inner_hanoi_gives_equal_ways_by_both_engines() -> None:
    net = read_osm(shared_data("hanoi-roads", "hanoi_inner_2025.osm.pbf"))
    rng = np.random.default_rng(7)
    fast, slow = PathFinder(net), PathFinder(net, engine="scipy")
    for a, b in rng.integers(0, net.node_count, (25, 2)).tolist():
        assert fast.shortest(a, b).cost == pytest.approx(slow.shortest(a, b).cost)


def test_a_finder_answers_on_any_thread_and_is_let_go_on_any(monkeypatch: pytest.MonkeyPatch) -> None:
    unraisable: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    finders = [PathFinder(NET)]
    expected = (finders[0].cost(0, 9), finders[0].table([0], [9])[0, 0])
    answers = []

    def ask() -> None:
        finders.append(PathFinder(NET))
        answers.extend((finder.cost(0, 9), finder.table([0], [9])[0, 0]) for finder in finders)
        finders.pop(0)  # one that this thread did not make

    for _ in range(3):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    finders.clear()
    gc.collect()
    assert answers == [expected] * 6
    assert unraisable == []
