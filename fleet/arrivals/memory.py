"""What was predicted for one trip, kept until its arrivals show how wrong it was."""

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.predict import Forecast

EVERY_MS = 20_000
MOST = 128


class PredictionMemory:
    """The model's times to the stops of one trip, at most one entry in 20 s.

    Parameters
    ----------
    stops : int
        How many stops the trip has.
    """

    __slots__ = ("_kinds", "_made_ms", "_rows", "_stops")

    def __init__(self, stops: int) -> None:
        self._stops = stops
        self._made_ms: list[int] = []
        self._kinds: list[int] = []
        self._rows: list[NDArray[np.float32]] = []

    def keep(self, time_ms: int, made: Forecast) -> None:
        """Remember a forecast, unless one of the last 20 s is remembered."""
        if self._made_ms and time_ms - self._made_ms[-1] < EVERY_MS:
            return
        row = np.full(self._stops, np.nan, dtype=np.float32)
        row[made.ahead : made.ahead + len(made.seconds)] = made.seconds
        self._made_ms.append(time_ms)
        self._kinds.append(made.kind)
        self._rows.append(row)
        if len(self._rows) > MOST:
            del self._made_ms[0], self._kinds[0], self._rows[0]

    def dump(self) -> tuple[int, list[int], list[int], bytes]:
        """Return what is remembered, as `restore` takes it."""
        rows = np.array(self._rows, dtype=np.float32).tobytes()
        return self._stops, list(self._made_ms), list(self._kinds), rows

    @classmethod
    def restore(cls, stops: int, made_ms: list[int], kinds: list[int], rows: bytes) -> "PredictionMemory":
        """Remember what was remembered elsewhere."""
        memory = cls(stops)
        memory._made_ms, memory._kinds = list(made_ms), list(kinds)
        memory._rows = list(np.frombuffer(rows, dtype=np.float32).reshape(len(made_ms), stops))
        return memory

    def errors_at(
        self, stop: int, arrival_ms: int, farthest_s: float
    ) -> tuple[tuple[int, ...], tuple[float, ...], tuple[float, ...]]:
        """Return how wrong each remembered forecast of a stop was.

        Parameters
        ----------
        stop : int
            Number of the stop in the trip.
        arrival_ms : int
            When the bus arrived there.
        farthest_s : float
            Forecasts further ahead are left out.

        Returns
        -------
        tuple of tuple
            Kinds, horizons in seconds, errors (actual − forecast) in seconds.
        """
        if not self._rows:
            return (), (), ()
        seconds = np.array([row[stop] for row in self._rows], dtype=np.float64)
        made = np.array(self._made_ms, dtype=np.float64)
        good = np.isfinite(seconds) & (seconds <= farthest_s) & (made < arrival_ms)
        errors = (arrival_ms - made[good]) / 1000.0 - seconds[good]
        kinds = np.array(self._kinds)[good]
        return tuple(kinds.tolist()), tuple(seconds[good].tolist()), tuple(np.round(errors, 1).tolist())
