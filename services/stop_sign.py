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
        self._turned = False
        self._waits = False

    def own(self) -> None:
        """Watch the calling thread from now on."""
        self._owner, self._looked_s, self._turned = threading.get_ident(), None, False

    def is_set(self) -> bool:
        """Return whether the service shall stop."""
        if threading.get_ident() == self._owner:
            self._turned = self._looked_s is not None
            self._looked_s = self._now_s()
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the service shall stop, or for a time; who waits here does not hang."""
        mine = threading.get_ident() == self._owner
        self._waits, self._turned = self._waits or mine, self._turned or mine
        try:
            return super().wait(timeout)
        finally:
            if mine:
                self._waits, self._looked_s = False, self._now_s()

    def quiet_s(self) -> float | None:
        """Return seconds since the owner last looked, ``None`` until its first turn has come round.

        The first turn is part of the start: it may compile and read much.
        """
        if self._waits:
            return 0.0
        return self._now_s() - self._looked_s if self._turned and self._looked_s is not None else None
