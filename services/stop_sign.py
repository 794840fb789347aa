"""The sign to stop that each service looks at once a turn, and that so knows whether the service still turns."""

import threading
import time
from collections.abc import Callable


class StopSign(threading.Event):
    """The sign to stop; it remembers when the thread that owns it last looked."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now_s = now_s
        self._owner: int | None = None
        self._looked_s: float | None = None
        self._waits = False

    def own(self) -> None:
        """Watch the calling thread from now on."""
        self._owner, self._looked_s = threading.get_ident(), None

    def is_set(self) -> bool:
        """Return whether the service shall stop."""
        if threading.get_ident() == self._owner:
            self._looked_s = self._now_s()
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the service shall stop, or for a time; who waits here does not hang."""
        mine = threading.get_ident() == self._owner
        self._waits = self._waits or mine
        try:
            return super().wait(timeout)
        finally:
            if mine:
                self._waits, self._looked_s = False, self._now_s()

    def quiet_s(self) -> float | None:
        """Return seconds since the owner last looked, ``None`` if it never did."""
        if self._waits:
            return 0.0
        return None if self._looked_s is None else self._now_s() - self._looked_s
