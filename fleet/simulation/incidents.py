"""Trouble on the roads by the day: a lane blocked, a road closed; where, when and how bad."""

from dataclasses import dataclass

import numpy as np

from fleet.simulation.demand import HOURS, WORKDAY
from fleet.simulation.plan import Floats
from fleet.simulation.roads import Roads
from fleet.simulation.weather import DAY_MS

# Incidents a day in the whole city.
INCIDENTS = {"none": 0.0, "few": 12.0, "many": 60.0}
# kind, share of all, share of the lanes that stays open, median minutes
KINDS = (("breakdown", 0.45, 0.5, 22.0), ("crash", 0.35, 0.34, 38.0), ("works", 0.14, 0.5, 90.0),
         ("closure", 0.06, 0.0, 75.0))  # fmt: skip
LONGEST_MIN = 180.0
LEAST_LENGTH_M = 40.0


@dataclass(frozen=True)
class Incident:
    """Something in the road at a metre of an edge; ``open_share`` of its lanes stays open."""

    incident_id: str
    kind: str
    edge: int
    at_m: float
    start_ms: int
    end_ms: int
    open_share: float

    @property
    def closed(self) -> bool:
        """Whether nobody gets through."""
        return self.open_share <= 0.0


def draw_incidents(
    roads: Roads, seed: int, a_day: float, start_ms: int, end_ms: int, *, weight: Floats, utc_offset_s: int
) -> tuple[Incident, ...]:
    """Draw the incidents of the days around a period; a day's are the same whatever period asks.

    Parameters
    ----------
    roads : Roads
        Where they may lie.
    seed : int
        Same seed, same incidents.
    a_day : float
        How many are expected in a day.
    start_ms, end_ms : int
        The period, milliseconds since 1970.
    weight : ndarray, shape (edges,)
        How likely each edge is.
    utc_offset_s : int
        Local time minus UTC: more happens when more people drive.

    Returns
    -------
    tuple of Incident
        Those that touch the period, in order of their start.
    """
    usable = np.where(roads.length_m >= LEAST_LENGTH_M, weight, 0.0)
    if a_day <= 0.0 or usable.sum() <= 0.0:
        return ()
    chance = np.cumsum(usable) / usable.sum()
    minutes = np.interp(np.arange(1440) / 60.0, HOURS, WORKDAY)
    minute_chance = np.cumsum(minutes) / minutes.sum()
    found = []
    for day in range(start_ms // DAY_MS - 1, end_ms // DAY_MS + 2):
        rng = np.random.default_rng([seed, 2, day])
        for number in range(int(rng.poisson(a_day))):
            local_ms = int(np.searchsorted(minute_chance, rng.random())) * 60_000 + int(rng.integers(60_000))
            begin = day * DAY_MS + (local_ms - utc_offset_s * 1000) % DAY_MS
            incident = _drawn(roads, rng, f"I-{day}-{number + 1}", begin, chance)
            if incident.start_ms < end_ms and incident.end_ms > start_ms:
                found.append(incident)
    return tuple(sorted(found, key=lambda incident: (incident.start_ms, incident.incident_id)))


def _drawn(roads: Roads, rng: np.random.Generator, name: str, start_ms: int, chance: Floats) -> Incident:
    edge = int(np.searchsorted(chance, rng.random()))
    kind, _, open_share, median_min = KINDS[int(np.searchsorted(np.cumsum([k[1] for k in KINDS])[:-1], rng.random()))]
    lasts_min = min(median_min * float(np.exp(0.45 * rng.standard_normal())), LONGEST_MIN)
    at_m = float(roads.length_m[edge] * rng.uniform(0.4, 0.9))
    return Incident(name, kind, edge, at_m, start_ms, start_ms + int(lasts_min * 60_000), open_share)
