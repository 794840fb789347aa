"""Starts every service, reads what it says, starts it again when it dies, stops all cleanly."""

import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.run.backoff import Backoff
from services.run.console import Console
from services.run.process import Child, child_environment, service_command
from services.run.services import Service
from services.run.status import ServiceStatus, StatusFile

STOP_GRACE_S = 5.0
LOOP_S = 0.2
SUPERVISOR = "run"
Monotonic = Callable[[], float]


@dataclass
class _Post:
    """One service under watch."""

    service: Service
    lacking: str | None
    child: Child | None = None
    started_s: float = 0.0
    started_ms: int = 0
    start_at_s: float | None = 0.0
    restarts: int = 0
    backoff: Backoff = field(default_factory=Backoff)
    last_exit: str | None = None

    @property
    def state(self) -> str:
        if self.lacking:
            return "idle"
        if self.child is not None:
            return "running"
        return "ended" if self.start_at_s is None else "waiting"


class Supervisor:
    """The parent of all services of one city.

    Parameters
    ----------
    services : sequence of tuple of Service and str or None
        What to start, and what the city lacks for it (such a service is not started).
    console : Console
        Where lines go.
    status : StatusFile
        Where the state is written each second.
    command : callable
        The command line of a service, by its name.
    """

    def __init__(
        self,
        services: Sequence[tuple[Service, str | None]],
        console: Console,
        status: StatusFile,
        *,
        command: Callable[[str], list[str]] = service_command,
    ) -> None:
        self._posts = [_Post(service, lacking) for service, lacking in services]
        self._console = console
        self._status = status
        self._command = command
        self._selector = selectors.DefaultSelector()
        self._stop_signals = 0
        self._next_status_s = 0.0

    def run(self, each_second: Callable[[], None] | None = None) -> int:
        """Watch the services until SIGTERM or Ctrl-C; must be called in the main thread.

        Parameters
        ----------
        each_second : callable, optional
            Called about once a second while the services run.

        Returns
        -------
        int
            0; 1 if a service had to be killed.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        for post in self._posts:
            if post.lacking:
                self.say(f"{post.service.name} is idle: {post.lacking}")
            post.start_at_s = time.monotonic() + post.service.start_after_s
        while not self._stop_signals:
            self._start_due()
            self._read(LOOP_S)
            self._bury()
            if time.monotonic() >= self._next_status_s:
                self._next_status_s = time.monotonic() + 1.0
                self._write_status()
                if each_second is not None:
                    each_second()
        return self._stop_all()

    def say(self, text: str, level: str = "info") -> None:
        """Write a line of the supervisor's own."""
        self._console.say(SUPERVISOR, text, level)

    def _on_signal(self, number: int, frame: object) -> None:
        del number, frame
        self._stop_signals += 1

    def _start_due(self) -> None:
        for post in self._posts:
            due = post.start_at_s is not None and time.monotonic() >= post.start_at_s
            if post.lacking is None and post.child is None and due:
                self._start(post)

    def _start(self, post: _Post) -> None:
        name = post.service.name
        child = Child(self._command(name), child_environment(os.environ, post.service.threads))
        post.child, post.start_at_s = child, None
        post.started_s, post.started_ms = time.monotonic(), time.time_ns() // 1_000_000
        self._selector.register(child.pipe, selectors.EVENT_READ, post)

    def _read(self, timeout_s: float) -> None:
        if not self._selector.get_map():
            time.sleep(timeout_s)
            return
        for key, _ in self._selector.select(timeout_s):
            post: _Post = key.data
            if post.child is None:
                continue
            lines = list(post.child.read_lines())
            for line in lines:
                self._console.line(post.service.name, line)
            if not lines and post.child.exit_code() is not None:
                self._forget_pipe(post.child)

    def _forget_pipe(self, child: Child) -> None:
        if child.pipe in self._selector.get_map():
            self._selector.unregister(child.pipe)

    def _bury(self) -> None:
        for post in self._posts:
            child = post.child
            if child is None or child.exit_code() is None:
                continue
            self._take_last_words(post, child)
            self._plan_restart(post, child.exit_code() or 0)

    def _take_last_words(self, post: _Post, child: Child) -> None:
        for line in child.read_lines(last=True):
            self._console.line(post.service.name, line)
        self._forget_pipe(child)
        child.signal(signal.SIGKILL)  # whatever it had started itself
        child.close()
        post.child = None

    def _plan_restart(self, post: _Post, code: int) -> None:
        post.last_exit = describe_exit(code)
        if code == 0:
            self.say(f"{post.service.name} ended by itself")
            return
        wait_s, post.backoff = post.backoff.after_death(time.monotonic() - post.started_s)
        post.start_at_s = time.monotonic() + wait_s
        post.restarts += 1
        self.say(f"{post.service.name} died ({post.last_exit}); starting it again in {wait_s:.0f} s", "warning")

    def _write_status(self) -> None:
        self._status.write(
            [
                ServiceStatus(
                    name=post.service.name,
                    state=post.state,
                    pid=post.child.pid if post.child else None,
                    up_since_ms=post.started_ms if post.child else None,
                    restarts=post.restarts,
                    last_exit=post.lacking or post.last_exit,
                )
                for post in self._posts
            ]
        )

    def _stop_all(self) -> int:
        self.say("stopping")
        self._status.remove()
        for post in self._posts:
            if post.child is not None:
                post.child.signal(signal.SIGTERM)
        deadline_s = time.monotonic() + STOP_GRACE_S
        while self._alive() and time.monotonic() < deadline_s and self._stop_signals < 2:
            self._read(0.05)
            self._reap()
        killed = [post.service.name for post in self._alive()]
        for post in self._alive():
            assert post.child is not None
            post.child.signal(signal.SIGKILL)
            self._take_last_words(post, post.child)
        self._reap()
        if killed:
            self.say(f"stopped; had to kill {', '.join(killed)}")
            return 1
        self.say("stopped")
        return 0

    def _alive(self) -> list[_Post]:
        return [post for post in self._posts if post.child is not None and post.child.exit_code() is None]

    def _reap(self) -> None:
        for post in self._posts:
            if post.child is not None and post.child.exit_code() is not None:
                self._take_last_words(post, post.child)


def describe_exit(code: int) -> str:
    """Say how a process ended.

    Parameters
    ----------
    code : int
        As `subprocess` gives it; negative for a signal.

    Returns
    -------
    str
        For instance ``signal SIGKILL``.
    """
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
