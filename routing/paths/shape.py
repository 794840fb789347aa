"""Find the way a bus line takes on the roads, from its ordered stops."""

import itertools
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from routing.network.defaults import ROAD_CLASSES
from routing.network.graph import Floats, Ints, RoadNetwork
from routing.network.index import EdgeIndex, NearEdges
from routing.paths.finder import PathFinder
from routing.paths.line import cut_edge

MAX_CANDIDATES = 8
STOP_SD_M = 15.0
DETOUR_SCALE_M = 60.0
WRONG_SIDE_COST = 1.5
WRONG_SIDE_MIN_M = 3.0
ABSURD_FACTOR = 3.0
ABSURD_EXTRA_M = 500.0
# A metre of a small street counts as more than a metre: buses keep to the larger roads.
CLASS_FACTOR = {"unclassified": 1.1, "road": 1.2, "residential": 1.35, "living_street": 1.8, "motorway": 1.1}


@dataclass(frozen=True, slots=True)
class HopDoubt:
    """A hop between two stops that is a straight line: ``off_road``, ``no_path`` or ``absurd_detour``.

    ``straight_m`` is the distance between the stops, ``road_m`` the way by road where there is one.
    """

    hop: int
    reason: str
    straight_m: float
    road_m: float | None


@dataclass(frozen=True)
class ShapeThrough:
    """The way through a list of stops.

    ``lonlat`` has shape (n, 2); ``stop_m`` is the metre of the line at which each
    stop lies, never falling; ``edges`` are the edges driven, in order.
    """

    lonlat: Floats
    stop_m: Floats
    edges: Ints
    doubts: tuple[HopDoubt, ...]


class ShapeFinder:
    """Lays lines through stops; keep one for all lines of a network.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    """

    def __init__(self, network: RoadNetwork) -> None:
        factor = np.array([CLASS_FACTOR.get(name, 1.0) for name in ROAD_CLASSES])
        self.network = network
        self.index = EdgeIndex(network)
        self.factor = factor[network.edge_class]
        self.finder = PathFinder(network, network.edge_length_m * self.factor)


_finders: "WeakKeyDictionary[RoadNetwork, ShapeFinder]" = WeakKeyDictionary()


