"""What we believe a bus runs: hypotheses with their weights, and what they come to."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.crowd import Told
from fleet.assignment.model import NONE
from fleet.assignment.rows import COLUMNS
from fleet.assignment.yards import Base

Floats = NDArray[np.float64]
Place = tuple[float, float, float]
Dumped = tuple[
    bytes, Place, Place, tuple[int, float] | None, int, float, float, float, tuple[int, float],
    tuple[Base, ...], tuple[Told, ...],
]  # fmt: skip


def _nothing() -> Floats:
    return np.empty((0, COLUMNS))


@dataclass(slots=True)
class TripBelief:
    """The hypotheses about one bus after its newest fix.

    ``rows`` are the hypotheses (fleet/assignment/rows.py), ``seen`` x, y and time in seconds of that fix, ``looked`` of
    the fix at which new hypotheses were last sought. ``chosen`` is the trip and service day (seconds since 1970)
    believed in, ``mode`` what the bus does on it, ``at_m`` and ``off_m`` where it is along and beside the shape.
    ``heard`` is the trip its source named last. ``bases`` are where the bus has spent hours. ``told`` is
    what was believed in the last hour, for the other buses to know.
    """

    rows: Floats = field(default_factory=_nothing)
    seen: Place = (0.0, 0.0, 0.0)
    looked: Place = (0.0, 0.0, 0.0)
    chosen: tuple[int, float] | None = None
    mode: int = NONE
    at_m: float = 0.0
    off_m: float = 0.0
    probability: float = 0.0
    heard: tuple[int, float] = (-1, 0.0)
    bases: tuple[Base, ...] = ()
    told: tuple[Told, ...] = ()

    def forget(self) -> None:
        """Start anew, as after a long silence."""
        self.rows, self.chosen, self.mode, self.probability, self.heard = _nothing(), None, NONE, 0.0, (-1, 0.0)

    def dump(self) -> Dumped:
        """Return everything, as `restore` takes it."""
        rows = np.ascontiguousarray(self.rows).tobytes()
        told = (self.chosen, self.mode, self.at_m, self.off_m, self.probability, self.heard, self.bases, self.told)
        return rows, self.seen, self.looked, *told

    @classmethod
    def restore(cls, rows: bytes, *rest: Any) -> "TripBelief":
        """Believe what was believed elsewhere."""
        return cls(np.frombuffer(rows).reshape(-1, COLUMNS).copy(), *rest)
