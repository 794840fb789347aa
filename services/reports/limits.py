"""How often one reporter, and all of them together, may say something."""

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field

WINDOW_MS = 600_000
MAX_REPORTERS = 20_000


@dataclass
class ReportLimit:
    """Counts in memory by a hash that only this process can make; nothing of it is written.

    ``most`` reports in ten minutes from one reporter, ``most_of_all`` from all; safe to call from several threads.
    """

    most: int = 5
    most_of_all: int = 600
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def __post_init__(self) -> None:
        self._of: OrderedDict[bytes, deque[int]] = OrderedDict()
        self._all: deque[int] = deque()
        self._lock = threading.Lock()

    def take(self, reporter: str, now_ms: int) -> int:
        """Count one report; return 0, or the seconds to wait where it may not be taken now.

        Parameters
        ----------
        reporter : str
            Whatever tells reporters apart.
        now_ms : int
            Wall time.
        """
        key = hmac.new(self.secret, reporter.encode(), hashlib.sha256).digest()
        with self._lock:
            own = self._of.pop(key, deque())
            self._of[key] = own
            waits = [_wait_ms(own, self.most, now_ms), _wait_ms(self._all, self.most_of_all, now_ms)]
            if max(waits) <= 0:
                own.append(now_ms)
                self._all.append(now_ms)
            while len(self._of) > MAX_REPORTERS:
                self._of.popitem(last=False)
        return -(-max(waits) // 1000)


def _wait_ms(times: deque[int], most: int, now_ms: int) -> int:
    while times and now_ms - times[0] >= WINDOW_MS:
        times.popleft()
    return 0 if len(times) < most else times[0] + WINDOW_MS - now_ms
