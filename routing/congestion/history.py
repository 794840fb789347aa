"""The usual speed of every edge by time of week, learnt as buses pass."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from routing.network.graph import Floats
from routing.npz import BROKEN

HOURS = 24
DAY_KINDS = 3
BUCKETS = DAY_KINDS * HOURS
ALL_WEEK = BUCKETS
MIN_MPS, MAX_MPS = 0.2, 33.0
FORGET_AFTER = 200
CLIP_SDS = 2.5
CLIP_FROM = 8
MIN_SD_LOG = 0.3
PRIOR_SHARE = 0.6
FREE_SDS = 1.28
DAY_MS = 86_400_000
HOUR_MS = 3_600_000


def bucket_of(time_ms: int, utc_offset_s: int) -> int:
    """Return the time-of-week bucket: weekday, Saturday or Sunday, by local hour.

    Parameters
    ----------
    time_ms : int
        Milliseconds since 1970, UTC.
    utc_offset_s : int
        Seconds the city's clock is ahead of UTC.

    Returns
    -------
    int
        0 to ``BUCKETS - 1``.
    """
    local = time_ms + utc_offset_s * 1000
    weekday = (local // DAY_MS + 3) % 7
    kind = 0 if weekday < 5 else weekday - 4
    return int(kind * HOURS + local % DAY_MS // HOUR_MS)


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual speed of an edge; ``own`` is false where only its class speaks."""

    speed_mps: float
    sd_log: float
    passes: int
    own: bool


class EdgeHistory:
    """Running mean and spread of the log speed of passes, per edge and time of week.

    Parameters
    ----------
    free_mps : ndarray, shape (edges,)
        Free speed of each edge by its class.
    min_passes : int
        Passes before an edge's own history counts.
    """

    def __init__(self, free_mps: Floats, min_passes: int = 5) -> None:
        self._free = free_mps
        self._min = min_passes
        self._rows: dict[int, tuple[float, float, float]] = {}

    def learn(self, edge: int, bucket: int, speed_mps: float) -> None:
        """Take one pass of one bus over an edge.

        Parameters
        ----------
        edge : int
            Row of the edge.
        bucket : int
            Its time of week, of `bucket_of`.
        speed_mps : float
            Mean speed of the pass.
        """
        value = math.log(min(max(speed_mps, MIN_MPS), MAX_MPS))
        for key in (edge * (BUCKETS + 1) + bucket, edge * (BUCKETS + 1) + ALL_WEEK):
            count, mean, spread = self._rows.get(key, (0.0, 0.0, 0.0))
            if count >= CLIP_FROM:
                reach = CLIP_SDS * max(math.sqrt(spread / count), MIN_SD_LOG)
                value = min(max(value, mean - reach), mean + reach)
            count += 1.0
            step = value - mean
            mean += step / count
            spread += step * (value - mean)
            if count > FORGET_AFTER:
                spread *= FORGET_AFTER / count
                count = float(FORGET_AFTER)
            self._rows[key] = (count, mean, spread)

    def usual(self, edge: int, bucket: int) -> Usual:
        """Return the usual speed of an edge at a time of week.

        Parameters
        ----------
        edge : int
            Row of the edge.
        bucket : int
            Time of week.

        Returns
        -------
        Usual
            Of that time of week, else of all week, else of its class.
        """
        for part in (bucket, ALL_WEEK):
            count, mean, spread = self._rows.get(edge * (BUCKETS + 1) + part, (0.0, 0.0, 0.0))
            if count >= self._min:
                return Usual(math.exp(mean), max(math.sqrt(spread / count), MIN_SD_LOG), int(count), own=True)
        return Usual(float(self._free[edge]) * PRIOR_SHARE, 2 * MIN_SD_LOG, 0, own=False)

    def free(self, edge: int) -> float:
        """Return the free speed of an edge: what its faster passes reach, at least most of its class's."""
        count, mean, spread = self._rows.get(edge * (BUCKETS + 1) + ALL_WEEK, (0.0, 0.0, 0.0))
        by_class = float(self._free[edge])
        if count < 2 * self._min:
            return by_class * (PRIOR_SHARE + 1) / 2
        reached = math.exp(mean + FREE_SDS * math.sqrt(spread / count))
        return min(max(reached, by_class * PRIOR_SHARE), by_class)

    def save(self, path: Path) -> None:
        """Write what was learnt, whole or not at all."""
        keys = np.array(sorted(self._rows), dtype=np.int64)
        values = np.array([self._rows[int(key)] for key in keys], dtype=float).reshape(-1, 3)
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(path.name + ".new.npz")
        np.savez_compressed(new, keys=keys, values=values, edges=np.array([len(self._free)]))
        new.replace(path)

    def load(self, path: Path) -> bool:
        """Read what was learnt earlier.

        Parameters
        ----------
        path : Path
            As written by `save`.

        Returns
        -------
        bool
            False, and nothing changed, where the file is absent, broken or of another network.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                if int(file["edges"][0]) != len(self._free):
                    return False
                values = file["values"]
                self._rows = {
                    int(k): (float(a), float(b), float(c)) for k, (a, b, c) in zip(file["keys"], values, strict=True)
                }
        except BROKEN:
            return False
        return True
