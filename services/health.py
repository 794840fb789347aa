"""What a process says of its own health: `/healthz` for the supervisor, `/metrics` for Prometheus.

Each service is watched by what it must do anyway: look at the sign to stop, each turn. One that
has not looked for long hangs. Services that answer HTTP are asked at their own door instead.
"""

import http.client
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from schemas.message import Message
from services.stop_sign import StopSign

ASK_TIMEOUT_S = 2.0
LAG = "hanoi_stream_lag_records"
DEAD_LETTERS = "hanoi_stream_dead_letters"
STOPPED = "hanoi_stream_stopped"


class ServiceHealth(Message, frozen=True):
    """One service of a process; ``quiet_s`` is the time since its last turn, ``None`` if it has no turns."""

    name: str
    state: str
    ready: bool
    reason: str | None = None
    quiet_s: float | None = None
    restarts: int = 0
    since_ms: int | None = None
    last_error: str | None = None
    lag: int | None = None
    dead_letters: int | None = None


class ProcessHealth(Message, frozen=True):
    """A whole process: ready when all its services are."""

    ready: bool
    services: tuple[ServiceHealth, ...]


@dataclass
class Watched:
    """What a process knows of one of its services; the thread that runs it keeps this up to date.

    ``state`` is ``up``, ``waiting`` (for its next start), ``failing`` (died again and again), ``idle`` or ``ended``.
    ``door`` is the address of a service that answers HTTP; ``answered_s`` when it last did.
    """

    name: str
    state: str = "up"
    sign: StopSign = field(default_factory=StopSign)
    door: str | None = None
    answered_s: float | None = None
    restarts: int = 0
    since_ms: int | None = None
    last_error: str | None = None


class Board:
    """The health of every service of this process.

    Parameters
    ----------
    services : iterable of Watched
        The services.
    parts : callable, optional
        Says of a service, by name, in one phrase which part it needs is out of reach, ``None`` if none is.
    """

    def __init__(self, services: Iterable[Watched], parts: Callable[[str], str | None] | None = None) -> None:
        self._services = list(services)
        self._parts = parts

    def report(self) -> ProcessHealth:
        """Look at every service now."""
        services = tuple(
            _look(service, self._parts(service.name) if self._parts else None) for service in self._services
        )
        return ProcessHealth(ready=all(service.ready for service in services), services=services)


def _look(service: Watched, out_of_reach: str | None) -> ServiceHealth:
    closed = _ask_door(service) if service.state == "up" else None
    quiet_s = _quiet_s(service)
    state, reason = service.state, None
    if state == "up":
        state = "starting" if quiet_s is None else "running"
        reason = closed or ("still starting" if quiet_s is None else _why_stopped(service.name) or out_of_reach)
    elif state in ("waiting", "failing"):
        reason = service.last_error or state
    return ServiceHealth(
        name=service.name,
        state=state,
        ready=reason is None,
        reason=reason,
        quiet_s=None if quiet_s is None else round(quiet_s, 1),
        restarts=service.restarts,
        since_ms=service.since_ms,
        last_error=service.last_error,
        lag=_sum_of(LAG, service.name),
        dead_letters=_sum_of(DEAD_LETTERS, service.name),
    )


def _ask_door(service: Watched) -> str | None:
    if service.door is None:
        return None
    status, closed = ask_door(service.door)
    if status is not None:
        service.answered_s = time.monotonic()
    return closed


def _quiet_s(service: Watched) -> float | None:
    if service.door is None:
        return service.sign.quiet_s()
    return None if service.answered_s is None else time.monotonic() - service.answered_s


def ask_door(url: str) -> tuple[int | None, str | None]:
    """Ask an HTTP service at its own door.

    Parameters
    ----------
    url : str
        Its address; ``/healthz`` is asked for there.

    Returns
    -------
    tuple
        The status of its answer, ``None`` without one; and why it is not well, ``None`` if it answered 200.
    """
    parts = urlsplit(url)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(parts.hostname or "", parts.hostname or "")  # noqa: S104
    asking = http.client.HTTPConnection(host, parts.port, timeout=ASK_TIMEOUT_S)
    try:
        asking.request("GET", "/healthz")
        status = asking.getresponse().status
    except (OSError, http.client.HTTPException):
        return None, f"no answer from {url}/healthz"
    finally:
        asking.close()
    return status, None if status == 200 else f"{url}/healthz answers {status}"


def _samples(name: str, group: str) -> list[float]:
    names = [name, f"{name}_total"]
    return [
        sample.value
        for metric in REGISTRY.restricted_registry(names).collect()
        for sample in metric.samples
        if sample.name in names and sample.labels.get("group") == group
    ]


def _sum_of(name: str, group: str) -> int | None:
    values = _samples(name, group)
    return round(sum(values)) if values else None


def _why_stopped(group: str) -> str | None:
    stopped = sum(value > 0 for value in _samples(STOPPED, group))
    return f"{stopped} partitions stand still: too many unreadable messages" if stopped else None


class HealthServer(ThreadingHTTPServer):
    """Serves ``/healthz`` and ``/metrics`` in a thread of its own until it is closed.

    Parameters
    ----------
    host : str
        Address to listen on.
    port : int
        Port to listen on; 0 for any that is free.
    report : callable
        Makes the answer of ``/healthz``.
    """

    daemon_threads = True

    def __init__(self, host: str, port: int, report: Callable[[], ProcessHealth]) -> None:
        super().__init__((host, port), _Answers)
        self.report = report
        self.port = int(self.server_address[1])
        threading.Thread(target=self.serve_forever, name="health", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self.shutdown()
        self.server_close()


class _Answers(BaseHTTPRequestHandler):
    """Answers the two questions."""

    server: HealthServer

    def do_GET(self) -> None:
        """Answer one question."""
        path = self.path.partition("?")[0]
        if path == "/healthz":
            health = self.server.report()
            self._answer(200 if health.ready else 503, msgspec.json.encode(health), "application/json")
        elif path == "/metrics":
            self._answer(200, generate_latest(REGISTRY), CONTENT_TYPE_LATEST)
        else:
            self._answer(404, b"there are /healthz and /metrics\n", "text/plain; charset=utf-8")

    def _answer(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep quiet: a question each few seconds is no news."""
        del format, args
