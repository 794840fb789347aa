"""The roads as flat arrays that the compiled matcher reads: straight pieces by cell, and ways between near nodes."""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from routing.network.graph import Floats, Ints, RoadNetwork
from routing.network.index import pieces_of

CELL_M = 50.0
# How far ways between nodes are kept ready; a longer one is sought when it is asked for.
REACH_M = 1000.0

Ints32 = NDArray[np.int32]
Floats32 = NDArray[np.float32]


class Ground(NamedTuple):
    """What the matcher reads of one network, and room to work in.

    Piece *i* is a straight part of edge ``piece_edge[i]`` from ``piece_x[i], piece_y[i]`` by the unit vector
    ``piece_ux[i], piece_uy[i]`` for ``piece_m[i]`` metres; it begins ``piece_before_m[i]`` metres along its edge. Cell
    *c* of the grid, ``columns`` a row from ``west_m, south_m`` on, holds the pieces
    ``pieces[cell_start[c]:cell_start[c + 1]]`` whose boxes touch it. From node *n* lead the edges
    ``out_edge[out_start[n]:out_start[n + 1]]``, and the nodes ``near[reach_start[n]:reach_start[n + 1]]``, ascending,
    are ``near_m`` metres away by road. The last four are what `reach` works in.
    """

    piece_edge: Ints
    piece_x: Floats
    piece_y: Floats
    piece_ux: Floats
    piece_uy: Floats
    piece_m: Floats
    piece_before_m: Floats
    west_m: float
    south_m: float
    columns: int
    rows: int
    cell_start: Ints
    pieces: Ints32
    edge_from: Ints
    edge_to: Ints
    edge_m: Floats
    out_start: Ints
    out_edge: Ints
    reach_start: Ints
    near: Ints32
    near_m: Floats32
    dist_m: Floats
    done: Ints
    heap_m: Floats
    heap_node: Ints


