"""What is expected of every edge before it is observed: pace by edge and time of week, pooled by road class."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from routing.congestion.history import ALL_WEEK, BUCKETS
from routing.network.graph import Bools, Floats, Ints, RoadNetwork

# Chosen with an eye on both Bologna scenarios (docs/congestion.md): no figure of these is held out.
COLD_SHARE = 0.9
SIGNAL_S = 12.0
SHORT_M = 40.0
OWN_PASSES = 6.0
CLASS_PASSES = 30.0
MOST_PASSES = 200.0
# Variances of log speeds: of an edge that nobody passed, of one minute around the usual, of one pass.
COLD_VAR = 0.35
NOW_VAR = 0.15
PASS_VAR = 0.35
# Buses that do not stand are this much slower in log speed than traffic, and one edge differs from another by so much.
BUS_SLOWER = 0.1
BUS_VAR = 0.15


@dataclass(frozen=True)
class Expected:
    """Log speed (m/s) expected of every edge, and its variance."""

    log_mps: Floats
    variance: Floats


class TrafficHistory:
    """Mean pace of traffic on each edge, over all week and by time of week.

    Sums of paces and of passes; an edge draws to its class until it has passes of its own, a time of week to the edge.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    at_signal : ndarray of bool, shape (edges,)
        Edges that end at a signal.
    """

    def __init__(self, network: RoadNetwork, at_signal: Bools) -> None:
        length = np.maximum(network.edge_length_m, SHORT_M)
        self._cold = 1.0 / (network.edge_free_mps * COLD_SHARE) + SIGNAL_S * np.asarray(at_signal) / length
        self._length = np.maximum(network.edge_length_m, 10.0)
        self._class = network.edge_class
        shape = (BUCKETS + 1, network.edge_count)
        self._pace, self._passes = np.zeros(shape, np.float32), np.zeros(shape, np.float32)

    def learn(self, edges: Ints, bucket: int, metres: Floats, seconds: Floats) -> None:
        """Take what was driven: paces add up as seconds over metres (Edie 1963); an edge at most once a call."""
        length = self._length[edges]
        for row in (bucket, ALL_WEEK):
            self._pace[row, edges] += seconds / length
            self._passes[row, edges] += metres / length
            fade = np.minimum(1.0, MOST_PASSES / np.maximum(self._passes[row, edges], 1.0))
            self._pace[row, edges] *= fade
            self._passes[row, edges] *= fade

    def expect(self, bucket: int, factor: Floats | float = 1.0) -> Expected:
        """Return what is expected at a time of week.

        Parameters
        ----------
        bucket : int
            Of `history.bucket_of`.
        factor : float or ndarray, shape (edges,)
            By which rain or water on the road slow traffic, 0 to 1.

        Returns
        -------
        Expected
            Of every edge.
        """
        week, passes = self._pace[ALL_WEEK].astype(float), self._passes[ALL_WEEK].astype(float)
        pace = self._cold * np.exp(self._beside_class(week, passes))[self._class]
        pace = (OWN_PASSES * pace + week) / (OWN_PASSES + passes)
        here = self._passes[bucket].astype(float)
        pace = (OWN_PASSES * pace + self._pace[bucket]) / (OWN_PASSES + here)
        variance = COLD_VAR * OWN_PASSES / (OWN_PASSES + passes) + NOW_VAR
        return Expected(-np.log(pace) + np.log(factor), variance)

    def _beside_class(self, week: Floats, passes: Floats) -> Floats:
        """Return of each class by how much, in logs, edges that were passed are slower than was thought."""
        own = np.flatnonzero(passes >= 1.0)
        slower = np.log(np.maximum(week[own], 1e-3) / passes[own] / self._cold[own])
        worth = np.minimum(passes[own], OWN_PASSES)
        classes = int(self._class.max()) + 1
        total = np.bincount(self._class[own], worth * slower, classes)
        return np.asarray(total / (np.bincount(self._class[own], worth, classes) + CLASS_PASSES))

    def save(self, path: Path) -> None:
        """Write what was learnt; the file is replaced as a whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(path.name + ".new.npz")
        np.savez_compressed(new, pace=self._pace, passes=self._passes)
        new.replace(path)

    def load(self, path: Path) -> bool:
        """Read what was learnt earlier; False, and nothing changed, where that is absent or of another network."""
        try:
            with np.load(path, allow_pickle=False) as file:
                pace, passes = file["pace"], file["passes"]
        except (OSError, ValueError, KeyError, EOFError):
            return False
        if pace.shape != self._pace.shape or passes.shape != pace.shape:
            return False
        self._pace, self._passes = pace, passes
        return True
