"""What a receiver makes of a true place: noise that drifts, and now and then a reflected signal."""

import numpy as np

from fleet.simulation.plan import METRES_PER_DEGREE, Floats, Ints

SIGMA_M = 6.0
DRIFT_S = 40.0
JITTER_M = 1.2
JUMP_CHANCE = 0.0008
JUMP_M = (120.0, 600.0)


class Receivers:
    """One receiver a bus; the drift of each is an Ornstein-Uhlenbeck walk, σ 6 m an axis, 40 s memory.

    Parameters
    ----------
    size : int
        How many.
    seed : int
        Same seed, same noise.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._rng = np.random.default_rng([seed, 5])
        self._drift_m = self._rng.normal(0.0, SIGMA_M, (2, size))

    def step(self) -> None:
        """Let every drift walk on by one second."""
        keep = np.exp(-1.0 / DRIFT_S)
        push = SIGMA_M * np.sqrt(1.0 - keep**2)
        self._drift_m = keep * self._drift_m + push * self._rng.standard_normal(self._drift_m.shape)

    def read(self, bus: Ints, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return what the receivers of some buses report.

        Parameters
        ----------
        bus : ndarray of int, shape (n,)
            Which receivers.
        lon, lat : ndarray, shape (n,)
            Where they truly are, degrees (WGS 84).

        Returns
        -------
        tuple of ndarray
            ``lon``, ``lat`` as reported.
        """
        east, north = self._drift_m[:, bus] + self._rng.normal(0.0, JITTER_M, (2, len(bus)))
        jump = self._rng.random(len(bus)) < JUMP_CHANCE
        far_m = np.where(jump, self._rng.uniform(*JUMP_M, len(bus)), 0.0)
        angle = self._rng.uniform(0.0, 2 * np.pi, len(bus))
        east, north = east + far_m * np.cos(angle), north + far_m * np.sin(angle)
        return lon + east / (METRES_PER_DEGREE * np.cos(np.radians(lat))), lat + north / METRES_PER_DEGREE
