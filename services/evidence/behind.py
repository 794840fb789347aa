"""Work that goes on behind the cameras: what was sealed is stamped and redacted without any camera waiting for it."""

import threading
from collections.abc import Callable

import structlog

from services.media.errors import MediaError
from vision.errors import VisionError

AGAIN_S = 60.0
_log = structlog.get_logger(__name__)


class Behind:
    """Does one piece of work when woken, and again each minute while it fails.

    Parameters
    ----------
    name : str
        Of the thread, and for the log.
    work : callable
        Does all that waits; what it raises of ours is said and it is tried again.
    """

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self._name, self._work = name, work
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Begin now: something was sealed."""
        self._wake.set()

    def close(self) -> None:
        """End; what waits is done after the next start."""
        self._stop.set()
        self._wake.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._work()
            except (VisionError, MediaError) as error:
                _log.warning("evidence waits", work=self._name, reason=str(error), next_try_s=AGAIN_S)
            self._wake.wait(AGAIN_S)
            self._wake.clear()
