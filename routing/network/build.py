"""Make a network from OSM ways: directed edges between junctions, the largest part that is all reachable."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from routing.network.errors import NetworkError
from routing.network.graph import Finding, Floats, Ints, Projection, RoadNetwork, utm_epsg
from routing.network.vehicles import EVERYBODY, Vehicle
from schemas.earth import METRES_PER_DEGREE
from schemas.text import Text


@dataclass(frozen=True, slots=True)
class Way:
    """One road of the map: its nodes in order and what its tags say.

    Lanes, users and lanes for buses alone are given along the way and against it; ``oneway`` holds for cars and buses.
    """

    way_id: int
    nodes: tuple[int, ...]
    class_code: int
    name: str
    limit_mps: float
    lanes: tuple[int, int] = (1, 1)
    users: tuple[Vehicle, Vehicle] = (EVERYBODY, EVERYBODY)
    oneway: bool = False
    bus_lanes: tuple[bool, bool] = (False, False)
    bridge: bool = False


@dataclass(frozen=True)
class RawEdges:
    """Directed edges before they are cut to the part that is all reachable; points as lon, lat.

    Edge *i* has points ``point_offset[i]:point_offset[i + 1]`` and the pieces
    ``piece_offset[i]:piece_offset[i + 1]``.
    """

    node_osm_id: Ints
    node_lon: Floats
    node_lat: Floats
    edge_from: Ints
    edge_to: Ints
    limit_mps: Floats
    class_code: Ints
    name: Ints
    lanes: Ints
    oneway: NDArray[np.bool_]
    bridge: NDArray[np.bool_]
    users: NDArray[np.uint8]
    bus_lane: NDArray[np.bool_]
    piece_offset: Ints
    piece_way: Ints
    piece_reversed: NDArray[np.bool_]
    piece_share: Floats
    point_offset: Ints
    point_lon: Floats
    point_lat: Floats


def join_ways(ways: Sequence[Way], nodes: dict[int, tuple[float, float]]) -> tuple[RawEdges, tuple[str, ...]]:
    """Join and cut ways into directed edges that run from junction to junction.

    Parameters
    ----------
    ways : sequence of Way
        The roads.
    nodes : dict of int to (lon, lat)
        Where each node lies; must hold every node of every way.

    Returns
    -------
    edges : RawEdges
        All directed edges.
    names : tuple of str
        Street names, the first empty.
    """
    tail, head, seg_way, seg_reversed = _segments(ways)
    osm_id, flat = np.unique(np.concatenate((tail, head)), return_inverse=True)
    tail, head = flat[: len(tail)], flat[len(tail) :]
    key = tail * len(osm_id) + head
    _, first = np.unique(key, return_index=True)
    first.sort()
    tail, head, seg_way, seg_reversed = tail[first], head[first], seg_way[first], seg_reversed[first]
    lon = np.array([nodes[n][0] for n in osm_id.tolist()])
    lat = np.array([nodes[n][1] for n in osm_id.tolist()])
    code = np.array([way.users for way in ways], dtype=np.int64)[seg_way, seg_reversed.astype(int)]
    paths = _walk(tail, head, _junctions(tail, head, len(osm_id)) | _changes(tail, head, code, len(osm_id)))
    return _raw(ways, (osm_id, lon, lat), (tail, head, seg_way, seg_reversed), paths)


def _segments(ways: Sequence[Way]) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    tails, heads, numbers, reverses = [], [], [], []
    for number, way in enumerate(ways):
        refs = np.array(way.nodes, dtype=np.int64)
        a, b = refs[:-1], refs[1:]
        keep = a != b
        a, b = a[keep], b[keep]
        along, against = way.users
        for wanted, start, end, backward in ((along, a, b, False), (against, b[::-1], a[::-1], True)):
            if wanted:
                tails.append(start)
                heads.append(end)
                numbers.append(np.full(len(start), number))
                reverses.append(np.full(len(start), backward))
    if not tails:
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, empty, np.empty(0, dtype=bool)
    return np.concatenate(tails), np.concatenate(heads), np.concatenate(numbers), np.concatenate(reverses)


def _junctions(tail: Ints, head: Ints, count: int) -> NDArray[np.bool_]:
    """Tell which nodes end edges: all but those where a road merely runs on (the rule of osmnx)."""
    outs = np.bincount(tail, minlength=count)
    ins = np.bincount(head, minlength=count)
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    pairs = np.unique(low * count + high)
    neighbours = np.bincount(pairs // count, minlength=count) + np.bincount(pairs % count, minlength=count)
    degree = outs + ins
    runs_on = (outs > 0) & (ins > 0) & (neighbours == 2) & ((degree == 2) | (degree == 4))
    return np.asarray(~runs_on)


def _changes(tail: Ints, head: Ints, users: Ints, count: int) -> NDArray[np.bool_]:
    """Tell at which nodes other vehicles are let in than before: an edge is the same for all its length."""
    key, back = tail * count + head, head * count + tail
    order = np.argsort(key)
    found = np.minimum(np.searchsorted(key[order], back), len(key) - 1)
    against = np.where(key[order][found] == back, users[order][found], 0)
    code = np.minimum(users, against) * 8 + np.maximum(users, against)
    low, high = np.full(count, 64), np.zeros(count, dtype=np.int64)
    for end in (tail, head):
        np.minimum.at(low, end, code)
        np.maximum.at(high, end, code)
    return np.asarray(low != high)


def _walk(tail: Ints, head: Ints, junction: NDArray[np.bool_]) -> list[list[int]]:
    """Follow every road from junction to junction; each path is a list of segment rows."""
    onward: dict[int, list[int]] = {}
    tails, heads = tail.tolist(), head.tolist()
    ends = junction.tolist()
    starts = []
    for row, node in enumerate(tails):
        if ends[node]:
            starts.append(row)
        else:
            onward.setdefault(node, []).append(row)
    paths = []
    for start in starts:
        path = [start]
        before, node = tails[start], heads[start]
        while not ends[node]:
            rows = onward[node]
            row = rows[0] if heads[rows[0]] != before or len(rows) == 1 else rows[1]
            path.append(row)
            before, node = node, heads[row]
        paths.append(path)
    return paths


def _raw(
    ways: Sequence[Way],
    places: tuple[Ints, Floats, Floats],
    segments: tuple[Ints, Ints, Ints, NDArray[np.bool_]],
    paths: list[list[int]],
) -> tuple[RawEdges, tuple[str, ...]]:
    osm_id, lon, lat = places
    tail, head, seg_way, seg_reversed = segments
    sizes = np.array([len(p) for p in paths], dtype=np.int64)
    flat = np.array([row for p in paths for row in p], dtype=np.int64)
    start = np.concatenate(([0], np.cumsum(sizes)))
    edge_of = np.repeat(np.arange(len(paths)), sizes)
    # Points: the tail of every segment, and the head of the last one of each edge.
    point_offset = start + np.arange(len(paths) + 1)
    points = np.empty(len(flat) + len(paths), dtype=np.int64)
    points[np.arange(len(flat)) + edge_of] = tail[flat]
    points[point_offset[1:] - 1] = head[flat[start[1:] - 1]]
    # Pieces: runs of one way and direction within an edge.
    way, backward = seg_way[flat], seg_reversed[flat]
    new = np.ones(len(flat), dtype=bool)
    new[1:] = (way[1:] != way[:-1]) | (backward[1:] != backward[:-1]) | (edge_of[1:] != edge_of[:-1])
    piece = np.cumsum(new) - 1
    length = _metres(lon[tail[flat]], lat[tail[flat]], lon[head[flat]], lat[head[flat]])
    piece_length = np.bincount(piece, weights=length)
    piece_edge = edge_of[new]
    piece_offset = np.searchsorted(piece_edge, np.arange(len(paths) + 1))
    edge_length = np.bincount(edge_of, weights=length)
    ends = np.cumsum(piece_length)
    before = np.concatenate(([0.0], np.cumsum(edge_length)))[piece_edge]
    share = (ends - before) / np.maximum(edge_length[piece_edge], 1e-9)
    # What an edge is, its longest piece says; its limit is the one that gives the same travel time.
    order = np.lexsort((-piece_length, piece_edge))
    chief = way[new][order[piece_offset[:-1]]]
    chief_back = backward[new][order[piece_offset[:-1]]].astype(int)
    limits = np.array([w.limit_mps for w in ways])
    seconds = np.bincount(edge_of, weights=length / limits[way])
    names = ("", *sorted({w.name for w in ways} - {""}))
    code = {name: i for i, name in enumerate(names)}
    raw = RawEdges(
        node_osm_id=osm_id,
        node_lon=lon,
        node_lat=lat,
        edge_from=tail[flat[start[:-1]]],
        edge_to=head[flat[start[1:] - 1]],
        limit_mps=edge_length / np.maximum(seconds, 1e-9),
        class_code=np.array([w.class_code for w in ways])[chief],
        name=np.array([code[w.name] for w in ways])[chief],
        lanes=np.array([w.lanes for w in ways])[chief, chief_back],
        oneway=np.array([w.oneway for w in ways])[chief],
        bridge=np.bincount(edge_of, weights=np.array([w.bridge for w in ways])[way]) > 0,
        users=np.array([w.users for w in ways], dtype=np.uint8)[way[start[:-1]], backward[start[:-1]].astype(int)],
        bus_lane=np.bincount(edge_of, weights=np.array([w.bus_lanes for w in ways])[way, backward.astype(int)]) > 0,
        piece_offset=piece_offset,
        piece_way=np.array([w.way_id for w in ways])[way[new]],
        piece_reversed=backward[new],
        piece_share=share,
        point_offset=point_offset,
        point_lon=lon[points],
        point_lat=lat[points],
    )
    return raw, names


def _metres(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    k = np.cos(np.radians((lat_a + lat_b) / 2))
    return np.maximum(METRES_PER_DEGREE * np.hypot((lon_b - lon_a) * k, lat_b - lat_a), 1e-3)


def finish(
    raw: RawEdges,
    names: tuple[str, ...],
    signals: Sequence[tuple[float, float]],
    findings: Sequence[Finding],
    source: str,
) -> RoadNetwork:
    """Keep the largest part in which every place reaches every other, and lay it out in metres.

    Parameters
    ----------
    raw : RawEdges
        All directed edges.
    names : tuple of str
        Street names, the first empty.
    signals : sequence of (lon, lat)
        Traffic signals.
    findings : sequence of Finding
        What was found while reading.
    source : str
        What to call the input in an error.

    Returns
    -------
    RoadNetwork
        Its nodes and edges are numbered anew, in OSM order.

    Raises
    ------
    NetworkError
        If nothing connected is left.
    """
    count = len(raw.node_osm_id)
    if len(raw.edge_from) == 0:
        raise NetworkError(
            f"{source} holds no road that vehicles may drive: give an OpenStreetMap extract with highways"
        )
    ones = np.ones(len(raw.edge_from), dtype=np.int8)
    graph = coo_array((ones, (raw.edge_from, raw.edge_to)), shape=(count, count)).tocsr()
    _, label = connected_components(graph, directed=True, connection="strong")
    used = np.zeros(count, dtype=bool)
    used[raw.edge_from] = used[raw.edge_to] = True
    best = int(np.argmax(np.bincount(label[used])))
    keep_node = used & (label == best)
    keep = keep_node[raw.edge_from] & keep_node[raw.edge_to]
    if not keep.any():
        raise NetworkError(f"{source} holds no roads that connect: the extract may be cut too small")
    dropped = int((~keep).sum())
    notes = list(findings)
    if dropped:
        notes.append(
            Finding(
                "unreachable",
                dropped,
                Text(
                    vi=f"{dropped} đoạn đường không đi tới được từ phần còn lại nên bị bỏ",
                    en=f"{dropped} edges that cannot be reached from the rest, and back, were dropped",
                ),
            )
        )
    return lay_out(raw, names, signals, tuple(notes), keep, keep_node)


def lay_out(
    raw: RawEdges,
    names: tuple[str, ...],
    signals: Sequence[tuple[float, float]],
    findings: tuple[Finding, ...],
    keep: NDArray[np.bool_],
    keep_node: NDArray[np.bool_],
) -> RoadNetwork:
    """Lay edges out in metres of their own UTM zone.

    Parameters
    ----------
    raw : RawEdges
        All directed edges.
    names : tuple of str
        Street names, the first empty.
    signals : sequence of (lon, lat)
        Traffic signals.
    findings : tuple of Finding
        What was found while reading.
    keep : ndarray of bool, shape (edges,)
        Which edges to keep.
    keep_node : ndarray of bool, shape (nodes,)
        Which nodes; those of all kept edges among them.

    Returns
    -------
    RoadNetwork
        Its nodes and edges are numbered anew, in the order given.
    """
    number = np.cumsum(keep_node) - 1
    point_size, piece_size = np.diff(raw.point_offset), np.diff(raw.piece_offset)
    keep_point, keep_piece = np.repeat(keep, point_size), np.repeat(keep, piece_size)
    lon, lat = raw.point_lon[keep_point], raw.point_lat[keep_point]
    projection = Projection(utm_epsg(float(np.median(lon)), float(np.median(lat))))
    x, y = projection.to_xy(lon, lat)
    node_x, node_y = projection.to_xy(raw.node_lon[keep_node], raw.node_lat[keep_node])
    point_offset = np.concatenate(([0], np.cumsum(point_size[keep])))
    piece_offset = np.concatenate(([0], np.cumsum(piece_size[keep])))
    step = np.hypot(np.diff(x, prepend=0.0), np.diff(y, prepend=0.0))
    step[point_offset[:-1]] = 0.0
    length = np.maximum(np.add.reduceat(step, point_offset[:-1]), 0.1)
    signal = np.array(signals, dtype=float).reshape(-1, 2)
    return RoadNetwork(
        epsg=projection.epsg,
        names=names,
        findings=findings,
        node_osm_id=raw.node_osm_id[keep_node],
        node_lon=raw.node_lon[keep_node],
        node_lat=raw.node_lat[keep_node],
        node_x_m=node_x,
        node_y_m=node_y,
        edge_from=number[raw.edge_from[keep]],
        edge_to=number[raw.edge_to[keep]],
        edge_length_m=length,
        edge_speed_limit_mps=raw.limit_mps[keep],
        edge_class=raw.class_code[keep],
        edge_name=raw.name[keep],
        edge_lanes=raw.lanes[keep],
        edge_oneway=raw.oneway[keep],
        edge_bridge=raw.bridge[keep],
        edge_users=raw.users[keep],
        edge_bus_lane=raw.bus_lane[keep],
        piece_offset=piece_offset,
        piece_way=raw.piece_way[keep_piece],
        piece_reversed=raw.piece_reversed[keep_piece],
        piece_end_m=raw.piece_share[keep_piece] * np.repeat(length, piece_size[keep]),
        point_offset=point_offset,
        point_lon=lon,
        point_lat=lat,
        point_x_m=x,
        point_y_m=y,
        signal_lon=signal[:, 0],
        signal_lat=signal[:, 1],
    )
