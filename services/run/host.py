"""Several services in one process: each a thread of its own, started again alone when it dies.

A service that cannot begin because the log or the database is away has not died: it waits, says so, and begins when
they are there.
"""

import contextvars
import importlib
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from services.clock import CityClock
from services.context import Context
from services.health import Watched
from services.run.backoff import Backoff
from services.run.services import Service
from services.settings import Settings
from services.stop_sign import StopSign
from services.store.errors import StoreUnavailableError
from services.stream import open_stream
from services.stream.errors import OustedError, StreamError

CLOSE_S = 1.0
STOP_S = 4.0
LOOK_S = 0.5
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 15.0
# Two threads that import the same libraries at once may see half-made modules.
_importing = threading.Lock()
log = structlog.get_logger("services.run")


class Hosted:
    """One service of this process: its thread, its context, its restarts.

    Parameters
    ----------
    service : Service
        Which.
    settings : Settings
        Of the process.
    clock : CityClock
        Shared by all services of the process.
    stop : threading.Event
        Set when the process shall end.
    alone : bool
        The only service here: when it dies the process ends, and the supervisor starts a clean one.
    """

    def __init__(
        self, service: Service, settings: Settings, clock: CityClock, stop: threading.Event, *, alone: bool
    ) -> None:
        self.watched = Watched(service.name, door=service.door(settings) if service.door else None)
        self.failed = False
        self._away: str | None = None
        self._tries = 0
        self._service = service
        self._settings = settings
        self._clock = clock
        self._stop = stop
        self._alone = alone
        self._thread = threading.Thread(target=self._keep, name=service.name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Return whether it has not ended."""
        return self._thread.is_alive()

    def end(self, deadline_s: float) -> bool:
        """Tell it to stop, wait until a moment of the monotonic clock; return whether it ended."""
        self.watched.sign.set()
        self._thread.join(max(0.0, deadline_s - time.monotonic()))
        return not self._thread.is_alive()

    def _keep(self) -> None:
        structlog.contextvars.bind_contextvars(service=self._service.name)
        backoff = Backoff()
        while not self._stop.is_set():
            started_s = time.monotonic()
            fault = self._live()
            if fault is None:
                self.watched.state = "ended"
                break
            if self._away is not None:
                self._wait_for_what_is_away(self._away)
                continue
            self._tries = 0
            if self._alone:
                self.failed = True
                break
            wait_s, backoff = backoff.after_death(time.monotonic() - started_s)
            self.watched.restarts += 1
            self.watched.state = "failing" if backoff.is_failing else "waiting"
            log.warning(f"died; starting it again in {wait_s:.0f} s, the others of its process go on")
            self._stop.wait(wait_s)

    def _wait_for_what_is_away(self, reason: str) -> None:
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**self._tries)
        self._tries += 1
        self.watched.state = "waiting"
        if self._tries.bit_count() == 1:
            log.warning("waits for the log or the database", reason=reason, tries=self._tries, next_try_s=wait_s)
        self._stop.wait(wait_s)

    def _live(self) -> str | None:
        """Run once; return what it died of, ``None`` if it ended as it should."""
        sign, stream, self._away = StopSign(), None, None
        self.watched.sign, self.watched.since_ms = sign, time.time_ns() // 1_000_000
        self.watched.state, self.watched.answered_s = "up", None
        sign.own()
        try:
            with _importing:
                run: Callable[[Context], None] = importlib.import_module(self._service.module).run
            if self._stop.is_set():  # told to stop while it was still importing, or before the new sign was there
                return None
            stream = open_stream(self._settings.place.stream_url)
            run(Context(settings=self._settings, stream=stream, clock=self._clock, stop=sign))
        except (StreamError, StoreUnavailableError) as error:
            if isinstance(error, OustedError):
                log.exception("ended by a fault")
            else:
                self._away = describe(error)
            self.watched.last_error = describe(error)
            return self.watched.last_error
        except (Exception, SystemExit) as error:
            log.exception("ended by a fault")
            self.watched.last_error = describe(error)
            return self.watched.last_error
        finally:
            sign.set()  # threads it left behind shall not go on beside its successor
            if stream is not None:
                close_in_time(stream.close)
        if not self._stop.is_set():
            log.info("has nothing more to do")
        return None


def host(hosted: Sequence[Hosted], stop: threading.Event) -> int:
    """Run services until all ended or the process shall stop.

    Parameters
    ----------
    hosted : sequence of Hosted
        What to run.
    stop : threading.Event
        Set when the process shall end.

    Returns
    -------
    int
        Exit code: 0, or 1 if a service failed or would not end.
    """
    for one in hosted:
        one.start()
    while not stop.wait(LOOK_S):
        if not any(one.is_alive() for one in hosted):
            break
    stop.set()
    for one in hosted:
        one.watched.sign.set()
    deadline_s = time.monotonic() + STOP_S
    deaf = [one.watched.name for one in hosted if not one.end(deadline_s)]
    if deaf:
        log.warning("did not end in time", services=deaf)
    return 1 if deaf or any(one.failed for one in hosted) else 0


def describe(error: BaseException) -> str:
    """Say in one line what went wrong."""
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def close_in_time(close: Callable[[], object], timeout_s: float = CLOSE_S) -> None:
    """Close the log, but wait no longer than a moment: a broker that is away must not hold up a stop.

    Parameters
    ----------
    close : callable
        Closes the log.
    timeout_s : float
        How long to wait.
    """
    closing = threading.Thread(target=close, name="close", daemon=True)
    closing.start()
    closing.join(timeout_s)


def let_threads_inherit() -> None:
    """Give each new thread its maker's context variables, so that its log lines carry its service's name.

    Python 3.14 can do this by itself (``-X thread_inherit_context``).
    """
    start = threading.Thread.start

    def start_with_context(thread: threading.Thread) -> None:
        context, run = contextvars.copy_context(), thread.run
        thread.run = lambda: context.run(run)  # type: ignore[method-assign]
        start(thread)

    setattr(threading.Thread, "start", start_with_context)  # noqa: B010 - the checker knows no such assignment
