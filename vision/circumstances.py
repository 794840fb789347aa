"""What others tell of a junction: an officer who directs it, a priority vehicle on duty, a crash, works."""

from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("officer", "priority_vehicle", "crash", "breakdown", "works", "signal_off")
# An act so near in time to what was told is not claimed.
AROUND_MS = 10_000
KEPT_MS = 600_000


@dataclass(frozen=True)
class Circumstance:
    """One of `KINDS` from a moment to another (``None``: still so), at one approach or (``None``) everywhere."""

    kind: str
    start_ms: int
    end_ms: int | None = None
    approach_id: str | None = None


class Circumstances:
    """What was told of one camera's junction; without a source nothing is known, which is not the same as nothing.

    Parameters
    ----------
    told : iterable of Circumstance, optional
        What is known from the beginning.
    """

    def __init__(self, told: Iterable[Circumstance] = ()) -> None:
        self._told = list(told)

    def tell(self, told: Circumstance) -> None:
        """Take one more; of the same kind and approach it ends the one that was still so."""
        self._told = [
            Circumstance(c.kind, c.start_ms, told.start_ms, c.approach_id)
            if c.end_ms is None and (c.kind, c.approach_id) == (told.kind, told.approach_id)
            else c
            for c in self._told
            if c.end_ms is None or c.end_ms >= told.start_ms - KEPT_MS
        ]
        self._told.append(told)

    def find(self, time_ms: int, approach_id: str) -> str | None:
        """Return the kind of what excuses an act at a moment, ``None`` where nothing does."""
        for told in self._told:
            here = told.approach_id in (None, approach_id)
            ended = told.end_ms is not None and time_ms > told.end_ms + AROUND_MS
            if here and time_ms >= told.start_ms - AROUND_MS and not ended:
                return told.kind
        return None
