"""Rain by the day: episodes that slow everybody, lengthen dwell and, where much falls, flood known low spots."""

from dataclasses import dataclass

import numpy as np

from fleet.simulation.plan import Floats, Ints
from fleet.simulation.roads import Roads
from schemas.earth import METRES_PER_DEGREE

DAY_MS = 86_400_000
# Episodes a day and their heaviest rain, mm/h. Hanoi's drains fail at 50 to 100 mm in two hours (docs/simulate.md).
WEATHERS = {"dry": (0.0, 0.0), "mixed": (1.2, 18.0), "storm": (4.0, 75.0)}
LASTS_MIN = (20.0, 140.0)
RAMP_MS = 600_000
FLOOD_AFTER_MM, FLOOD_STAYS_MS = 45.0, 7_200_000
FLOOD_SPOTS, SPOT_M, FLOODED_FACTOR = 15, 220.0, 0.25
HEAVY_MM_H = 40.0


@dataclass(frozen=True)
class Rain:
    """One episode of rain over the whole city; it begins and ends over ten minutes."""

    start_ms: int
    end_ms: int
    heaviest_mm_h: float

    def mm_h(self, now_ms: int) -> float:
        """Return how hard it rains at a moment, mm/h."""
        edge_ms = min(now_ms - self.start_ms, self.end_ms - now_ms)
        return self.heaviest_mm_h * min(max(edge_ms / RAMP_MS, 0.0), 1.0)

    def fallen_mm(self, now_ms: int) -> float:
        """Return how much has fallen since it began, mm (the ramps left out)."""
        return self.heaviest_mm_h * max(0, min(now_ms, self.end_ms) - self.start_ms) / 3_600_000

    def floods(self, now_ms: int) -> bool:
        """Return whether low spots stand under water because of it."""
        return self.fallen_mm(now_ms) >= FLOOD_AFTER_MM and now_ms < self.end_ms + FLOOD_STAYS_MS


def draw_rain(seed: int, kind: str, start_ms: int, end_ms: int) -> tuple[Rain, ...]:
    """Draw the rain of the days around a period; a day's rain is the same whatever period asks.

    Parameters
    ----------
    seed : int
        Same seed, same rain.
    kind : str
        One of `WEATHERS`: ``dry``, ``mixed`` or ``storm``.
    start_ms, end_ms : int
        The period, milliseconds since 1970.

    Returns
    -------
    tuple of Rain
        In order of their start, the day before and after included.
    """
    often, heaviest = WEATHERS[kind]
    episodes = []
    for day in range(start_ms // DAY_MS - 1, end_ms // DAY_MS + 2):
        rng = np.random.default_rng([seed, 11, day])
        for _ in range(int(rng.poisson(often))):
            begin = day * DAY_MS + int(rng.uniform(0.0, DAY_MS))
            lasts_ms = int(rng.uniform(*LASTS_MIN) * 60_000)
            episodes.append(Rain(begin, begin + lasts_ms, round(float(heaviest * rng.beta(1.2, 2.0)) + 0.5, 1)))
    return tuple(sorted(episodes, key=lambda rain: rain.start_ms))


def rain_factor(mm_h: float) -> float:
    """Return what rain leaves of the speed: 1 when dry, 0.95 in drizzle, 0.72 from 40 mm/h on."""
    return 1.0 if mm_h <= 0.0 else 0.95 - 0.23 * min(mm_h / HEAVY_MM_H, 1.0)


def dwell_factor(mm_h: float) -> float:
    """Return how much longer boarding takes: umbrellas cost up to a third more."""
    return 1.0 + 0.33 * min(mm_h / HEAVY_MM_H, 1.0)


def low_edges(roads: Roads, seed: int) -> Ints:
    """Return the edges that flood: those within 220 m of fifteen low spots, bridges apart.

    Parameters
    ----------
    roads : Roads
        The edges.
    seed : int
        Same seed, same spots.

    Returns
    -------
    ndarray of int
        Their rows.
    """
    rng = np.random.default_rng([seed, 12])
    if not len(roads):
        return np.empty(0, dtype=np.int64)
    spots = rng.integers(0, len(roads), FLOOD_SPOTS)
    low = np.zeros(len(roads), dtype=bool)
    for spot in spots.tolist():
        low |= _away_m(roads, float(roads.lon[spot]), float(roads.lat[spot])) < SPOT_M
    return np.flatnonzero(low & ~roads.bridge)


def _away_m(roads: Roads, lon: float, lat: float) -> Floats:
    east = (roads.lon - lon) * np.cos(np.radians(lat))
    return np.asarray(np.hypot(east, roads.lat - lat) * METRES_PER_DEGREE)
