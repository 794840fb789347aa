"""What the forecast is told at one moment, and what it makes of it: the features of every edge."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from routing.network.graph import Floats

HORIZONS_S = (900, 1800, 3600)
# How fast a deviation is forgotten: the mean of the last while, and of an edge of which nothing new is heard.
RECENT_S = 900.0
CARRY_S = 900.0
# A moment that comes so much later than the one before says nothing of what was between.
GAP_S = 1800.0


@dataclass(frozen=True)
class Moment:
    """What is known of all edges at one moment; speeds are shares of the edge's free speed.

    ``now`` is what traffic is thought to drive, NaN where nobody knows. ``usual`` is what is expected at this time of
    week, ``ahead`` at each horizon from now, shape (horizons, edges). ``doubt`` is 1 where nothing was learnt of what
    is usual and falls to 0. ``measured`` is what vehicles or loops themselves showed, NaN where there were none, and
    ``worth``, 0 to 1, how much that says: forecasts are judged and learnt by it.
    """

    time_ms: int
    now: Floats
    usual: Floats
    ahead: Floats
    doubt: Floats
    measured: Floats
    worth: Floats


class Deviations:
    """Keeps how far each edge and its neighbours are from what is usual, and turns it into features.

    Parameters
    ----------
    neighbours : sequence of csr_matrix, shape (edges, edges)
        Kinds of neighbours: rows are edges, each row's weights add up to 1 or are all 0.
    """

    def __init__(self, neighbours: Sequence[csr_matrix]) -> None:
        self._neighbours = neighbours
        count = neighbours[0].shape[0]
        self.last, self.recent = np.zeros(count), np.zeros(count)
        self.time_ms: int | None = None

    @property
    def width(self) -> int:
        """How many features an edge has."""
        return 8 + len(self._neighbours)

    def take(self, moment: Moment) -> None:
        """Take the deviations of a moment; what is not known is carried on and fades."""
        gone_s = 0.0 if self.time_ms is None else (moment.time_ms - self.time_ms) / 1000
        if not 0.0 <= gone_s <= GAP_S:
            self.last[:], self.recent[:], gone_s = 0.0, 0.0, 0.0
        known = ~np.isnan(moment.now)
        fresh = np.where(known, moment.now - moment.usual, self.last * np.exp(-gone_s / CARRY_S))
        self.recent += (1.0 - np.exp(-gone_s / RECENT_S)) * (fresh - self.recent)
        self.last, self.time_ms = fresh, moment.time_ms

    def features(self, moment: Moment, horizon: int) -> Floats:
        """Return what the deviation from the usual at a horizon is worked out from, shape (edges, `width`).

        One; the deviation now and of late; by how much the usual changes until then; how far the usual then lies above
        what is now; the neighbours' deviations; and three of these times the doubt in what is usual.
        """
        change = moment.ahead[horizon] - moment.usual
        above = np.maximum(change - self.last, 0.0)
        columns = [np.ones(len(change)), self.last, self.recent, change, above]
        columns += [moment.doubt * part for part in (self.last, change, above)]
        columns += [beside @ self.last for beside in self._neighbours]
        return np.column_stack(columns)


def decay_prior(width: int, horizon_s: float) -> Floats:
    """Return the weights of features before anything was learnt: the deviation now fades, all else is usual."""
    weights = np.zeros(width)
    weights[1] = np.exp(-horizon_s / 3600.0)
    return weights
