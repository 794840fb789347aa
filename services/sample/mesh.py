"""Local streets of the sample: between the main roads an uneven grid, the denser the nearer to the old quarter."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from services.sample.land import unbuilt
from services.sample.roads_outer import ROADS
from services.sample.streets import Floats, Place, joints, place_of, to_metres, to_places

# Kilometres from the lake → metres between streets.
RING_KM, SPACING_M = (0.0, 1.3, 3.0, 5.0, 8.0, 11.0), (85.0, 120.0, 190.0, 240.0, 310.0, 380.0)
OUTSIDE_KM = 11.0
OLD_QUARTER_KM, OLD_QUARTER_SPACING_M = 0.75, 80.0
OLD_QUARTER: Place = (21.0355, 105.8505)
LEAVE_OUT = 0.16
UNEVEN, SWAY = 0.17, 0.06
FROM_JOINT_M = 45.0
LEAST_STREET_M = 25.0
SNAP_M = 1.0

Lines = Any  # an array of shapely lines


@dataclass(frozen=True)
class Mesh:
    """Local streets, each as lat, lon, and where they join the pieces of the main roads.

    ``joined`` holds the points on the piece from one place to the next, in that order.
    """

    streets: tuple[tuple[Place, ...], ...]
    joined: dict[tuple[Place, Place], tuple[Place, ...]]


def make_mesh(seed: int) -> Mesh:
    """Lay the local streets.

    Parameters
    ----------
    seed : int
        Same seed, same streets.

    Returns
    -------
    Mesh
        Every street hangs together with the main roads.
    """
    pieces = main_pieces()
    roads = shapely.linestrings([to_metres(piece) for piece in pieces])
    blocks = shapely.get_parts(shapely.polygonize([shapely.union_all(roads)]))
    streets = [
        street
        for number, block in enumerate(blocks)
        for street in block_streets(block, np.random.default_rng([seed, 31, number]))
    ]
    return weld(streets, pieces, roads)


@cache
def main_pieces() -> tuple[tuple[Place, Place], ...]:
    """Return the straight pieces of the main roads at street level, without bridges and motorways."""
    return tuple(
        (place_of(a), place_of(b))
        for road in ROADS
        if not road.bridge and road.kind != "motorway"
        for a, b in pairwise(road.nodes)
    )


def spacing_m(middle: Floats) -> float | None:
    """Return the metres between streets around a place in metres, none outside the city."""
    km = float(np.hypot(*middle)) / 1000.0
    old = float(np.hypot(*(middle - to_metres([OLD_QUARTER])[0]))) / 1000.0
    if old < OLD_QUARTER_KM:
        return OLD_QUARTER_SPACING_M
    return float(np.interp(km, RING_KM, SPACING_M)) if km < OUTSIDE_KM else None


def block_streets(block: shapely.Polygon, rng: np.random.Generator) -> list[shapely.LineString]:
    """Return the streets of one block between main roads, cut where they cross.

    Parameters
    ----------
    block : Polygon
        In metres.
    rng : Generator
        Makes them uneven.

    Returns
    -------
    list of LineString
        In metres; none where the block is too small, outside the city, or all water.
    """
    spacing = spacing_m(np.array(block.centroid.coords[0]))
    if spacing is None or block.area < 1.2 * spacing**2:
        return []
    ground = block.intersection(_near_city()).difference(unbuilt())
    lines = [line for family in (0, 1) for line in _family(block, spacing, rng, across=bool(family))]
    if ground.is_empty or not lines:
        return []
    # The union cuts the lines where they cross.
    parts = shapely.get_parts(shapely.intersection(shapely.union_all(lines), ground))
    kept = (rng.random(len(parts)) >= LEAVE_OUT) & (shapely.length(parts) >= LEAST_STREET_M)
    return list(parts[kept & (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING)])


@cache
def _near_city() -> shapely.Polygon:
    return shapely.Point(0, 0).buffer(OUTSIDE_KM * 1000.0, 32)


def _family(
    block: shapely.Polygon, spacing: float, rng: np.random.Generator, *, across: bool
) -> list[shapely.LineString]:
    """Return long parallel lines over a block, along its longer side or across it, each a little bent."""
    box = np.array(shapely.minimum_rotated_rectangle(block).exterior.coords)
    sides = np.diff(box[:3], axis=0)
    ahead = sides[int(np.argmax(np.hypot(*sides.T)))]
    ahead = ahead / np.hypot(*ahead)
    if across:
        ahead = np.array([-ahead[1], ahead[0]])
    aside = np.array([-ahead[1], ahead[0]])
    far, reach = box[:-1] @ aside, box[:-1] @ ahead
    count = int((far.max() - far.min()) // spacing)
    at = far.min() + (np.arange(count) + 0.75 + rng.uniform(-UNEVEN, UNEVEN, count)) * spacing
    step = np.arange(reach.min() - spacing, reach.max() + 2 * spacing, spacing)
    made = []
    for offset in at:
        sway = offset + rng.normal(0.0, SWAY * spacing, len(step))
        made.append(shapely.LineString(np.outer(step, ahead) + np.outer(sway, aside)))
    return made


def weld(streets: list[shapely.LineString], pieces: tuple[tuple[Place, Place], ...], roads: Lines) -> Mesh:
    """Join streets to the main roads they end at, and drop those that hang together with none.

    Parameters
    ----------
    streets : list of LineString
        In metres.
    pieces : tuple of (Place, Place)
        The straight pieces of the main roads.
    roads : ndarray of LineString
        The same in metres.

    Returns
    -------
    Mesh
        What is left.
    """
    tree = shapely.STRtree(roads)
    corners = cKDTree(to_metres(list(joints())))

    def touching(lines: list[shapely.LineString]) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
        ends = np.array([(line.coords[0], line.coords[-1]) for line in lines]).reshape(-1, 2)
        end, row = tree.query(shapely.points(ends), predicate="dwithin", distance=SNAP_M)
        return ends, end, row

    ends, end, _ = touching(streets)
    crowded = set((end[np.asarray(corners.query(ends[end])[0]) < FROM_JOINT_M] // 2).tolist())
    streets = [street for number, street in enumerate(streets) if number not in crowded]
    ends, end, row = touching(streets)
    held = _held(ends, np.unique(end))
    joined: dict[tuple[Place, Place], set[tuple[float, Place]]] = defaultdict(set)
    for number, piece in zip(end.tolist(), row.tolist(), strict=True):
        along = float(shapely.line_locate_point(roads[piece], shapely.points(ends[number])))
        joined[pieces[piece]].add((along, to_places(ends[number][None, :])[0]))
    kept = [tuple(to_places(np.array(street.coords))) for street, keep in zip(streets, held, strict=True) if keep]
    return Mesh(tuple(kept), {piece: tuple(p for _, p in sorted(found)) for piece, found in joined.items()})


def _held(ends: Floats, on_road: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which streets reach a main road, through others or by themselves."""
    _, node = np.unique(np.array(to_places(ends)), axis=0, return_inverse=True)
    pairs = node.reshape(-1, 2)
    size = int(node.max()) + 1
    links = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    _, part = connected_components(links, directed=False)
    held = np.isin(part, part[node.reshape(-1)[on_road]])
    reached: NDArray[np.bool_] = held[pairs[:, 0]]
    return reached
