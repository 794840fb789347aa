"""A rider whose two-wheeler is not found, or a two-wheeler without its rider: a look may show a part of a road user."""

import numba
import numpy as np
from numpy.typing import NDArray

from vision.tracks.matching import OVERLAP_WEIGHT, TAIL, Floats
from vision.tracks.motion import SEEN_SD, SMALLEST_PX

# A part costs so much more than the whole.
PART = 20.0
# What is not seen is measured with so many times the variance.
UNKNOWN = 1e4


def part_surprise(place: Floats, place_var: Floats, x: Floats, y: Floats, below: Floats) -> Floats:
    """Return how surprising each part would be as a look at each road user, as `surprise` less overlap does of wholes.

    Parameters
    ----------
    place, place_var : ndarray
        n × 4, where the road users should be, and variances.
    x, y : ndarray
        m each, middle x, and y of the edge that was seen: the top of a rider, the top or the foot of a two-wheeler.
    below : ndarray
        m, how far below the head that edge is, in heights of the whole.

    Returns
    -------
    ndarray
        n × m.
    """
    tall = np.maximum(place[:, 3:], SMALLEST_PX)
    var = place_var + (SEEN_SD * tall) ** 2
    far, overlap = _apart(place, var, x, y, below)
    density = np.log(var / tall**2).sum(axis=1)[:, None]
    return np.asarray((TAIL + 4) * np.log1p(far / TAIL) + density - overlap + PART)


@numba.njit(cache=True)
def _apart(place: Floats, var: Floats, x: Floats, y: Floats, below: Floats) -> tuple[Floats, Floats]:
    """Return how far each edge is from where each road user has it, in variances, and what boxes so near overlap."""
    far, overlap = np.empty((len(place), len(x))), np.empty((len(place), len(x)))
    for i in range(len(place)):
        wide, tall = max(place[i, 2], SMALLEST_PX), max(place[i, 3], SMALLEST_PX)
        for j in range(len(x)):
            aside, up = x[j] - place[i, 0], y[j] - (place[i, 1] - (1 - below[j]) * place[i, 3])
            far[i, j] = aside**2 / var[i, 0] + up**2 / var[i, 1]
            alike = max(1 - abs(aside) / wide, 0.0) * max(1 - abs(up) / tall, 0.0)
            overlap[i, j] = OVERLAP_WEIGHT * alike / (2 - alike)
    return far, overlap


def as_whole(
    place: Floats,
    state: Floats,
    noise: Floats,
    foot_hidden: NDArray[np.bool_],
    is_part: NDArray[np.bool_],
    is_bare: NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    """Return what looks say of the whole road users: where a foot is hidden it stands as far below the head as it did.

    Parameters
    ----------
    place : ndarray
        n × 4, where they should be.
    state, noise : ndarray
        n × 4, what was seen of them, and variances.
    foot_hidden, is_part, is_bare : ndarray
        n each; of a part width and height are not known, nor the foot of a bare two-wheeler that is hidden.

    Returns
    -------
    state, noise : ndarray
        n × 4.
    """
    state, noise = state.copy(), noise.copy()
    _fill_up(place, state, noise, foot_hidden, is_part, is_bare)
    return state, noise


@numba.njit(cache=True)
def _fill_up(
    place: Floats,
    state: Floats,
    noise: Floats,
    foot_hidden: NDArray[np.bool_],
    is_part: NDArray[np.bool_],
    is_bare: NDArray[np.bool_],
) -> None:
    for i in range(len(place)):
        if foot_hidden[i]:
            state[i, 1] = state[i, 1] - state[i, 3] + place[i, 3]
        if foot_hidden[i] or is_part[i]:
            state[i, 3] = place[i, 3]
            noise[i, 3] *= UNKNOWN
        if is_part[i]:
            noise[i, 2] *= UNKNOWN
            if is_bare[i] and foot_hidden[i]:
                noise[i, 1] *= UNKNOWN
