"""What is expected of every edge before it is observed: log speed by edge and time of week, pooled by road class."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from routing.congestion.history import BUCKETS
from routing.congestion.pooled import Pooled
from routing.network.graph import Bools, Floats, Ints, RoadNetwork
from routing.npz import BROKEN

# Chosen on the Acosta scenario, checked on Pasubio; most change little (docs/congestion.md).
COLD_SHARE = 0.9
SIGNAL_S = 12.0
SHORT_M = 40.0
# Variances of log speeds: of a class, of an edge in its class, of an hour of its week, of minutes around the hour.
CLASS_VAR = 0.3
COLD_VAR = 0.35
HOUR_VAR = 0.1
NOW_VAR = 0.15
# Of one pass; of buses beside traffic, on an edge where both were never seen together, and of a class.
PASS_VAR = 0.35
BUS_VAR = 0.2
BUS_CLASS_VAR = 0.05
MOST_HOUR_WORTH = 50.0
# How unsteady an edge is, is learnt from what was seen of it by passes enough; so many stand for the usual at first.
STEADY_FROM, FIRST_SIGHTS = 2.0, 2.0
MOST_OFF, UNSTEADY = 6.0, (0.2, 3.0)
FORM = 3


@dataclass(frozen=True)
class Expected:
    """Log speed (m/s) expected of every edge, and its variance."""

    log_mps: Floats
    variance: Floats


class TrafficHistory:
    """Mean log speed of traffic on each edge, over all week and by time of week, and how buses differ from it.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    at_signal : ndarray of bool, shape (edges,)
        Edges that end at a signal.
    """

    def __init__(self, network: RoadNetwork, at_signal: Bools) -> None:
        length = np.maximum(network.edge_length_m, SHORT_M)
        pace = 1.0 / (network.edge_free_mps * COLD_SHARE) + SIGNAL_S * np.asarray(at_signal) / length
        self._cold = -np.log(pace)
        self._edge_ids = network.edge_ids
        self._week = Pooled(network.edge_class, COLD_VAR, CLASS_VAR)
        shape = (BUCKETS, network.edge_count)
        self._worth, self._pull = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        # What deviations were, and what they were expected to be: an edge at a signal is less steady than a bridge.
        self._off, self._sights = np.full(network.edge_count, FIRST_SIGHTS), np.full(network.edge_count, FIRST_SIGHTS)
        # By how much buses are faster in log speed than other vehicles; a bus lane makes another road of it.
        kind = 2 * network.edge_class + network.edge_bus_lane
        self.buses = Pooled(kind.astype(np.int64), BUS_VAR, BUS_CLASS_VAR)

    def learn(self, edges: Ints, bucket: int, log_mps: Floats, variance: Floats) -> None:
        """Take log speeds of some minutes with the variances of their measurement; an edge at most once a call."""
        worth = 1.0 / (NOW_VAR + variance)
        self._week.learn(edges, log_mps - self._cold[edges], worth)
        self._worth[bucket, edges] += worth
        self._pull[bucket, edges] += worth * log_mps
        fade = np.minimum(1.0, MOST_HOUR_WORTH / np.maximum(self._worth[bucket, edges], 1.0))
        self._worth[bucket, edges] *= fade
        self._pull[bucket, edges] *= fade

    def learn_unrest(self, edges: Ints, bucket: int, log_mps: Floats, variance: Floats) -> None:
        """Compare log speeds with what was expected of their edges, before they are learnt, where that was known."""
        expected = self.expect(bucket)
        known = (expected.variance - self._now_var())[edges] < NOW_VAR
        steady = (PASS_VAR / variance >= STEADY_FROM) & known
        edges, log_mps, variance = edges[steady], log_mps[steady], variance[steady]
        total = expected.variance[edges] + variance
        share = expected.variance[edges] / total
        off = np.minimum((log_mps - expected.log_mps[edges]) ** 2 / total, MOST_OFF)
        fade = np.minimum(1.0, MOST_HOUR_WORTH / self._sights[edges])
        self._off[edges] = fade * self._off[edges] + share * off
        self._sights[edges] = fade * self._sights[edges] + share

    def _now_var(self) -> Floats:
        """Return of every edge the variance of its minutes around their hour."""
        return np.asarray(NOW_VAR * np.clip(self._off / self._sights, *UNSTEADY))

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
        level, doubt = self._week.expect()
        week = self._cold + level
        worth = self._worth[bucket].astype(float)
        share = 1.0 / (1.0 + HOUR_VAR * worth)
        middle = share * (week + HOUR_VAR * self._pull[bucket])
        # The hour keeps what is not known of it, and its share of what is not known of the edge.
        return Expected(middle + np.log(factor), HOUR_VAR * share + share**2 * doubt + self._now_var())

    def save(self, path: Path) -> None:
        """Write what was learnt; the file is replaced as a whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(path.name + ".new.npz")
        parts = {name: getattr(of, key) for name, (of, key) in self._parts().items()}
        np.savez_compressed(new, form=np.array(FORM), edges=np.array(self._edge_ids), **parts)
        new.replace(path)

    def load(self, path: Path) -> int | None:
        """Read what was learnt earlier, edge by edge, as a network of another day has other edges.

        Parameters
        ----------
        path : Path
            Of `save`.

        Returns
        -------
        int or None
            Of how many edges that no longer exist something was let go; ``None``, and nothing changed, where the file
            is absent, broken, of an older form or shares no edge with this network.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                form, ids = int(file["form"]), file["edges"].tolist()
                read = {name: file[name] for name in self._parts()}
        except BROKEN:
            return None
        row_of = {name: row for row, name in enumerate(self._edge_ids)}
        there = np.array([row for row, name in enumerate(ids) if name in row_of], dtype=np.int64)
        if form != FORM or not len(there) or any(part.shape[-1] != len(ids) for part in read.values()):
            return None
        here = np.array([row_of[ids[row]] for row in there.tolist()])
        for name, (of, key) in self._parts().items():
            getattr(of, key)[..., here] = read[name][..., there]
        return len(ids) - len(there)

    def _parts(self) -> dict[str, tuple[object, str]]:
        """Return what is kept in a file: by its name there whose attribute it is."""
        return {
            "hour_worth": (self, "_worth"), "hour_pull": (self, "_pull"),
            "week_worth": (self._week, "worth"), "week_pull": (self._week, "pull"),
            "off": (self, "_off"), "sights": (self, "_sights"),
            "bus_worth": (self.buses, "worth"), "bus_pull": (self.buses, "pull"),
        }  # fmt: skip