def make_ground(network: RoadNetwork) -> Ground:
    """Make ready what the matcher reads of a network, about a second for a large city.

    Parameters
    ----------
    network : RoadNetwork
        The roads.

    Returns
    -------
    Ground
        About 12 bytes a pair of nodes within `REACH_M`.
    """
    edge, x, y, dx, dy, length, before = pieces_of(network)
    west, south = float(network.point_x_m.min()) - CELL_M, float(network.point_y_m.min()) - CELL_M
    columns = int((float(network.point_x_m.max()) - west) // CELL_M) + 2
    rows = int((float(network.point_y_m.max()) - south) // CELL_M) + 2
    cell_start, pieces = _grid(x - west, y - south, dx, dy, columns, rows)
    order = np.argsort(network.edge_from, kind="stable")
    out_start = np.searchsorted(network.edge_from[order], np.arange(network.node_count + 1)).astype(np.int64)
    start, end = np.array(network.edge_from), np.array(network.edge_to)
    metres = np.array(network.edge_length_m)
    room = _room(network.node_count, network.edge_count)
    near = _reach_all(out_start, order, end, metres, REACH_M, *room)
    return Ground(
        edge, x, y, dx / length, dy / length, length, before, west, south, columns, rows,
        cell_start, pieces, start, end, metres, out_start, order,
        near[0], near[1], near[2], room[0], room[1], room[2], room[3],
    )  # fmt: skip


def _room(nodes: int, edges: int) -> tuple[Floats, Ints, Floats, Ints]:
    return np.full(nodes, np.inf), np.empty(nodes, np.int64), np.empty(edges + 1), np.empty(edges + 1, np.int64)


def _grid(x: Floats, y: Floats, dx: Floats, dy: Floats, columns: int, rows: int) -> tuple[Ints, Ints32]:
    """Put pieces into every cell that their box touches."""
    west, east = np.minimum(x, x + dx) // CELL_M, np.maximum(x, x + dx) // CELL_M
    south, north = np.minimum(y, y + dy) // CELL_M, np.maximum(y, y + dy) // CELL_M
    wide, high = (east - west + 1).astype(np.int64), (north - south + 1).astype(np.int64)
    count = wide * high
    piece = np.repeat(np.arange(len(x)), count)
    rank = np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count)
    column = np.repeat(west.astype(np.int64), count) + rank % np.repeat(wide, count)
    row = np.repeat(south.astype(np.int64), count) + rank // np.repeat(wide, count)
    cell = row * columns + column
    order = np.argsort(cell, kind="stable")
    start = np.searchsorted(cell[order], np.arange(columns * rows + 1)).astype(np.int64)
    return start, piece[order].astype(np.int32)


@numba.njit(cache=True)
def _push(heap_m: Floats, heap_node: Ints, size: int, metres: float, node: int) -> int:
    """Add to a binary heap, return its size."""
    child = size
    while child > 0:
        parent = (child - 1) >> 1
        if heap_m[parent] <= metres:
            break
        heap_m[child], heap_node[child] = heap_m[parent], heap_node[parent]
        child = parent
    heap_m[child], heap_node[child] = metres, node
    return size + 1


@numba.njit(cache=True)
def _pop(heap_m: Floats, heap_node: Ints, size: int) -> int:
    """Take the first of a binary heap away, return its size."""
    size -= 1
    metres, node = heap_m[size], heap_node[size]
    hole = 0
    while True:
        child = 2 * hole + 1
        if child >= size:
            break
        if child + 1 < size and heap_m[child + 1] < heap_m[child]:
            child += 1
        if heap_m[child] >= metres:
            break
        heap_m[hole], heap_node[hole] = heap_m[child], heap_node[child]
        hole = child
    heap_m[hole], heap_node[hole] = metres, node
    return size


@numba.njit(cache=True)
def reach(source: int, limit_m: float, g: Ground) -> int:
    """Find all nodes within some metres by road (Dijkstra 1959).

    Parameters
    ----------
    source : int
        Node.
    limit_m : float
        Metres.
    g : Ground
        The roads. ``dist_m``, all infinite before, holds the metres of the nodes found; who asked makes it infinite
        again. ``done`` holds the nodes, the nearest first.

    Returns
    -------
    int
        How many were found.
    """
    return _reach(
        source, limit_m, g.out_start, g.out_edge, g.edge_to, g.edge_m, g.dist_m, g.done, g.heap_m, g.heap_node
    )


@numba.njit(cache=True)
def _reach(
    source: int, limit_m: float, out_start: Ints, out_edge: Ints, edge_to: Ints, edge_m: Floats, dist_m: Floats,
    done: Ints, heap_m: Floats, heap_node: Ints,
) -> int:  # fmt: skip
    dist_m[source] = 0.0
    size = _push(heap_m, heap_node, 0, 0.0, source)
    count = 0
    while size:
        metres, node = heap_m[0], heap_node[0]
        size = _pop(heap_m, heap_node, size)
        if metres > dist_m[node]:
            continue
        done[count] = node
        count += 1
        for row in range(out_start[node], out_start[node + 1]):
            edge = out_edge[row]
            there, far = edge_to[edge], metres + edge_m[edge]
            if far <= limit_m and far < dist_m[there]:
                dist_m[there] = far
                size = _push(heap_m, heap_node, size, far, there)
    return count


@numba.njit(cache=True)
def _reach_all(
    out_start: Ints, out_edge: Ints, edge_to: Ints, edge_m: Floats, limit_m: float, dist: Floats, done: Ints,
    heap_m: Floats, heap_node: Ints,
) -> tuple[Ints, Ints32, Floats32]:  # fmt: skip
    """Return what is within reach of every node, as `Ground` has it."""
    nodes = len(out_start) - 1
    start = np.zeros(nodes + 1, np.int64)
    near, near_m = np.empty(64 * nodes + 64, np.int32), np.empty(64 * nodes + 64, np.float32)
    used = 0
    for node in range(nodes):
        count = _reach(node, limit_m, out_start, out_edge, edge_to, edge_m, dist, done, heap_m, heap_node)
        while used + count > len(near):
            near = np.concatenate((near, np.empty_like(near)))
            near_m = np.concatenate((near_m, np.empty_like(near_m)))
        found = np.sort(done[:count])
        for row in range(count):
            near[used + row], near_m[used + row] = found[row], dist[found[row]]
        for row in range(count):
            dist[done[row]] = np.inf
        used += count
        start[node + 1] = used
    return start, near[:used].copy(), near_m[:used].copy()


@numba.njit(cache=True)
def way_m(source: int, target: int, g: Ground) -> float:
    """Return the metres by road between two nodes, infinite beyond `REACH_M`."""
    low, high = g.reach_start[source], g.reach_start[source + 1]
    while low < high:
        middle = (low + high) >> 1
        if g.near[middle] < target:
            low = middle + 1
        else:
            high = middle
    if low < g.reach_start[source + 1] and g.near[low] == target:
        return float(g.near_m[low])
    return np.inf
