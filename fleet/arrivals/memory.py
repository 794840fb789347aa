"""What was foreseen for one trip, kept until its arrivals show how wrong it was."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.features import CIRCUMSTANCES, TERMS
from fleet.arrivals.kernel import look_back

Floats = NDArray[np.float64]
EVERY_MS = 30_000
MOST = 32
BASIS = CIRCUMSTANCES + 2 * TERMS
# What was foreseen longer ago may be thinner: age in ms, least distance in ms.
THINNED = ((180_000, 30_000), (600_000, 60_000), (1_200_000, 150_000), (2**62, 300_000))


@dataclass(frozen=True, eq=False)
class Judged:
    """How wrong the forecasts of one arrival were; ``sums`` is flat, kinds × sums."""

    kinds: tuple[int, ...] = ()
    horizons_s: tuple[float, ...] = ()
    errors_s: tuple[float, ...] = ()
    spreads_s: tuple[float, ...] = ()
    sums: tuple[int, ...] = ()


class PredictionMemory:
    """The links' times to the stops of one trip with what else each forecast rested on; older ones ever thinner.

    Parameters
    ----------
    stops : int
        How many stops the trip has.
    """

    __slots__ = ("_basis", "_count", "_kinds", "_made_ms", "_model", "_stops")

    def __init__(self, stops: int) -> None:
        self._stops = stops
        self._count = 0
        self._made_ms = np.zeros(MOST, dtype=np.int64)
        self._kinds = np.zeros(MOST, dtype=np.int64)
        self._basis = np.zeros((MOST, BASIS), dtype=np.float32)
        self._model = np.full((MOST, stops, 2), np.nan, dtype=np.float32)

    def wants(self, time_ms: int) -> bool:
        """Return whether a forecast made now would be remembered: none of the last 30 s is."""
        return not self._count or time_ms - int(self._made_ms[self._count - 1]) >= EVERY_MS

    def keep(self, time_ms: int, kind: int, ahead: int, basis: tuple[Floats, Floats, Floats], model: Floats) -> None:
        """Remember a forecast.

        Parameters
        ----------
        time_ms : int
            When it was made.
        kind : int
            Of which kind.
        ahead : int
            Number of its first stop.
        basis : tuple of array
            Circumstances, β and weights.
        model : array, shape (2, stops)
            The links' seconds to its stops, and their deviation.
        """
        if self._count == MOST:
            self._thin(time_ms)
        at = self._count
        self._made_ms[at], self._kinds[at] = time_ms, kind
        np.concatenate(basis, out=self._basis[at], casting="same_kind")
        self._model[at] = np.nan
        self._model[at, ahead : ahead + model.shape[1]] = model.T
        self._count += 1

    def _thin(self, now_ms: int) -> None:
        made = self._made_ms[: self._count].tolist()
        keep, last = [], -(2**62)
        for i, at in enumerate(made):
            least = next(step for age, step in THINNED if now_ms - at <= age)
            if at - last >= least:
                keep.append(i)
                last = at
        keep = keep[-(MOST - 8) :]
        for array in (self._made_ms, self._kinds, self._basis, self._model):
            array[: len(keep)] = array[keep]
        self._count = len(keep)

    def judge(self, stop: int, arrival_ms: int, farthest_s: float) -> Judged:
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
        Judged
            One entry a forecast that foresaw the stop.
        """
        n = self._count
        if not n:
            return Judged()
        kinds, ahead, error, spread, sums = look_back(
            self._made_ms[:n], self._kinds[:n], self._basis[:n], self._model[:n, stop], arrival_ms, farthest_s
        )
        if not len(kinds):
            return Judged()
        far, off, wide = (tuple(np.round(values, 1).tolist()) for values in (ahead, error, spread))
        return Judged(tuple(kinds.tolist()), far, off, wide, tuple(sums.ravel().tolist()))

    def dump(self) -> tuple[int, int, bytes, bytes, bytes, bytes]:
        """Return what is remembered, as `restore` takes it."""
        n = self._count
        arrays = (self._made_ms[:n], self._kinds[:n], self._basis[:n], self._model[:n])
        made, kinds, basis, model = (array.tobytes() for array in arrays)
        return self._stops, n, made, kinds, basis, model

    @classmethod
    def restore(
        cls, stops: int, count: int, made_ms: bytes, kinds: bytes, basis: bytes, model: bytes
    ) -> "PredictionMemory":
        """Remember what was remembered elsewhere."""
        memory = cls(stops)
        memory._count = count
        memory._made_ms[:count] = np.frombuffer(made_ms, dtype=np.int64)
        memory._kinds[:count] = np.frombuffer(kinds, dtype=np.int64)
        memory._basis[:count] = np.frombuffer(basis, dtype=np.float32).reshape(count, BASIS)
        memory._model[:count] = np.frombuffer(model, dtype=np.float32).reshape(count, stops, 2)
        return memory
