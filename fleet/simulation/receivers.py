"""What a receiver makes of a true place: noise that walks, worse between tall buildings, and reflections."""

import numpy as np
from numpy.typing import NDArray

from fleet.simulation.faults import Faults
from fleet.simulation.plan import Floats, Ints
from schemas.earth import METRES_PER_DEGREE

Bools = NDArray[np.bool_]


class Areas:
    """Round places of the city, drawn from where buses drive.

    Parameters
    ----------
    lon, lat : ndarray, shape (n,)
        Middles, degrees.
    radius_m : float
        Of each.
    """

    def __init__(self, lon: Floats, lat: Floats, radius_m: float) -> None:
        self.lon, self.lat, self.radius_m = lon, lat, radius_m

    def hold(self, lon: Floats, lat: Floats) -> Bools:
        """Return which places lie inside any of the areas."""
        if not len(self.lon):
            return np.zeros(len(lon), dtype=bool)
        east = (lon[:, None] - self.lon) * np.cos(np.radians(lat))[:, None]
        away_m = np.hypot(east, lat[:, None] - self.lat) * METRES_PER_DEGREE
        return np.asarray((away_m < self.radius_m).any(axis=1))


def draw_areas(seed: int, stream: int, count: int, radius_m: float, lon: Floats, lat: Floats) -> Areas:
    """Draw round areas around some of given places.

    Parameters
    ----------
    seed, stream : int
        Same numbers, same areas.
    count : int
        How many.
    radius_m : float
        Of each.
    lon, lat : ndarray
        Where one may lie.

    Returns
    -------
    Areas
        Fewer where there are fewer places.
    """
    rng = np.random.default_rng([seed, stream])
    chosen = rng.choice(len(lon), min(count, len(lon)), replace=False)
    return Areas(lon[chosen], lat[chosen], radius_m)


class Receivers:
    """One receiver a bus; the error of each is a first-order autoregressive (Ornstein-Uhlenbeck) walk.

    Parameters
    ----------
    size : int
        How many.
    faults : Faults
        How bad.
    canyons : Areas
        Where signals are reflected.
    rng : Generator
        Asked in turn.
    """

    def __init__(self, size: int, faults: Faults, canyons: Areas, rng: np.random.Generator) -> None:
        self._faults = faults
        self._canyons = canyons
        self._rng = rng
        self._drift = rng.standard_normal((2, size))
        self._seen_s: Floats = np.zeros(size)

    def read(self, bus: Ints, now_s: float, lon: Floats, lat: Floats) -> tuple[Floats, Floats, Bools]:
        """Return what the receivers of some buses read.

        Parameters
        ----------
        bus : ndarray of int, shape (n,)
            Which receivers.
        now_s : float
            The moment in seconds; the error has walked on since each was read last.
        lon, lat : ndarray, shape (n,)
            Where they truly are, degrees (WGS 84).

        Returns
        -------
        tuple of ndarray
            ``lon``, ``lat`` as read, and which of them jumped.
        """
        f, n = self._faults, len(bus)
        keep = np.exp(-(now_s - self._seen_s[bus]) / f.noise_memory_s)
        self._seen_s[bus] = now_s
        self._drift[:, bus] = keep * self._drift[:, bus] + np.sqrt(1.0 - keep**2) * self._rng.standard_normal((2, n))
        walled = self._canyons.hold(lon, lat)
        scale_m = f.noise_sd_m * np.where(walled, f.canyon_noise, 1.0)
        east, north = scale_m * self._drift[:, bus] + f.jitter_sd_m * self._rng.standard_normal((2, n))
        jumps = self._rng.random(n) < np.where(walled, f.canyon_jump_share, f.jump_share)
        far_m = np.where(jumps, f.jump_m * self._rng.uniform(0.3, 1.7, n), 0.0)
        angle = self._rng.uniform(0.0, 2 * np.pi, n)
        east, north = east + far_m * np.cos(angle), north + far_m * np.sin(angle)
        return lon + east / (METRES_PER_DEGREE * np.cos(np.radians(lat))), lat + north / METRES_PER_DEGREE, jumps
