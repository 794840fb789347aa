"""Find the edges near places, whole arrays at a time."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from scipy.spatial import cKDTree

from routing.network.graph import Floats, Ints, RoadNetwork
from routing.network.vehicles import WIDE, Vehicle


@dataclass(frozen=True)
class NearEdges:
    """Edges near places: one row per place and edge, by place, the nearest first.

    ``off_m`` is the distance to the edge, ``along_m`` how far along it the nearest point
    lies, ``side_m`` the signed distance (positive: the place is right of the direction of
    travel), ``heading_deg`` the direction of travel there, clockwise from north.
    """

    place: Ints
    edge: Ints
    off_m: Floats
    along_m: Floats
    side_m: Floats
    heading_deg: Floats

    def rows_of(self, count: int) -> Ints:
        """Return where the rows of each of ``count`` places begin, and the end; shape (count + 1,)."""
        return np.searchsorted(self.place, np.arange(count + 1))


class Pieces(NamedTuple):
    """The straight pieces of all edges, one a row.

    Each begins at ``x, y`` and goes on by ``dx, dy`` for ``length`` metres; it lies on ``edge`` and begins ``before``
    metres along it.
    """

    edge: Ints
    x: Floats
    y: Floats
    dx: Floats
    dy: Floats
    length: Floats
    before: Floats


def pieces_of(network: RoadNetwork, users: Vehicle = WIDE) -> Pieces:
    """Return the straight pieces of the edges that some vehicles may drive; none is shorter than a micrometre."""
    last = np.zeros(len(network.point_x_m), dtype=bool)
    last[network.point_offset[1:] - 1] = True
    first = np.flatnonzero(~last)
    owner = np.repeat(np.arange(network.edge_count), np.diff(network.point_offset))
    first = first[(network.edge_users[owner[first]] & int(users)) > 0]
    edge = owner[first]
    x, y = network.point_x_m[first], network.point_y_m[first]
    dx, dy = network.point_x_m[first + 1] - x, network.point_y_m[first + 1] - y
    return Pieces(edge, x, y, dx, dy, np.maximum(np.hypot(dx, dy), 1e-6), network.point_m[first])


class EdgeIndex:
    """A spatial index of the straight pieces of edges.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    users : Vehicle
        Edges that none of these may drive are not found.
    """

    def __init__(self, network: RoadNetwork, users: Vehicle = WIDE) -> None:
        self.network = network
        self._edge, self._x, self._y, self._dx, self._dy, self._length, self._before = pieces_of(network, users)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        ends = np.stack((self._x, self._y, self._x + self._dx, self._y + self._dy), axis=1)
        return shapely.STRtree(shapely.linestrings(ends.reshape(-1, 2, 2)))

    @cached_property
    def _node_tree(self) -> cKDTree:
        return cKDTree(np.column_stack((self.network.node_x_m, self.network.node_y_m)))

    def near(self, lon: Floats, lat: Floats, radius_m: float = 60.0, limit: int = 0) -> NearEdges:
        """Find every edge within a radius of each place.

        Parameters
        ----------
        lon, lat : ndarray, shape (n,)
            Degrees.
        radius_m : float
            Metres.
        limit : int
            Keep at most so many edges a place; 0 keeps all.

        Returns
        -------
        NearEdges
            An edge appears once a place, with its nearest point.
        """
        x, y = self.network.to_xy(np.atleast_1d(lon), np.atleast_1d(lat))
        return self.near_xy(x, y, radius_m, limit)

    def near_xy(self, x_m: Floats, y_m: Floats, radius_m: float = 60.0, limit: int = 0) -> NearEdges:
        """Do what `near` does, for places in metres of the network's frame.

        Parameters
        ----------
        x_m, y_m : ndarray, shape (n,)
            Metres.
        radius_m : float
            Metres.
        limit : int
            Keep at most so many edges a place; 0 keeps all.

        Returns
        -------
        NearEdges
            An edge appears once a place, with its nearest point.
        """
        place, piece = self._tree.query(shapely.points(x_m, y_m), predicate="dwithin", distance=radius_m)
        rx, ry = x_m[place] - self._x[piece], y_m[place] - self._y[piece]
        ux, uy = self._dx[piece] / self._length[piece], self._dy[piece] / self._length[piece]
        along = np.clip(rx * ux + ry * uy, 0.0, self._length[piece])
        off = np.hypot(rx - along * ux, ry - along * uy)
        side = rx * uy - ry * ux
        order = np.lexsort((off, self._edge[piece], place))
        p, e = place[order], self._edge[piece][order]
        best = np.ones(len(p), dtype=bool)
        best[1:] = (p[1:] != p[:-1]) | (e[1:] != e[:-1])
        order = order[best]
        order = order[np.lexsort((self._edge[piece][order], np.round(off[order], 3), place[order]))]
        if limit:
            p = place[order]
            rank = np.arange(len(p)) - np.searchsorted(p, p)
            order = order[rank < limit]
        heading = np.degrees(np.arctan2(ux[order], uy[order])) % 360.0
        return NearEdges(
            place=place[order],
            edge=self._edge[piece][order],
            off_m=off[order],
            along_m=self._before[piece[order]] + along[order],
            side_m=np.copysign(off[order], side[order]),
            heading_deg=heading,
        )

    def nearest_node(self, lon: float, lat: float) -> tuple[int, float]:
        """Find the junction nearest to a place.

        Parameters
        ----------
        lon, lat : float
            Degrees.

        Returns
        -------
        node : int
            Its row.
        distance_m : float
            How far away it lies.
        """
        x, y = self.network.to_xy(np.array([lon]), np.array([lat]))
        distance, node = self._node_tree.query([x[0], y[0]])
        return int(node), float(distance)


def turn_deg(a: Floats, b: Floats) -> Floats:
    """Return the angle between two headings, 0 to 180 degrees."""
    return np.abs((np.asarray(a) - np.asarray(b) + 180.0) % 360.0 - 180.0)
