"""When to stop reading, instead of emptying a good topic into the dead one."""

from collections import deque
from dataclasses import dataclass

from services.stream.errors import PoisonLimitError


@dataclass(frozen=True)
class PoisonLimit:
    """How much may be unreadable: in a row, and as a share of the last records of a topic."""

    in_a_row: int = 100
    share: float = 0.2
    window: int = 1000


class PoisonCounter:
    """Counts readable and unreadable records of one topic, in the order they came.

    Parameters
    ----------
    topic : str
        The topic, for the message.
    limit : PoisonLimit
        What is still allowed.
    """

    def __init__(self, topic: str, limit: PoisonLimit) -> None:
        self._topic = topic
        self._limit = limit
        self._row = 0
        self._bad = 0
        self._window: deque[bool] = deque()

    def good(self) -> None:
        """Count a record that could be read."""
        self._row = 0
        self._push(bad=False)

    def bad(self, reason: str) -> None:
        """Count a record that could not be read; ``PoisonLimitError`` when it is one too many."""
        self._row += 1
        self._push(bad=True)
        limit = self._limit
        if self._row > limit.in_a_row:
            self._stop(f"{self._row} messages in a row", f"at most {limit.in_a_row}", reason)
        if len(self._window) == limit.window and self._bad > limit.share * limit.window:
            self._stop(f"{self._bad} of the last {limit.window} messages", f"at most {limit.share:.0%}", reason)

    def _push(self, *, bad: bool) -> None:
        self._window.append(bad)
        self._bad += bad
        if len(self._window) > self._limit.window:
            self._bad -= self._window.popleft()

    def _stop(self, seen: str, allowed: str, reason: str) -> None:
        raise PoisonLimitError(
            f"{self._topic}: {seen} could not be read ({allowed} may be), so reading stopped and nothing more was set "
            f"aside. The last reason: {reason}. Mend what writes to {self._topic}, then start again; "
            f"`hanoi stream dead list {self._topic}` shows what was set aside"
        )