def shape_through(
    network: RoadNetwork, stops_lonlat: Floats, *, radius_m: float = 60.0, finder: ShapeFinder | None = None
) -> ShapeThrough:
    """Lay a line through stops on the road network.

    Every stop gets the roads near it as candidates; the sequence that fits the stops,
    their side of the road and the shortest ways between them best is taken. A hop
    whose way by road is absurdly long, or whose stop has no road near, is a straight
    line and is named in ``doubts``.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    stops_lonlat : ndarray, shape (n, 2)
        Stops in the order they are served; at least two.
    radius_m : float
        How far from a stop its road may lie.
    finder : ShapeFinder, optional
        Made for the network if absent; keep one for many lines.

    Returns
    -------
    ShapeThrough
        The line, where each stop lies on it, and the hops that are straight lines.

    Raises
    ------
    ValueError
        If there are fewer than two stops or a place is no number.
    """
    stops = np.asarray(stops_lonlat, dtype=float)
    if stops.ndim != 2 or stops.shape[1] != 2 or len(stops) < 2 or not np.isfinite(stops).all():
        raise ValueError(f"a shape needs two stops or more as lon, lat; got shape {stops.shape}")
    if finder is None:
        finder = _finders.get(network)
        if finder is None:
            finder = _finders[network] = ShapeFinder(network)
    x, y = network.to_xy(stops[:, 0], stops[:, 1])
    xy = np.column_stack((x, y))
    states = _candidates(finder, xy, radius_m)
    chosen = _viterbi(finder, xy, states)
    return _drawn(finder, xy, [state[row] for state, row in zip(states, chosen, strict=True)])


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A place on an edge where a stop may lie; edge -1 is the stop itself, off the roads."""

    edge: int
    along_m: float
    cost: float


def _candidates(finder: ShapeFinder, xy: Floats, radius_m: float) -> list[list[_Candidate]]:
    near: NearEdges = finder.index.near_xy(xy[:, 0], xy[:, 1], radius_m, MAX_CANDIDATES)
    two_way = ~finder.network.edge_oneway[near.edge]
    wrong = two_way & (near.side_m < -WRONG_SIDE_MIN_M)
    cost = 0.5 * (near.off_m / STOP_SD_M) ** 2 + WRONG_SIDE_COST * wrong
    rows = near.rows_of(len(xy))
    found = []
    for low, high in zip(rows[:-1].tolist(), rows[1:].tolist(), strict=True):
        columns = (near.edge[low:high].tolist(), near.along_m[low:high].tolist(), cost[low:high].tolist())
        found.append([_Candidate(*row) for row in zip(*columns, strict=True)] or [_Candidate(-1, 0.0, 0.0)])
    return found


def _absurd_m(straight_m: float) -> float:
    return ABSURD_FACTOR * straight_m + ABSURD_EXTRA_M


def _road_m(finder: ShapeFinder, here: list[_Candidate], there: list[_Candidate]) -> Floats:
    """Return the weighted metres by road between the candidates of two stops; ``inf`` where there is no way."""
    network, factor = finder.network, finder.factor
    if here[0].edge < 0 or there[0].edge < 0:
        return np.full((len(here), len(there)), np.inf)
    a, b = np.array([c.edge for c in here]), np.array([c.edge for c in there])
    along_a, along_b = np.array([c.along_m for c in here]), np.array([c.along_m for c in there])
    starts, start_row = np.unique(network.edge_to[a], return_inverse=True)
    ends, end_row = np.unique(network.edge_from[b], return_inverse=True)
    table = finder.finder.table(starts.tolist(), ends.tolist())[start_row][:, end_row]
    rest = np.maximum(network.edge_length_m[a] - along_a, 0.0) * factor[a]
    table = table + rest[:, None] + (along_b * factor[b])[None, :]
    ahead = along_b[None, :] - along_a[:, None]
    same = (a[:, None] == b[None, :]) & (ahead >= 0)
    return np.asarray(np.where(same, ahead * factor[a][:, None], table), dtype=float)


def _viterbi(finder: ShapeFinder, xy: Floats, states: list[list[_Candidate]]) -> list[int]:
    score = np.array([c.cost for c in states[0]])
    back: list[Ints] = []
    straight = np.hypot(*np.diff(xy, axis=0).T)
    for hop, (here, there) in enumerate(itertools.pairwise(states)):
        limit = _absurd_m(float(straight[hop]))
        road = np.minimum(_road_m(finder, here, there), limit)
        total = score[:, None] + np.maximum(road - straight[hop], 0.0) / DETOUR_SCALE_M
        best = np.argmin(total, axis=0)
        back.append(best)
        score = total[best, np.arange(len(there))] + np.array([c.cost for c in there])
    row = int(np.argmin(score))
    chosen = [row]
    for best in reversed(back):
        row = int(best[row])
        chosen.append(row)
    return chosen[::-1]


def _drawn(finder: ShapeFinder, xy: Floats, places: list[_Candidate]) -> ShapeThrough:
    pieces: list[Floats] = []
    edges: list[int] = []
    doubts: list[HopDoubt] = []
    ends = []
    points = [_point(finder.network, place, xy[i]) for i, place in enumerate(places)]
    for hop, (here, there) in enumerate(itertools.pairwise(places)):
        straight_m = float(np.hypot(*(xy[hop + 1] - xy[hop])))
        driven, doubt = _driven(finder, hop, straight_m, here, there)
        if driven is None:
            assert doubt is not None
            doubts.append(doubt)
            pieces.append(np.stack((points[hop], points[hop + 1])))
        else:
            pieces.append(_polyline(finder.network, driven, here.along_m, there.along_m))
            edges += driven[1:] if edges and edges[-1] == driven[0] else driven
        ends.append(len(pieces[-1]))
    line = np.concatenate(pieces)
    metres = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    stop_m = np.concatenate(([0.0], metres[np.cumsum(ends) - 1]))
    keep = np.concatenate(([True], np.diff(metres) > 0.01))
    if keep.sum() < 2:
        keep[-1] = True
    lon, lat = finder.network.to_lonlat(line[keep, 0], line[keep, 1])
    return ShapeThrough(np.column_stack((lon, lat)), stop_m, np.array(edges, dtype=np.int64), tuple(doubts))


def _point(network: RoadNetwork, place: _Candidate, stop_xy: Floats) -> Floats:
    return stop_xy if place.edge < 0 else cut_edge(network, place.edge, place.along_m, place.along_m)[0]


def _driven(
    finder: ShapeFinder, hop: int, straight_m: float, here: _Candidate, there: _Candidate
) -> tuple[list[int] | None, HopDoubt | None]:
    """Return the edges of one hop, or why it is a straight line."""
    if here.edge < 0 or there.edge < 0:
        return None, HopDoubt(hop, "off_road", straight_m, None)
    found = _by_road(finder, here, there)
    if found is None:
        return None, HopDoubt(hop, "no_path", straight_m, None)
    edges, road_m = found
    if road_m > _absurd_m(straight_m):
        return None, HopDoubt(hop, "absurd_detour", straight_m, road_m)
    return edges, None


def _by_road(finder: ShapeFinder, here: _Candidate, there: _Candidate) -> tuple[list[int], float] | None:
    """Return the edges between two places and the metres driven."""
    if here.edge == there.edge and there.along_m >= here.along_m:
        return [here.edge], there.along_m - here.along_m
    network = finder.network
    path = finder.finder.shortest(int(network.edge_to[here.edge]), int(network.edge_from[there.edge]))
    if path is None:
        return None
    rest_m = max(float(network.edge_length_m[here.edge]) - here.along_m, 0.0)
    road_m = rest_m + float(network.edge_length_m[path.edges].sum()) + there.along_m
    return [here.edge, *path.edges.tolist(), there.edge], road_m


def _polyline(network: RoadNetwork, edges: list[int], from_m: float, to_m: float) -> Floats:
    if len(edges) == 1:
        return cut_edge(network, edges[0], from_m, to_m)
    parts = [cut_edge(network, edges[0], from_m, np.inf)]
    parts += [network.xy_of(edge) for edge in edges[1:-1]]
    parts.append(cut_edge(network, edges[-1], 0.0, to_m))
    return np.concatenate(parts)
