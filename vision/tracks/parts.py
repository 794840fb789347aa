"""A rider whose two-wheeler is not found, or a two-wheeler without its rider: a look may show a part of a road user."""

import numpy as np
from numpy.typing import NDArray

from vision.tracks.matching import OVERLAP_WEIGHT, TAIL, Floats
from vision.tracks.motion import SEEN_SD, SMALLEST_PX

# A part costs so much more than the whole.
PART = 20.0
# What is not seen is measured with so many times the variance.
UNKNOWN = 1e4


def part_surprise(place: Floats, place_var: Floats, edge: Floats, below: float) -> Floats:
    """Return how surprising each part would be as a look at each road user, as `surprise` less overlap does of wholes.

    Parameters
    ----------
    place, place_var : ndarray
        n × 4, where the road users should be, and variances.
    edge : ndarray
        m × 2, middle x, and y of the edge that was seen: the top of a rider, the top or the foot of a two-wheeler.
    below : float
        How far below the head that edge is, in heights of the whole.

    Returns
    -------
    ndarray
        n × m.
    """
    tall = np.maximum(place[:, 3], SMALLEST_PX)
    due = place[:, 1] - (1 - below) * place[:, 3]
    aside, up = edge[None, :, 0] - place[:, None, 0], edge[None, :, 1] - due[:, None]
    var = place_var + (SEEN_SD * tall[:, None]) ** 2
    far = aside**2 / var[:, None, 0] + up**2 / var[:, None, 1]
    alike = np.clip(1 - np.abs(aside) / np.maximum(place[:, None, 2], SMALLEST_PX), 0.0, None)
    alike = alike * np.clip(1 - np.abs(up) / tall[:, None], 0.0, None)
    density = np.log(var / tall[:, None] ** 2).sum(axis=1)[:, None]
    return np.asarray((TAIL + 4) * np.log1p(far / TAIL) + density - OVERLAP_WEIGHT * alike / (2 - alike) + PART)


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
    head, tall = state[:, 1] - state[:, 3], place[:, 3]
    state, noise = state.copy(), noise.copy()
    state[foot_hidden, 1] = (head + tall)[foot_hidden]
    no_height = foot_hidden | is_part
    state[no_height, 3] = tall[no_height]
    noise[no_height, 3] *= UNKNOWN
    noise[is_part, 2] *= UNKNOWN
    noise[is_part & is_bare & foot_hidden, 1] *= UNKNOWN
    return state, noise
