"""One process under watch: what the supervisor knows of it."""

import json
import time
from dataclasses import dataclass, field

from services.health import ProcessHealth, ServiceHealth
from services.logs import MARK
from services.run.backoff import Backoff
from services.run.placement import Placed
from services.run.process import Child
from services.run.status import ServiceStatus

START_S = 600.0
ERROR_COLUMNS = slice(9, 16)


@dataclass
class Post:
    """One process: its child while it lives, its history, its last answer to ``/healthz``."""

    placed: Placed
    lacking: str | None = None
    child: Child | None = None
    port: int = 0
    started_s: float = 0.0
    started_ms: int = 0
    start_at_s: float | None = 0.0
    kill_at_s: float | None = None
    restarts: int = 0
    backoff: Backoff = field(default_factory=Backoff)
    last_exit: str | None = None
    hung: str | None = None
    errors: dict[str, tuple[int, str]] = field(default_factory=dict)
    health: ProcessHealth | None = None
    answered_s: float | None = None

    @property
    def name(self) -> str:
        """Name of the process."""
        return self.placed.name

    @property
    def state(self) -> str:
        """State of the process as a whole."""
        if self.lacking:
            return "idle"
        if self.child is not None:
            return "running"
        if self.start_at_s is None:
            return "ended"
        return "failing" if self.backoff.is_failing else "waiting"

    def hear(self, line: str) -> None:
        """Keep the last error each service told of, in one sentence."""
        speaker, mark, said = line.partition(MARK)
        name, said = (speaker, said) if mark else (self.placed.services[0].name, line)
        sentence = None if said.startswith((MARK, " ")) or not said else error_of(said)
        if sentence:
            self.errors[name] = (time.time_ns() // 1_000_000, sentence)

    def find_hang(self, now_s: float, hang_s: float) -> str | None:
        """Say which service hangs, ``None`` if none does.

        Parameters
        ----------
        now_s : float
            Monotonic clock.
        hang_s : float
            How long a service may be without a turn; at its start it has longer.

        Returns
        -------
        str or None
            One phrase.
        """
        if self.child is None or not self.port:
            return None
        limit_s = hang_s if self.answered_s is not None else max(START_S, hang_s)
        silent_s = now_s - (self.started_s if self.answered_s is None else self.answered_s)
        if silent_s > limit_s:
            return f"the process answered nothing for {silent_s:.0f} s"
        for service in self.health.services if self.health else ():
            if service.state == "running" and (service.quiet_s or 0.0) > hang_s:
                return f"{service.name} made no turn for {service.quiet_s:.0f} s"
            if service.state == "starting" and now_s - self.started_s > max(START_S, hang_s):
                return f"{service.name} did not begin within {now_s - self.started_s:.0f} s"
        return None

    def statuses(self) -> list[ServiceStatus]:
        """Return the state of each service of this process."""
        told = {service.name: service for service in self.health.services} if self.health and self.child else {}
        return [self._status(service.name, told.get(service.name)) for service in self.placed.services]

    def _status(self, name: str, told: ServiceHealth | None) -> ServiceStatus:
        state = self.state
        if state == "running":
            state = "starting" if told is None else told.state
        error_ms, error = self.errors.get(name, (None, None))
        return ServiceStatus(
            name=name,
            state=state,
            process=self.name,
            pid=self.child.pid if self.child else None,
            port=self.port,
            up_since_ms=((told.since_ms if told else None) or self.started_ms) if self.child else None,
            restarts=self.restarts + (told.restarts if told else 0),
            ready=bool(told and told.ready),
            reason=self.lacking or (told.reason if told else self.last_exit),
            last_exit=self.last_exit,
            last_error=error,
            last_error_ms=error_ms,
            lag=told.lag if told else None,
            dead_letters=told.dead_letters if told else None,
        )

    def take(self, health: ProcessHealth | None) -> None:
        """Take the answer to ``/healthz``; ``None`` if there was none."""
        if health is not None:
            self.health, self.answered_s = health, time.monotonic()


def error_of(line: str) -> str | None:
    """Return the sentence of a line that tells of an error, ``None`` of any other.

    Parameters
    ----------
    line : str
        ``12:00:00 error   what happened`` or one JSON object.

    Returns
    -------
    str or None
        The sentence.
    """
    if line.startswith("{"):
        try:
            event = json.loads(line)
        except ValueError:
            return None
        return str(event.get("event")) if event.get("level") in ("error", "critical") else None
    level = line[ERROR_COLUMNS].rstrip()
    if level in ("error", "critical"):
        return line[17:].strip()
    # What is not a log line at all was written by a program that could not even begin.
    return line if line[2:3] != ":" and not line.startswith(("Thread 0x", "Current thread")) else None
