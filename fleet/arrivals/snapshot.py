"""What may be used at one time, and what our errors so far say of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """What our errors say of the model.

    ``beta`` and ``weight`` (kinds, terms) are its coefficients; ``quantile`` (kinds, 3, horizons) in spreads and
    ``shift_s`` (kinds, horizons, spreads) in seconds lie around what is expected.
    """

    beta: Floats
    weight: Floats
    quantile: Floats
    shift_s: Floats


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What may be used at one time; the same for every bus that asks in the same minute.

    ``ratio`` is the running time of each link now over the planned one, ``usual`` the usual one, ``noise`` its variance
    per second, ``seen_ms`` the end of the last minute in which a bus was seen to drive it, 0 where none was. ``left_s``
    is how much later than it could a bus leaves each terminal. ``headway`` is the time since the last bus on each
    link over the usual one − 1. ``moved`` is by how much states of roads moved
    ``ratio``, and ``told_ms`` the time of the newest of each link, 0 where there is none; both are empty without a
    road network.
    """

    ratio: Floats
    usual: Floats
    noise: Floats
    seen_ms: Floats
    left_s: Floats
    headway: Floats
    calibration: Calibration
    moved: Floats
    told_ms: Floats
