"""Which edges of the road network the links of a timetable run over: made once for each timetable."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from fleet.arrivals.links import Ints, Links, list_samples
from fleet.gtfs.timetable import Timetable
from routing.matching import MatchModel, RoadModel
from routing.network import RoadNetwork

MOVING_MPS = 10.0
# A shape that was drawn lies on its road; the street beside it is another one.
MODEL = MatchModel(radius_m=30.0, limit=6, place_sd_m=8.0)
# Two roads so much alike, in log odds, cannot be told apart: neither is taken.
DOUBTFUL = 0.1
# On an edge of this length a queue may as well lie elsewhere as on the part that a link covers.
QUEUE_M = 1000.0


@dataclass(frozen=True, eq=False)
class Ways:
    """Metres of each link on each edge that any link runs over.

    ``number`` has the column of each edge by its stable name; ``metres`` is links × edges; ``elsewhere`` (the same
    shape, m²) is how unsure it is that what an edge loses is lost on the link's part of it: the variance of the metres.
    ``planned_s`` is what timetables give the link on average.
    """

    number: Mapping[str, int]
    metres: csr_matrix
    elsewhere: csr_matrix
    planned_s: NDArray[np.float64]


def lay_links(timetable: Timetable, links: Links, network: RoadNetwork) -> Ways:
    """Find the edges under each link's shape.

    Parameters
    ----------
    timetable : Timetable
        Its shapes; a trip whose feed draws none lies on no edge.
    links : Links
        Of the timetable.
    network : RoadNetwork
        The roads.

    Returns
    -------
    Ways
        Nothing for what lies over 30 m beside every road of its direction.
    """
    samples = list_samples(timetable, links.of_row, links.count, drawn=True)
    lon, lat = timetable.frame.to_degrees(samples.x, samples.y)
    x, y = network.to_xy(lon, lat)
    heading = np.degrees(np.arctan2(samples.dx, samples.dy)) % 360.0
    edge = _nearest(RoadModel(network, MODEL), x, y, heading)
    on = edge >= 0
    used, column = np.unique(edge[on], return_inverse=True)
    metres = csr_matrix((samples.metres[on], (samples.link[on], column)), shape=(links.count, max(1, len(used))))
    count = np.bincount(links.of_row[links.of_row >= 0], minlength=links.count)
    planned = np.bincount(
        links.of_row[links.of_row >= 0], weights=links.planned_s[links.of_row >= 0], minlength=links.count
    )
    return Ways(
        {network.edge_ids[e]: i for i, e in enumerate(used.tolist())}, metres,
        _elsewhere(metres, network.edge_length_m[used]), planned / np.maximum(count, 1),
    )  # fmt: skip


def _elsewhere(metres: csr_matrix, length_m: NDArray[np.float64]) -> csr_matrix:
    length = length_m[metres.indices]
    share = np.minimum(metres.data / length, 1.0)
    local = length / (length + QUEUE_M)
    variance = (length * local) ** 2 * share * (1.0 - share)
    return csr_matrix((variance, metres.indices, metres.indptr), shape=metres.shape)


def _nearest(roads: RoadModel, x: NDArray[np.float64], y: NDArray[np.float64], heading: NDArray[np.float64]) -> Ints:
    """Return the edge under each place, -1 where none is or two are alike."""
    near, log_p = roads.near(x, y, np.full(len(x), MOVING_MPS), heading)
    order = np.lexsort((-log_p, near.place))
    place, edge, log_p = near.place[order], near.edge[order], log_p[order]
    best = np.flatnonzero(np.diff(place, prepend=-1))
    after = np.minimum(best + 1, len(place) - 1)
    alone = (after == best) | (place[after] != place[best])
    clear = best[alone | (log_p[best] - log_p[after] > DOUBTFUL)]
    found = np.full(len(x), -1, dtype=np.int64)
    found[place[clear]] = edge[clear]
    return found
