"""Asks each process for its health, in a thread of its own, so that one that hangs holds up nobody."""

import http.client
import threading
from collections.abc import Callable, Mapping

import msgspec

from services.health import ProcessHealth

EVERY_S = 2.0
TIMEOUT_S = 6.0


class Watch:
    """The last answer of each process.

    Parameters
    ----------
    ports : callable
        Process → port of its ``/healthz``, of those that run at present.
    """

    def __init__(self, ports: Callable[[], Mapping[str, int]]) -> None:
        self._ports = ports
        self._stop = threading.Event()
        self._answers: dict[str, tuple[int, ProcessHealth]] = {}
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._ask_all, name="watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def take(self) -> dict[str, tuple[int, ProcessHealth]]:
        """Return the answers that came since the last time: process → (port, health)."""
        with self._lock:
            answers, self._answers = self._answers, {}
        return answers

    def close(self) -> None:
        """End soon."""
        self._stop.set()

    def _ask_all(self) -> None:
        while not self._stop.wait(EVERY_S):
            for name, port in self._ports().items():
                health = ask(port)
                if health is not None:
                    with self._lock:
                        self._answers[name] = (port, health)


def ask(port: int) -> ProcessHealth | None:
    """Return what a process on this machine says of its health, ``None`` if it says nothing."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        asking.request("GET", "/healthz")
        return msgspec.json.decode(asking.getresponse().read(), type=ProcessHealth)
    except (OSError, http.client.HTTPException, msgspec.MsgspecError):
        return None
    finally:
        asking.close()
