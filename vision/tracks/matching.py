"""Which detection is which road user: the likeliest of all ways to share them out, and how sure it is."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
# A pair that cannot be: another family of labels.
FAR = 1e6
# Degrees of freedom of the tails: one odd side of a half-hidden box must not lose a road user.
TAIL = 8.0
# Two boxes that are one weigh so much: errors of sides are alike from frame to frame, which variances do not know.
OVERLAP_WEIGHT = 40.0
# Ways to share out that are likelier by no more than this do not tell two road users apart.
DOUBT = 3.0
# A box that is likelier by more than this as a look at another road user that has one is no look.
OTHERS = 20.0


def surprise(place: Floats, place_var: Floats, seen: Floats, noise: Floats) -> Floats:
    """Return how surprising each detection would be as a look at each road user: minus twice the log likelihood.

    Parameters
    ----------
    place, place_var : ndarray
        n × 4, where the road users should be, and variances.
    seen, noise : ndarray
        m × 4, what was detected, and variances.

    Returns
    -------
    ndarray
        n × m, for lengths in heights of the road user.
    """
    scale = np.maximum(place[:, 3], 4.0)[:, None]
    far, spread = np.zeros((2, len(place), len(seen)))
    for side in range(4):  # one after the other: numpy sums slowly along an axis of four
        var = place_var[:, side, None] + noise[:, side]
        far += (seen[:, side] - place[:, side, None]) ** 2 / var
        spread += np.log(var / (scale * scale))
    return np.asarray((TAIL + 4) * np.log1p(far / TAIL) + spread)


def share_out(cost: Floats, most: float) -> tuple[Rows, Rows, NDArray[np.bool_]]:
    """Give each road user at most one detection so that the whole is likeliest.

    Parameters
    ----------
    cost : ndarray
        n × m; `FAR` where a pair cannot be.
    most : float
        A pair that costs more is none.

    Returns
    -------
    rows, columns : ndarray
        The pairs.
    doubtful : ndarray
        Of each pair, whether another way to share out is nearly as likely.
    """
    gain = np.minimum(cost - most, 0.0)
    rows, columns = linear_sum_assignment(gain)
    real = gain[rows, columns] < 0
    rows, columns = rows[real], columns[real]
    return rows, columns, _doubtful(gain, rows, columns)


def are_others(cost: Floats, rows: Rows, columns: Rows, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which pairs have a box that shows another better, who has a box of its own: a second one of that other.

    Parameters
    ----------
    cost : ndarray
        n × m, `FAR` where a pair cannot be.
    rows, columns : ndarray
        The pairs, k each.
    known : ndarray
        n, who counts as another.

    Returns
    -------
    ndarray
        k.
    """
    least = cost[rows[known[rows]]][:, columns].min(axis=0, initial=FAR)
    return np.asarray(least + OTHERS < cost[rows, columns])


def _doubtful(gain: Floats, rows: Rows, columns: Rows) -> NDArray[np.bool_]:
    """Tell which pairs could nearly as well be exchanged with another, or with one left over."""
    own = gain[rows, columns]
    swap = gain[np.ix_(rows, columns)]
    worse = swap + swap.T - own[:, None] - own[None, :]
    worse[(swap >= 0) | (swap.T >= 0)] = np.inf  # two that cannot take each other's box are no rivals
    np.fill_diagonal(worse, np.inf)
    doubtful = (worse < DOUBT).any(axis=1)
    idle = np.delete(gain, rows, axis=0)[:, columns]
    free = np.delete(gain, columns, axis=1)[rows]
    doubtful |= ((idle < 0) & (idle - own < DOUBT)).any(axis=0)
    doubtful |= ((free < 0) & (free - own[:, None] < DOUBT)).any(axis=1)
    return np.asarray(doubtful)
