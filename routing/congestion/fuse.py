"""Each minute: history, neighbours and what was observed, to one speed with its interval for every edge."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from routing.congestion.field import SpeedField
from routing.congestion.traffic import BUS_SLOWER, BUS_VAR, COLD_VAR, NOW_VAR, PASS_VAR, TrafficHistory
from routing.network.graph import Floats, RoadNetwork

SURE_90 = 1.645
# Of an edge is spoken when observations, its own past and neighbours took away so much of what was unknown.
LEAST_INFORMED = 0.2
LEAST_MPS = 0.4


@dataclass(frozen=True, slots=True)
class Seen:
    """What was driven of an edge of late: metres and seconds, and by how many vehicles, of buses and of others."""

    metres: float
    seconds: float
    vehicles: int
    is_bus: bool


@dataclass(frozen=True)
class Fused:
    """Speed of every edge with its 90 % interval, and which share of what was unknown is known.

    ``usual_mps`` is what was expected before anything was seen.
    """

    speed_mps: Floats
    low_mps: Floats
    high_mps: Floats
    sd_mps: Floats
    informed: Floats
    usual_mps: Floats

    def known(self) -> list[int]:
        """Return the edges of which enough is known to speak."""
        return [int(edge) for edge in np.flatnonzero(self.informed >= LEAST_INFORMED)]


class Fusion:
    """Keeps the field of a network and the history of its traffic.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    history : TrafficHistory
        What is expected; learns from what is seen.
    """

    def __init__(self, network: RoadNetwork, history: TrafficHistory) -> None:
        self._network = network
        self._field = SpeedField(network)
        self.history = history

    def fuse(self, seen: Mapping[int, list[Seen]], bucket: int, factor: Floats | float = 1.0) -> Fused:
        """Say what is known of every edge now.

        Parameters
        ----------
        seen : mapping
            By edge.
        bucket : int
            Time of week.
        factor : float or ndarray, shape (edges,)
            By which rain or water on the road slow traffic.

        Returns
        -------
        Fused
            Of every edge.
        """
        expected = self.history.expect(bucket, factor)
        count = self._network.edge_count
        precision, pull, of_buses = np.zeros(count), np.zeros(count), np.zeros(count)
        for edge, rows in seen.items():
            for row in rows:
                z, worth = self._read(edge, row)
                precision[edge] += worth
                pull[edge] += (z - expected.log_mps[edge]) * worth
                of_buses[edge] += row.is_bus * worth
        deviation, variance = self._field.solve(expected.variance, precision, pull)
        informed = 1.0 - variance / (COLD_VAR + NOW_VAR)
        # What a bus's pace differs from traffic's by belongs to the edge and does not grow less with more buses.
        variance = variance + BUS_VAR * of_buses / np.maximum(precision, 1e-9)
        middle = expected.log_mps + deviation
        limit = self._network.edge_speed_limit_mps
        low, speed, high = (np.minimum(np.exp(middle + k * np.sqrt(variance)), limit) for k in (-SURE_90, 0.0, SURE_90))
        return Fused(speed, low, high, speed * np.sqrt(variance), informed, np.exp(expected.log_mps))

    def learn(self, seen: Mapping[int, list[Seen]], bucket: int) -> None:
        """Learn what is usual from what was seen since the last time."""
        edges = sorted(seen)
        if not edges:
            return
        slower = np.exp(-BUS_SLOWER)
        metres = [sum(row.metres for row in seen[edge]) for edge in edges]
        seconds = [sum(row.seconds * (slower if row.is_bus else 1.0) for row in seen[edge]) for edge in edges]
        self.history.learn(np.array(edges), bucket, np.array(metres), np.array(seconds))

    def _passes(self, edge: int, row: Seen) -> float:
        """Return how many passes a row is worth: by metres, or by time where vehicles stand."""
        length = max(float(self._network.edge_length_m[edge]), 10.0)
        return min(max(row.metres / length, row.seconds / 60.0), row.vehicles + 0.5)

    def _read(self, edge: int, row: Seen) -> tuple[float, float]:
        """Return the log speed of traffic that a row tells of, and one over its variance."""
        z = float(np.log(max(row.metres / max(row.seconds, 1e-6), LEAST_MPS))) + BUS_SLOWER * row.is_bus
        return z, max(self._passes(edge, row), 0.05) / PASS_VAR
