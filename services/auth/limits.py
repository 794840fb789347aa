"""How often somebody may fail to log in, per name and address and per address."""

import threading
from collections import OrderedDict

from services.auth.errors import TooManyAttemptsError

WINDOW_MS = 5 * 60_000
MAX_PER_NAME = 5
MAX_PER_ADDRESS = 30
MAX_KEYS = 10_000


class LoginLimit:
    """Counts failed log-ins in memory; the oldest counts go first when there are too many.

    Safe to call from several threads.
    """

    def __init__(self) -> None:
        self._failures: OrderedDict[str, list[int]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, name: str, address: str, now_ms: int) -> int:
        """Return the seconds to wait before the next try, 0 for none.

        Parameters
        ----------
        name : str
            Who wants to log in.
        address : str
            Where from.
        now_ms : int
            Wall time, milliseconds since 1970, UTC.

        Returns
        -------
        int
            Whole seconds, rounded up.
        """
        with self._lock:
            waits = [self._wait_ms(key, most, now_ms) for key, most in _keys(name, address)]
        return -(-max(waits) // 1000)

    def check(self, name: str, address: str, now_ms: int) -> None:
        """Raise ``TooManyAttemptsError`` where there is a wait."""
        wait_s = self.wait_s(name, address, now_ms)
        if wait_s:
            raise TooManyAttemptsError(wait_s)

    def failed(self, name: str, address: str, now_ms: int) -> None:
        """Count one failed log-in."""
        with self._lock:
            for key, _ in _keys(name, address):
                times = [t for t in self._failures.pop(key, []) if now_ms - t < WINDOW_MS]
                self._failures[key] = [*times, now_ms]
            while len(self._failures) > MAX_KEYS:
                self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of a name at an address."""
        with self._lock:
            self._failures.pop(_keys(name, address)[0][0], None)

    def _wait_ms(self, key: str, most: int, now_ms: int) -> int:
        times = [t for t in self._failures.get(key, []) if now_ms - t < WINDOW_MS]
        return 0 if len(times) < most else times[-most] + WINDOW_MS - now_ms


def _keys(name: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (f"{address}\n{name.lower()[:64]}", MAX_PER_NAME), (address, MAX_PER_ADDRESS)
