"""How full the roads are: two peaks and a lunch dip, inward in the morning and outward in the evening."""

from dataclasses import dataclass

import numpy as np

from fleet.simulation.chance import knot_noise
from fleet.simulation.plan import Floats, Ints
from fleet.simulation.roads import Roads
from schemas.earth import METRES_PER_DEGREE

# Demand against the height of the rush by hour of the local day. Hanoi: peaks about 7:30 and 17:45, lunch about 12.
HOURS = (0.0, 4.5, 5.5, 6.5, 7.5, 8.3, 9.5, 11.2, 12.3, 13.3, 14.5, 16.2, 17.4, 18.2, 19.5, 21.0, 22.5, 24.0)
WORKDAY = (0.12, 0.08, 0.25, 0.72, 1.0, 0.95, 0.74, 0.78, 0.6, 0.66, 0.7, 0.82, 1.04, 1.0, 0.74, 0.55, 0.3, 0.12)
SATURDAY = (0.14, 0.08, 0.2, 0.45, 0.62, 0.7, 0.74, 0.76, 0.62, 0.62, 0.7, 0.78, 0.86, 0.86, 0.76, 0.62, 0.36, 0.16)
SUNDAY = (0.16, 0.08, 0.18, 0.34, 0.46, 0.56, 0.66, 0.68, 0.56, 0.56, 0.62, 0.7, 0.78, 0.8, 0.74, 0.58, 0.32, 0.14)
MORNING_H, EVENING_H, PEAK_WIDTH_H = 7.6, 17.7, 1.6
TIDE = 0.15
WAVES, WAVE_M, KNOT_S = 24, (500.0, 5_000.0), 1_500.0
CENTRE_REACH_M, CENTRE_EXTRA = 4_000.0, 0.08


@dataclass(frozen=True)
class Mood:
    """How far demand strays from its usual shape: fixed by place, drifting by place, and on one edge alone."""

    place_sd: float = 0.12
    drift_sd: float = 0.10
    edge_sd: float = 0.06

    @property
    def variance(self) -> float:
        """Variance of the logarithm of demand over all places and moments."""
        return self.place_sd**2 + self.drift_sd**2 + self.edge_sd**2


CALM = Mood(0.0, 0.0, 0.0)


class Demand:
    """Demand over capacity of every edge at any moment.

    It is a function of the seed and the time alone: nothing is kept from one
    moment to the next, so any process may ask for any moment in any order.

    Parameters
    ----------
    roads : Roads
        The edges.
    seed : int
        Same seed, same demand.
    utc_offset_s : int
        Local time minus UTC.
    mood : Mood, optional
        How far it strays from the usual.
    """

    def __init__(self, roads: Roads, seed: int, utc_offset_s: int, mood: Mood | None = None) -> None:
        self.mood = mood or Mood()
        self.roads = roads
        self._seed = seed
        self.utc_offset_s = utc_offset_s
        rng = np.random.default_rng([seed, 1])
        wave_m = rng.uniform(*WAVE_M, WAVES)
        angle = rng.uniform(0.0, 2 * np.pi, WAVES)
        phase = rng.uniform(0.0, 2 * np.pi, WAVES)
        east = roads.lon * np.cos(np.radians(roads.lat)) * METRES_PER_DEGREE
        north = roads.lat * METRES_PER_DEGREE
        turn = np.outer(east, 2 * np.pi / wave_m * np.cos(angle)) + np.outer(north, 2 * np.pi / wave_m * np.sin(angle))
        self._waves = np.sin(turn + phase) * np.sqrt(2.0 / WAVES)
        self._here = self._waves @ rng.standard_normal(WAVES) * self.mood.place_sd
        lon, lat = roads.centre if len(roads) else (0.0, 0.0)
        away_m = np.hypot((roads.lon - lon) * np.cos(np.radians(roads.lat)), roads.lat - lat) * METRES_PER_DEGREE
        self._level = roads.rush_ratio * (1.0 + CENTRE_EXTRA * np.exp(-((away_m / CENTRE_REACH_M) ** 2)))
        self._edges = np.arange(len(roads), dtype=np.int64)

    def usual(self, hour: float, weekday: int = 0, rows: Ints | None = None) -> Floats:
        """Return the demand ratio of every edge at an hour of a weekday (0 is Monday), nothing astray.

        Parameters
        ----------
        hour : float
            Hour of the local day.
        weekday : int, default: 0
            0 Monday to 6 Sunday.
        rows : ndarray of int, optional
            Which edges; all by default.

        Returns
        -------
        ndarray, shape (edges,)
            Demand over capacity.
        """
        shape = SATURDAY if weekday == 5 else SUNDAY if weekday == 6 else WORKDAY
        morning, evening = (np.exp(-(((hour - h) / PEAK_WIDTH_H) ** 2)) for h in (MORNING_H, EVENING_H))
        rows = self._edges if rows is None else rows
        tide = 1.0 + TIDE * (morning - evening) * self.roads.inward[rows] * (weekday < 5)
        return np.asarray(self._level[rows] * float(np.interp(hour, HOURS, shape)) * tide)

    def at(self, now_ms: int, rows: Ints | None = None) -> Floats:
        """Return the demand ratio of edges at a moment.

        Parameters
        ----------
        now_ms : int
            Milliseconds since 1970, UTC.
        rows : ndarray of int, optional
            Which edges; all by default.

        Returns
        -------
        ndarray, shape (edges,)
            Demand over capacity.
        """
        rows = self._edges if rows is None else rows
        local_s = now_ms / 1000.0 + self.utc_offset_s
        weekday = int(local_s // 86_400 + 3) % 7  # 1 January 1970 was a Thursday
        ratio = self.usual(local_s % 86_400 / 3_600.0, weekday, rows)
        if self.mood == CALM:
            return ratio
        drift = self._waves[rows] @ knot_noise(self._seed, np.arange(WAVES) - WAVES, now_ms, KNOT_S)
        alone = knot_noise(self._seed, rows, now_ms, KNOT_S / 2)
        return np.asarray(ratio * np.exp(self._here[rows] + self.mood.drift_sd * drift + self.mood.edge_sd * alone))
