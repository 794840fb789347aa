"""The situations a bus was in, kept until its arrivals show how right they were foreseen."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.features import FACTS, MADE_MS

Floats = NDArray[np.float64]
EVERY_MS = 30_000
OLDEST_MS = 3_600_000
MOST = 32
# Of what lies longer behind fewer are kept: age in ms, least distance in ms.
THINNED = ((180_000, 30_000), (600_000, 60_000), (1_200_000, 150_000), (OLDEST_MS, 300_000))


@dataclass(slots=True, eq=False)
class SituationMemory:
    """The facts of a bus at some of its fixes, the older the fewer; nothing but its own fixes is in them.

    ``newest_ms`` is when the last of them was made: it is asked for at every fix.
    """

    count: int = 0
    facts: Floats = field(default_factory=lambda: np.zeros((MOST, FACTS)))
    newest_ms: float = -math.inf

    def is_due(self, now_ms: float) -> bool:
        """Return whether no situation of the last 30 s is remembered."""
        return now_ms - self.newest_ms >= EVERY_MS

    def keep(self, facts: Floats) -> None:
        """Remember a situation, unless one of the last 30 s is remembered."""
        now_ms = float(facts[MADE_MS])
        if not self.is_due(now_ms):
            return
        if self.count == MOST:
            self._thin(now_ms)
        self.facts[self.count] = facts
        self.count += 1
        self.newest_ms = now_ms

    def _thin(self, now_ms: float) -> None:
        keep: list[int] = []
        last = -1e15
        for i, at in enumerate(self.facts[: self.count, MADE_MS].tolist()):
            least = next((step for age, step in THINNED if now_ms - at <= age), None)
            if least is not None and at - last >= least:
                keep.append(i)
                last = at
        keep = keep[-(MOST - 8) :]
        self.facts[: len(keep)] = self.facts[keep]
        self.count = len(keep)

    def since(self, time_ms: float) -> Floats:
        """Return the facts of the situations from a moment on, oldest first."""
        begin = int(self.facts[: self.count, MADE_MS].searchsorted(time_ms))
        return self.facts[begin : self.count]

    def dump(self) -> bytes:
        """Return what is remembered, as `restore` takes it."""
        return self.facts[: self.count].tobytes()

    @classmethod
    def restore(cls, data: bytes) -> "SituationMemory":
        """Remember what was remembered elsewhere."""
        memory = cls()
        rows = np.frombuffer(data).reshape(-1, FACTS)
        memory.count = len(rows)
        memory.facts[: len(rows)] = rows
        if len(rows):
            memory.newest_ms = float(rows[-1, MADE_MS])
        return memory
