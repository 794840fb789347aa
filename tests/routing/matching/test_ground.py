import networkx as nx
import numpy as np

from routing.matching.ground import REACH_M, make_ground, reach, way_m
from tests.routing.builders import grid

NET = grid(6, 5, 170.0)
GROUND = make_ground(NET)


def as_graph() -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    ends = zip(NET.edge_from.tolist(), NET.edge_to.tolist(), NET.edge_length_m.tolist(), strict=True)
    graph.add_weighted_edges_from(ends, weight="metres")
    return graph


def test_ways_that_are_kept_ready_are_those_of_dijkstra_and_no_others() -> None:
    true = dict(nx.all_pairs_dijkstra_path_length(as_graph(), cutoff=REACH_M, weight="metres"))
    for source in range(NET.node_count):
        for target in range(NET.node_count):
            metres = way_m(source, target, GROUND)
            assert np.isclose(metres, true[source].get(target, np.inf), rtol=1e-6)


def test_a_search_finds_the_nearest_first_and_all_within_its_limit() -> None:
    true = nx.single_source_dijkstra_path_length(as_graph(), 7, cutoff=500.0, weight="metres")
    count = reach(7, 500.0, GROUND)
    found = GROUND.done[:count].tolist()
    metres = GROUND.dist_m[found]
    assert set(found) == set(true)
    assert (np.diff(metres) >= 0).all()
    assert np.allclose(metres, [true[node] for node in found])
    GROUND.dist_m[found] = np.inf


def test_every_piece_lies_in_the_cells_that_it_touches() -> None:
    cells = np.repeat(np.arange(GROUND.columns * GROUND.rows), np.diff(GROUND.cell_start))
    of = {}
    for cell, piece in zip(cells.tolist(), GROUND.pieces.tolist(), strict=True):
        of.setdefault(piece, set()).add(cell)
    assert set(of) == set(range(len(GROUND.piece_x)))
    for piece, known in of.items():
        for share in (0.0, 0.3, 1.0):
            x = GROUND.piece_x[piece] + share * GROUND.piece_m[piece] * GROUND.piece_ux[piece] - GROUND.west_m
            y = GROUND.piece_y[piece] + share * GROUND.piece_m[piece] * GROUND.piece_uy[piece] - GROUND.south_m
            assert int(y // 50.0) * GROUND.columns + int(x // 50.0) in known
