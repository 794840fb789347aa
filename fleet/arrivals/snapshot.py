"""What may be used at one time, and what our errors so far say of it."""

from dataclasses import dataclass
from functools import cached_property

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

    @cached_property
    def laid(self) -> Floats:
        """All of it as one row a kind of situation, in the order of the fields: handed to compiled code in one."""
        parts = (self.beta, self.weight, self.quantile, self.shift_s)
        return np.column_stack([part.reshape(len(part), -1) for part in parts])


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What may be used at one time; the same for every bus that asks in the same minute.

    ``ratio`` is the running time of each link now over the planned one, ``usual`` the usual one, ``noise`` its variance
    per second, ``hold`` the share of its earliness that a bus waits before it, ``seen_ms`` the end of the last minute
    in which a bus was seen to drive it, 0 where none was. ``left_s`` is how much later than it could a bus leaves each
    terminal. ``headway`` is the time since the last bus on each link over the usual one − 1. ``moved`` is by how much
    states of roads moved ``ratio``, and ``told_ms`` the time of the newest of each link, 0 where there is none; both
    are empty without a road network.
    """

    ratio: Floats
    usual: Floats
    noise: Floats
    hold: Floats
    seen_ms: Floats
    left_s: Floats
    headway: Floats
    calibration: Calibration
    moved: Floats
    told_ms: Floats

    @cached_property
    def laid(self) -> Floats:
        """What is known of each link as one row (links, 7): what a bus needs of one lies in one place of the memory."""
        moved = self.moved if len(self.moved) else np.zeros(len(self.ratio))
        return np.column_stack([self.ratio, self.usual, self.noise, self.seen_ms, self.headway, moved, self.hold])
