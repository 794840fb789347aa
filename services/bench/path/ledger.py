"""Which fix was sent when, and how long it took until the event stream showed its bus there or further on."""

import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from schemas.fix import Fix


class Ledger:
    """Sent fixes waiting to be seen; for one thread that sends and one that listens.

    A fix counts as seen when the stream shows its bus at the time of the fix or later: a stream that shows each
    bus once a second leaves out fixes that a younger one has overtaken.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._newest_ms: dict[str, int] = {}
        self._took_ms: list[float] = []

    def sent(self, fixes: Iterable[Fix], at_s: float) -> None:
        """Note fixes as they are sent.

        Parameters
        ----------
        fixes : iterable of Fix
            One that is not younger than what its bus sent before is not timed: it never comes out.
        at_s : float
            Monotonic seconds.
        """
        with self._lock:
            for fix in fixes:
                if fix.time_ms > self._newest_ms.get(fix.vehicle_id, 0):
                    self._newest_ms[fix.vehicle_id] = fix.time_ms
                    self._waiting[fix.vehicle_id].append((fix.time_ms, at_s))

    def seen(self, shown: Iterable[tuple[str, int]], at_s: float) -> None:
        """Note what the stream showed.

        Parameters
        ----------
        shown : iterable of tuple of str and int
            Vehicle id and time of its newest fix in milliseconds.
        at_s : float
            Monotonic seconds.
        """
        with self._lock:
            for vehicle_id, time_ms in shown:
                waiting = self._waiting.get(vehicle_id)
                if not waiting:
                    continue
                done = bisect_right(waiting, (time_ms, float("inf")))
                self._took_ms += [(at_s - sent_s) * 1000 for _, sent_s in waiting[:done]]
                del waiting[:done]

    def take(self) -> list[float]:
        """Return, and forget, the milliseconds that the fixes seen since the last call took."""
        with self._lock:
            took, self._took_ms = self._took_ms, []
        return took

    def backlog(self) -> int:
        """Return how many fixes were sent and not seen."""
        with self._lock:
            return sum(len(waiting) for waiting in self._waiting.values())

    def overdue(self, now_s: float, after_s: float) -> int:
        """Return how many fixes were sent more than ``after_s`` ago and not seen."""
        with self._lock:
            return sum(now_s - at_s > after_s for waiting in self._waiting.values() for _, at_s in waiting)


def quantile(values: Sequence[float], percent: float) -> float:
    """Return a quantile of values by rank, NaN if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")
