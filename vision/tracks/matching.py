"""Which detection is which road user: the likeliest of all ways to share them out, and how sure it is."""

import numba
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
    far, (one, two, three, four) = _unlike(place, place_var, seen, noise)
    return np.asarray((TAIL + 4) * np.log1p(far / TAIL) + (np.log(one) + np.log(two) + np.log(three) + np.log(four)))


@numba.njit(cache=True)
def _unlike(place: Floats, place_var: Floats, seen: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """Return how far each detection is from each road user, in variances summed, and the four variances, in heights."""
    far, spread = np.zeros((len(place), len(seen))), np.empty((4, len(place), len(seen)))
    for i in range(len(place)):
        scale = max(place[i, 3], 4.0)
        for side in range(4):
            for j in range(len(seen)):
                var = place_var[i, side] + noise[j, side]
                far[i, j] += (seen[j, side] - place[i, side]) ** 2 / var
                spread[side, i, j] = var / (scale * scale)
    return far, spread


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


@numba.njit(cache=True)
def _doubtful(gain: Floats, rows: Rows, columns: Rows) -> NDArray[np.bool_]:
    """Tell which pairs could nearly as well be exchanged with another, or with one left over."""
    doubtful = np.zeros(len(rows), np.bool_)
    idle, free = np.ones(len(gain), np.bool_), np.ones(gain.shape[1], np.bool_)
    idle[rows], free[columns] = False, False
    for k in range(len(rows)):
        own = gain[rows[k], columns[k]]
        for i in range(len(gain)):
            doubtful[k] |= idle[i] and gain[i, columns[k]] < 0 and gain[i, columns[k]] - own < DOUBT
        for j in range(gain.shape[1]):
            doubtful[k] |= free[j] and gain[rows[k], j] < 0 and gain[rows[k], j] - own < DOUBT
        for other in range(len(rows)):
            here, there = gain[rows[k], columns[other]], gain[rows[other], columns[k]]
            if other != k and here < 0 and there < 0:  # two that cannot take each other's box are no rivals
                doubtful[k] |= here + there - own - gain[rows[other], columns[other]] < DOUBT
    return doubtful
