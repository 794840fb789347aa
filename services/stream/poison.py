"""When to stop reading a partition, instead of emptying a good topic into the dead one."""

from collections import deque
from dataclasses import dataclass

import msgspec

LONGEST_REASON = 300


@dataclass(frozen=True)
class PoisonLimit:
    """How much may be unreadable: in a row, and as a share of the last records of a partition."""

    in_a_row: int = 100
    share: float = 0.2
    window: int = 1000


class Stop(msgspec.Struct, frozen=True):
    """Why and since when a group reads a partition no further; kept beside its committed offset.

    ``row`` and ``bad`` are the counts at the stop. Whoever reads on begins with them: another
    unreadable record stops again at once, so restarts set nothing more aside.
    """

    reason: str
    stopped_ms: int
    row: int = 0
    bad: int = 0


def parse_stop(note: str) -> Stop | None:
    """Read what stands beside a committed offset; ``None`` where it tells of no stop."""
    try:
        return msgspec.json.decode(note, type=Stop) if note else None
    except msgspec.MsgspecError:
        return None


def write_stop(stop: Stop) -> str:
    """Return a stop as the note beside a committed offset."""
    return msgspec.json.encode(stop).decode()


class PoisonCounter:
    """Counts readable and unreadable records of one partition, in the order they came.

    Parameters
    ----------
    limit : PoisonLimit
        What is still allowed.
    """

    def __init__(self, limit: PoisonLimit) -> None:
        self._limit = limit
        self._seen = 0
        self._row = 0
        self._bad: deque[int] = deque()
        self._free_until = 0

    def good(self) -> None:
        """Count a record that could be read."""
        self._seen += 1
        self._row = 0

    def bad(self, offset: int) -> str | None:
        """Count a record that could not be read.

        Parameters
        ----------
        offset : int
            Where it lies.

        Returns
        -------
        str or None
            What is too much when this one is one too many; then it is not counted.
        """
        if offset < self._free_until:
            self._seen += 1
            return None
        limit = self._limit
        if self._row >= limit.in_a_row:
            return f"{self._row + 1} messages in a row could not be read (at most {limit.in_a_row} may be)"
        too_many = self._share_reached(self._seen + 1)
        if too_many is None:
            self._seen += 1
            self._row += 1
            self._bad.append(self._seen)
        return too_many

    def reject(self) -> str | None:
        """Count a record that was read already and then broke a rule of the step; the answer is as of `bad`."""
        too_many = self._share_reached(self._seen)
        self._bad.append(self._seen)
        return too_many

    def allow_until(self, offset: int) -> None:
        """Begin anew, and count nothing that lies before an offset: somebody decided to set it aside."""
        self._row = 0
        self._bad.clear()
        self._seen = 0
        self._free_until = offset

    def stop(self, reason: str, now_ms: int) -> Stop:
        """Return the stop to keep beside the committed offset."""
        return Stop(reason[:LONGEST_REASON], now_ms, self._row, len(self._bad))

    def go_on(self, stop: Stop) -> None:
        """Begin with the counts of a stop."""
        self._row = min(stop.row, self._limit.in_a_row)
        self._seen = self._limit.window
        self._bad = deque([self._seen] * stop.bad)

    def _share_reached(self, seen: int) -> str | None:
        limit = self._limit
        while self._bad and self._bad[0] <= seen - limit.window:
            self._bad.popleft()
        if seen >= limit.window and len(self._bad) + 1 > limit.share * limit.window:
            return (
                f"{len(self._bad) + 1} of the last {limit.window} messages could not be read "
                f"(at most {limit.share:.0%} may be)"
            )
        return None
