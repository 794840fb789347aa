"""How much one source may send: a rate, and so many bytes at a time."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.ingest.guard import Caller
from services.ingest.metrics import LIMITED
from services.ingest.problems import ProblemError

BURST_S = 10.0
MIB = 1024 * 1024


class RateLimiter:
    """Lets each source send its rate, with ten seconds' worth at once.

    A body is let in while anything is left, and paid for in full: one that is larger than what is left
    makes the next one wait. So nothing is read in vain, and a source in debt is turned away unread.

    Parameters
    ----------
    default_per_s : float, optional
        Records a second of a source without a rate of its own; a player is without limit.
    """

    def __init__(self, default_per_s: float | None = None) -> None:
        self._default_per_s = default_per_s
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_s(self, caller: Caller, now_s: float | None = None) -> float:
        """Return how long a source has to wait before it may send, 0 if it may now.

        Parameters
        ----------
        caller : Caller
            Who sends.
        now_s : float, optional
            Monotonic seconds.

        Returns
        -------
        float
            Seconds.
        """
        rate = self.rate(caller)
        if rate is None:
            return 0.0
        left = self._left(caller.name, rate, time.monotonic() if now_s is None else now_s)
        return 0.0 if left >= min(1.0, rate * BURST_S) else (1.0 - left) / rate

    def check(self, caller: Caller, now_s: float | None = None) -> None:
        """Turn a source away that has to wait.

        Parameters
        ----------
        caller : Caller
            Who sends.
        now_s : float, optional
            Monotonic seconds.

        Raises
        ------
        ProblemError
            429 with ``Retry-After``.
        """
        wait_s = self.wait_s(caller, now_s)
        if wait_s > 0.0:
            LIMITED.labels(caller.name, "rate").inc()
            raise _too_many(f"{caller.name} may send {self.rate(caller):g} reports a second.", int(wait_s) + 1)

    def charge(self, caller: Caller, records: int, now_s: float | None = None) -> None:
        """Count what a source sent; a body without records counts as one."""
        rate = self.rate(caller)
        if rate is not None:
            now_s = time.monotonic() if now_s is None else now_s
            self._buckets[caller.name] = (self._left(caller.name, rate, now_s) - max(1, records), now_s)

    def rate(self, caller: Caller) -> float | None:
        """Return how many records a second a source may send, ``None`` without limit."""
        if caller.source.rate_per_s is not None:
            return caller.source.rate_per_s
        return None if caller.source.player else self._default_per_s

    def _left(self, name: str, rate: float, now_s: float) -> float:
        most = rate * BURST_S
        left, since_s = self._buckets.get(name, (most, now_s))
        return min(most, left + (now_s - since_s) * rate)


@dataclass
class InFlight:
    """How much of each source is being read and judged right now."""

    requests_each: int = 256
    bytes_each: int = 32 * MIB
    bytes_all: int = 256 * MIB
    _now: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    _all: int = 0

    @contextmanager
    def hold(self, caller: Caller, size: int) -> Iterator[None]:
        """Reserve room for one body while it is read and judged.

        Parameters
        ----------
        caller : Caller
            Who sends.
        size : int
            The most bytes the body can have.

        Raises
        ------
        ProblemError
            429 with ``Retry-After``; a single body always has room.
        """
        mine = self._now[caller.name]
        others = self._all - mine[1]
        if mine[0] and (mine[0] >= self.requests_each or mine[1] + size > self.bytes_each):
            LIMITED.labels(caller.name, "inflight").inc()
            raise _too_many(f"{mine[0]} bodies of {caller.name} are being read already.", 1)
        if mine[0] and others + mine[1] + size > self.bytes_all:
            LIMITED.labels(caller.name, "inflight").inc()
            raise _too_many("The doors are reading all they have room for.", 1)
        mine[0] += 1
        mine[1] += size
        self._all += size
        try:
            yield
        finally:
            mine[0] -= 1
            mine[1] -= size
            self._all -= size
            if not mine[0]:
                del self._now[caller.name]


def _too_many(detail: str, wait_s: int) -> ProblemError:
    mend = f"Send the same body again in {wait_s} s."
    return ProblemError("too-many-reports", detail, mend, {"Retry-After": str(wait_s)})
