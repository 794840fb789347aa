"""How well a source tells places and headings, learnt from reports that were surely matched."""

import math

import numpy as np

from routing.matching.kernel import STANDING_MPS
from routing.network.graph import Floats, Ints

PLACE_SD_M, MOVING_WEIGHT, STANDING_WEIGHT = 10.0, 10.0, 3.0
PRIOR_REPORTS = 200.0
SURE = 0.9
DRIVES, STANDS, NO_HEADING = 0, 1, 2
KINDS = 3
LEAST_SD_M, MOST_SD_M = 4.0, 25.0
MOST_WEIGHT = 20.0


class SourceNoise:
    """The noise of one source: Gaussian beside the road, von Mises in heading, apart for who drives and who stands.

    A weight κ means a log likelihood of −κ(1 − cos of the angle); its best is 1 / (2 · mean of 1 − cos), for small
    angles. What was seen counts beside 200 reports of the usual noise.
    """

    def __init__(self) -> None:
        self._places = np.array([PRIOR_REPORTS, PRIOR_REPORTS * PLACE_SD_M**2])
        weights = np.array([MOVING_WEIGHT, STANDING_WEIGHT])
        self._bends = np.stack((np.full(2, PRIOR_REPORTS), PRIOR_REPORTS / (2.0 * weights)))

    @property
    def now(self) -> tuple[float, float, float]:
        """Standard deviation of places in metres, and the weights of headings of who drives and who stands."""
        count, squares = self._places
        sd_m = math.sqrt(squares / count)
        weights = np.minimum(MOST_WEIGHT, self._bends[0] / (2.0 * self._bends[1]))
        return min(MOST_SD_M, max(LEAST_SD_M, sd_m)), float(weights[0]), float(weights[1])

    def learn(self, off_m: Floats, bend: Floats, kind: Ints) -> None:
        """Learn from surely matched reports.

        Parameters
        ----------
        off_m : ndarray, shape (n,)
            Metres beside the road.
        bend : ndarray, shape (n,)
            1 − cos of the angle between heading and road.
        kind : ndarray, shape (n,)
            What `kind_of` told of each report.
        """
        self._places += (len(off_m), float((off_m**2).sum()))
        for column in (DRIVES, STANDS):
            self._bends[:, column] += (np.count_nonzero(kind == column), float(bend[kind == column].sum()))


def kind_of(speed_mps: Floats, heading_deg: Floats) -> Ints:
    """Return of each report what its heading tells of: `DRIVES`, `STANDS` or, where it has none, `NO_HEADING`."""
    stands = np.where(speed_mps < STANDING_MPS, STANDS, DRIVES)
    return np.where(np.isfinite(heading_deg), stands, NO_HEADING)
