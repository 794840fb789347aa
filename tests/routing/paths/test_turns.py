"""Forbidden turns in paths, held against a search over pairs of edges that knows nothing of copies of nodes."""

import heapq
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.network.graph import RoadNetwork
from routing.network.vehicles import EVERYBODY, Vehicle
from routing.paths import PathFinder, load_hierarchy, save_hierarchy
from tests.routing.builders import grid

Rows = list[tuple[tuple[int, ...], int, int, int]]
NET = grid(4, 4)
OUTS = [np.flatnonzero(NET.edge_from == node).tolist() for node in range(NET.node_count)]


def with_turns(rows: Rows, users: np.ndarray | None = None) -> RoadNetwork:
    return replace(
        NET,
        edge_users=NET.edge_users if users is None else users,
        turn_offset=np.cumsum([0, *(len(row[0]) for row in rows)]),
        turn_edge=np.array([edge for row in rows for edge in row[0]], dtype=np.int64),
        turn_users=np.array([row[1] for row in rows], dtype=np.int64),
        turn_from_min=np.array([row[2] for row in rows], dtype=np.int64),
        turn_to_min=np.array([row[3] for row in rows], dtype=np.int64),
    )


def naive(weights: np.ndarray, start: int, end: int, shut: set[int], forbidden: set[tuple[int, ...]]) -> float:
    """Dijkstra over the last three edges driven."""
    if start == end:
        return 0.0
    heap: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    done = set()
    while heap:
        cost, last = heapq.heappop(heap)
        if last in done:
            continue
        done.add(last)
        node = int(NET.edge_to[last[-1]]) if last else start
        if node == end and last:
            return cost
        for edge in OUTS[node]:
            driven = (*last, edge)
            if edge not in shut and not any(driven[-n:] in forbidden for n in (2, 3)):
                heapq.heappush(heap, (cost + float(weights[edge]), driven[-3:]))
    return float("inf")


@st.composite
def chains(draw: st.DrawFn) -> tuple[int, ...]:
    chain = [draw(st.integers(0, NET.edge_count - 1))]
    for _ in range(draw(st.integers(1, 2))):
        chain.append(draw(st.sampled_from(OUTS[int(NET.edge_to[chain[-1]])])))
    return tuple(chain)


@settings(deadline=None, max_examples=120)
@given(st.data())
def test_both_engines_keep_to_turns_users_and_hours_as_a_search_over_edges_does(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    weights = rng.integers(1, 1000, NET.edge_count).astype(float)
    rows: Rows = sorted(
        data.draw(
            st.sets(
                st.tuples(chains(), st.sampled_from([1, 2, 4, 7]), st.just(360), st.sampled_from([540, 1800])),
                max_size=14,
            )
        )
    )
    rows = [(chain, users, 0 if to > 1440 else begin, min(to, 1440)) for chain, users, begin, to in rows]
    users = rng.choice(np.array([7, 7, 7, 1, 6], dtype=np.uint8), NET.edge_count)
    net = with_turns(rows, users)
    vehicle = data.draw(st.sampled_from(list(Vehicle)))
    minute = data.draw(st.sampled_from([None, 400, 600]))
    holds = {
        chain
        for chain, who, begin, to in rows
        if who & vehicle and ((begin, to) == (0, 1440) if minute is None else begin <= minute < to)
    }
    shut = set(np.flatnonzero((users & int(vehicle)) == 0).tolist())
    start, end = (data.draw(st.integers(0, NET.node_count - 1)) for _ in range(2))
    expected = naive(weights, start, end, shut, holds)
    for engine in ("cch", "scipy"):
        finder = PathFinder(net, weights, engine=engine, vehicle=vehicle, minute=minute)
        assert finder.cost(start, end) == pytest.approx(expected)
        assert finder.table([start], [end])[0, 0] == pytest.approx(expected)
        found = finder.shortest(start, end)
        if np.isinf(expected):
            assert found is None
            continue
        edges = found.edges.tolist()
        assert weights[edges].sum() == pytest.approx(expected)
        nodes = [start, *NET.edge_to[edges].tolist()]
        assert (NET.edge_from[edges].tolist(), nodes[-1]) == (nodes[:-1], end)
        assert not any(tuple(edges[i : i + n]) in holds for n in (2, 3) for i in range(len(edges) - n + 1))


def test_a_hierarchy_with_turns_comes_back_from_its_folder(tmp_path) -> None:
    first = OUTS[5][0]
    rows: Rows = [((first, onward), int(EVERYBODY), 0, 1440) for onward in OUTS[int(NET.edge_to[first])][:2]]
    net, again = with_turns(rows), with_turns(rows)
    save_hierarchy(net, tmp_path)
    assert load_hierarchy(again, tmp_path).order == load_hierarchy(net, tmp_path).order
    assert PathFinder(again).cost(5, 11) == PathFinder(net).cost(5, 11)
