"""How fast traffic flows here and now: one smooth seeded field, rush hours and local blockages."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fleet.simulation.plan import METRES_PER_DEGREE, Floats

WAVES = 24
SPREAD = 0.22
# Hour of the local day → speed against the timetable's own; Hanoi's two rush hours.
RUSH_HOURS = (0.0, 5.0, 6.5, 7.75, 9.5, 11.5, 13.5, 16.0, 17.75, 19.5, 22.0, 24.0)
RUSH_FACTORS = (1.2, 1.2, 1.0, 0.82, 1.0, 0.97, 1.03, 0.98, 0.78, 1.0, 1.15, 1.2)


@dataclass(frozen=True)
class Blockage:
    """Something in the road: within ``radius_m`` traffic moves at ``factor`` of its speed until ``end_ms``."""

    lon: float
    lat: float
    radius_m: float
    start_ms: int
    end_ms: int
    factor: float


class TrafficField:
    """Speed against the timetable's own speed at any place and time; mean near 1.

    Parameters
    ----------
    seed : int
        Same seed, same traffic.
    utc_offset_s : int
        Local time minus UTC, for the rush hours.
    blockages : sequence of Blockage, optional
        Local trouble.
    """

    def __init__(self, seed: int, utc_offset_s: int, blockages: Sequence[Blockage] = ()) -> None:
        rng = np.random.default_rng([seed, 1])
        wave_m = rng.uniform(600.0, 4_000.0, WAVES)
        angle = rng.uniform(0.0, 2 * np.pi, WAVES)
        self._east = 2 * np.pi / wave_m * np.cos(angle) * METRES_PER_DEGREE
        self._north = 2 * np.pi / wave_m * np.sin(angle) * METRES_PER_DEGREE
        self._pulse = 2 * np.pi / rng.uniform(900.0, 5_400.0, WAVES) * rng.choice([-1.0, 1.0], WAVES)
        self._phase = rng.uniform(0.0, 2 * np.pi, WAVES)
        self._offset_s = utc_offset_s
        self.blockages = tuple(blockages)

    def factor(self, lon: Floats, lat: Floats, now_ms: int) -> Floats:
        """Return the speed factor at each place.

        Parameters
        ----------
        lon, lat : ndarray, shape (n,)
            Degrees (WGS 84).
        now_ms : int
            Milliseconds since 1970, UTC.

        Returns
        -------
        ndarray, shape (n,)
            Between about 0.02 (inside a blockage) and 2.
        """
        east = lon * np.cos(np.radians(lat))
        # Times stay small so that the phase keeps its digits.
        clock_s = (now_ms % 86_400_000_0) / 1000.0
        waves = np.sin(
            np.outer(east, self._east) + np.outer(lat, self._north) + (self._phase + self._pulse * clock_s)[None, :]
        )
        smooth = waves.sum(axis=1) * np.sqrt(2.0 / WAVES)
        hour = ((now_ms / 1000.0 + self._offset_s) % 86_400.0) / 3_600.0
        rush = float(np.interp(hour, RUSH_HOURS, RUSH_FACTORS))
        factor = rush * np.exp(SPREAD * smooth - SPREAD**2 / 2)
        for block in self.blockages:
            if block.start_ms <= now_ms < block.end_ms:
                away = np.hypot((lon - block.lon) * np.cos(np.radians(lat)), lat - block.lat) * METRES_PER_DEGREE
                factor = np.where(away < block.radius_m, factor * block.factor, factor)
        clipped: Floats = np.clip(factor, 0.02, 2.0)
        return clipped


def draw_blockages(
    seed: int, count: int, places: Sequence[tuple[float, float]], start_ms: int, end_ms: int
) -> tuple[Blockage, ...]:
    """Draw blockages at places of the plan, spread over the period.

    Parameters
    ----------
    seed : int
        Same seed, same blockages.
    count : int
        How many.
    places : sequence of (lon, lat)
        Where one may lie.
    start_ms, end_ms : int
        The period, milliseconds since 1970.

    Returns
    -------
    tuple of Blockage
        In order of their start.
    """
    rng = np.random.default_rng([seed, 2])
    drawn = []
    for _ in range(count if places else 0):
        lon, lat = places[int(rng.integers(len(places)))]
        begin = int(rng.integers(start_ms, max(start_ms + 1, end_ms - 600_000)))
        lasts_ms = int(rng.uniform(12.0, 40.0) * 60_000)
        drawn.append(Blockage(lon, lat, 180.0, begin, begin + lasts_ms, float(rng.uniform(0.08, 0.2))))
    return tuple(sorted(drawn, key=lambda block: block.start_ms))
