"""Each minute: history, neighbours and what was observed, to one speed with its interval for every edge."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from routing.congestion.field import SpeedField
from routing.congestion.levels import SLOW_SHARE
from routing.congestion.traffic import COLD_VAR, HOUR_VAR, NOW_VAR, PASS_VAR, TrafficHistory
from routing.network.graph import Floats, Ints, RoadNetwork

SURE_90 = 1.645
# Of an edge is spoken when observations, its own past and neighbours took away so much of what was unknown.
LEAST_INFORMED = 0.35
LEAST_MPS, MOST_MPS = 0.4, 40.0
LEAST_PASSES = 0.05
# Vehicles that stand are worth a pass after so many seconds: of what is now, and of what is usual.
STAND_S, USUAL_STAND_S = 60.0, 120.0
# Of alarms that are as sure as they say, most are found with fewest false ones (F1) from half the best F1 on (Lipton,
# Elkan and Naryanaswamy 2014), here 0.4.
CALLED_FROM = 0.4
ALL = slice(None)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was driven of an edge of late: metres and seconds, and by how many vehicles, of buses and of others.

    What is older may count less: metres and seconds are then less than what was driven.
    """

    metres: float
    seconds: float
    vehicles: int
    is_bus: bool


@dataclass(frozen=True)
class Fused:
    """Speed of every edge with its 90 % interval, and which share of what was unknown is known.

    ``usual_mps`` is what was expected before anything was seen, ``log_sd`` the deviation of the log speed.
    """

    speed_mps: Floats
    low_mps: Floats
    high_mps: Floats
    sd_mps: Floats
    informed: Floats
    usual_mps: Floats
    log_mps: Floats
    log_sd: Floats

    def known(self) -> list[int]:
        """Return the edges of which enough is known to speak."""
        return [int(edge) for edge in np.flatnonzero(self.informed >= LEAST_INFORMED)]

    def congested(self, free_mps: Floats | float, edges: Ints | slice | int = ALL) -> Floats:
        """Return the probability that edges are congested: slower than a share of their free speed."""
        below = np.log(SLOW_SHARE * np.asarray(free_mps)) - self.log_mps[edges]
        return np.asarray(ndtr(below / self.log_sd[edges]))


@dataclass(frozen=True, slots=True)
class Kind:
    """Log speeds of one kind of vehicles by edge, and the variance of each, infinite where none was seen."""

    log_mps: Floats
    variance: Floats


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

    def fuse(
        self, seen: Mapping[int, list[Seen]], bucket: int, factor: Floats | float = 1.0,
        told: Mapping[int, tuple[float, float]] | None = None,
    ) -> Fused:  # fmt: skip
        """Say what is known of every edge now.

        Parameters
        ----------
        seen : mapping
            By edge.
        bucket : int
            Time of week.
        factor : float or ndarray, shape (edges,)
            By which rain or water on the road slow traffic.
        told : mapping, optional
            Of edges that cameras watch, the log speed and its variance.

        Returns
        -------
        Fused
            Of every edge.
        """
        expected = self.history.expect(bucket, factor)
        log_mps, variance = self.read(seen)
        precision = 1.0 / variance
        pull = precision * (log_mps - expected.log_mps)
        for edge, (camera_log, camera_var) in (told or {}).items():
            precision[edge] += 1.0 / camera_var
            pull[edge] += (camera_log - expected.log_mps[edge]) / camera_var
        deviation, doubt = self._field.solve(expected.variance, precision, pull)
        informed = 1.0 - doubt / (COLD_VAR + HOUR_VAR + NOW_VAR)
        middle, sd = expected.log_mps + deviation, np.sqrt(doubt)
        limit = self._network.edge_speed_limit_mps
        low, speed, high = (np.minimum(np.exp(middle + k * sd), limit) for k in (-SURE_90, 0.0, SURE_90))
        return Fused(speed, low, high, speed * sd, informed, np.exp(expected.log_mps), middle, sd)

    def read(self, seen: Mapping[int, list[Seen]]) -> tuple[Floats, Floats]:
        """Return the log speed of traffic that vehicles tell of each edge, and its variance, infinite where none."""
        return self._together(*self._kinds(seen))

    def learn(self, seen: Mapping[int, list[Seen]], bucket: int) -> None:
        """Learn what is usual from what was seen since the last time, and how buses differ where others were too."""
        buses, others = self._kinds(seen, USUAL_STAND_S)
        log_mps, variance = self._together(buses, others)
        edges = np.flatnonzero(np.isfinite(variance))
        self.history.learn_unrest(edges, bucket, log_mps[edges], variance[edges])
        self.history.learn(edges, bucket, log_mps[edges], variance[edges])
        both = np.flatnonzero(np.isfinite(buses.variance) & np.isfinite(others.variance))
        differ = buses.log_mps[both] - others.log_mps[both]
        self.history.buses.learn(both, differ, 1.0 / (buses.variance[both] + others.variance[both]))

    def _kinds(self, seen: Mapping[int, list[Seen]], stand_s: float = STAND_S) -> tuple[Kind, Kind]:
        """Return what buses and what others say of every edge."""
        count = self._network.edge_count
        buses, others = (Kind(np.zeros(count), np.full(count, np.inf)) for _ in range(2))
        for edge, rows in seen.items():
            for row in rows:
                kind = buses if row.is_bus else others
                speed = row.metres / max(row.seconds, 1e-6)
                kind.log_mps[edge] = math.log(min(max(speed, LEAST_MPS), MOST_MPS))
                kind.variance[edge] = PASS_VAR / max(self._passes(edge, row, stand_s), LEAST_PASSES)
        return buses, others

    def _together(self, buses: Kind, others: Kind) -> tuple[Floats, Floats]:
        """Return the log speed of traffic that both tell of, and its variance.

        What buses differ from traffic by belongs to the edge: what is not known of it does not shrink with more buses.
        """
        faster, doubt = self.history.buses.expect()
        by_bus, by_other = 1.0 / (buses.variance + doubt), 1.0 / others.variance
        worth = by_bus + by_other
        log_mps = by_bus * (buses.log_mps - faster) + by_other * others.log_mps
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(worth > 0, log_mps / worth, 0.0), 1.0 / worth

    def _passes(self, edge: int, row: Seen, stand_s: float) -> float:
        """Return how many passes a row is worth: by metres, or by time where vehicles stand."""
        length = max(float(self._network.edge_length_m[edge]), 10.0)
        return min(max(row.metres / length, row.seconds / stand_s), row.vehicles + 0.5)
