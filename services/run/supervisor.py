"""Starts every process, reads what it says, starts it again when it dies or hangs, stops all cleanly."""

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Sequence

from services.run import metrics
from services.run.backoff import HEALTHY_S, Backoff
from services.run.console import Console
from services.run.placement import Placed
from services.run.post import Post
from services.run.process import Child, child_environment, service_command
from services.run.status import ServiceStatus, StatusFile
from services.run.watch import Watch

STOP_GRACE_S = 6.0
DUMP_S = 1.0
LOOP_S = 0.2
SUPERVISOR = "run"


class Supervisor:
    """The parent of all processes of one city.

    Parameters
    ----------
    plan : sequence of Placed
        Which processes to start, and their services.
    console : Console
        Where lines go.
    status : StatusFile
        Where the state is written each second.
    command : callable
        The command line of a process, by the names of its services.
    hang_s : float
        A service that made no turn for so long is started again; 0 asks nobody.
    """

    def __init__(
        self,
        plan: Sequence[Placed],
        console: Console,
        status: StatusFile,
        *,
        command: Callable[[Sequence[str]], list[str]] = service_command,
        hang_s: float = 0.0,
    ) -> None:
        self.posts = [Post(placed) for placed in plan]
        self._idle: list[ServiceStatus] = []
        self._console = console
        self._status = status
        self._command = command
        self._hang_s = hang_s
        self._selector = selectors.DefaultSelector()
        self._watch = Watch(lambda: {post.name: post.port for post in self.posts if post.child is not None})
        self._stop_signals = 0
        self._next_status_s = 0.0
        self._has_no_room = False

    def leave_out(self, name: str, lacking: str) -> None:
        """Show a service that is not started, and why."""
        self._idle.append(ServiceStatus(name=name, state="idle", reason=lacking, last_exit=lacking))
        self.say(f"{name} is idle: {lacking}")

    def run(self, *each_second: Callable[[], None]) -> int:
        """Watch the processes until SIGTERM or Ctrl-C; must be called in the main thread.

        Parameters
        ----------
        *each_second : callable
            Called about once a second while the services run.

        Returns
        -------
        int
            0; 1 if a process had to be killed.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        for post in self.posts:
            post.start_at_s = time.monotonic() + min(service.start_after_s for service in post.placed.services)
        if self._hang_s:
            self._watch.start()
        while not self._stop_signals:
            self._start_due()
            self._read(LOOP_S)
            self._bury()
            if time.monotonic() >= self._next_status_s:
                self._next_status_s = time.monotonic() + 1.0
                self._look_after()
                for look in each_second:
                    look()
        self._watch.close()
        return self._stop_all()

    def say(self, text: str, level: str = "info") -> None:
        """Write a line of the supervisor's own."""
        self._console.say(SUPERVISOR, text, level)

    def statuses(self) -> list[ServiceStatus]:
        """Return the state of every service."""
        return [*(status for post in self.posts for status in post.statuses()), *self._idle]

    def _on_signal(self, number: int, frame: object) -> None:
        del number, frame
        self._stop_signals += 1

    def _start_due(self) -> None:
        for post in self.posts:
            if post.child is None and post.start_at_s is not None and time.monotonic() >= post.start_at_s:
                self._start(post)

    def _start(self, post: Post) -> None:
        services = post.placed.services
        if self._hang_s and not post.port:
            post.port = free_port()
        threads = max(service.threads for service in services)
        command = self._command([service.name for service in services])
        child = Child(command, child_environment(os.environ, threads, post.port, post.name))
        post.child, post.start_at_s, post.kill_at_s = child, None, None
        post.health, post.answered_s, post.hung = None, None, None
        post.started_s, post.started_ms = time.monotonic(), time.time_ns() // 1_000_000
        self._selector.register(child.pipe, selectors.EVENT_READ, post)

    def _read(self, timeout_s: float) -> None:
        if not self._selector.get_map():
            time.sleep(timeout_s)
            return
        for key, _ in self._selector.select(timeout_s):
            post: Post = key.data
            if post.child is None:
                continue
            lines = list(post.child.read_lines())
            self._take_lines(post, lines)
            if not lines and post.child.exit_code() is not None:
                self._forget_pipe(post.child)

    def _take_lines(self, post: Post, lines: Sequence[str]) -> None:
        for line in lines:
            post.hear(line)
            self._console.line(post.name, line)

    def _forget_pipe(self, child: Child) -> None:
        if child.pipe in self._selector.get_map():
            self._selector.unregister(child.pipe)

    def _look_after(self) -> None:
        answers = self._watch.take()
        for post in self.posts:
            port, health = answers.get(post.name, (0, None))
            post.take(health if port == post.port and post.child is not None else None)
            self._end_hung(post)
            self._forgive(post)
        statuses = self.statuses()
        self._write_status(statuses)
        metrics.show(statuses)

    def _write_status(self, statuses: Sequence[ServiceStatus]) -> None:
        """Write what `hanoi status` shows; a full disk must not end what watches over all services."""
        try:
            self._status.write(statuses)
        except OSError as error:
            if not self._has_no_room:
                self.say(f"the state cannot be written ({error}); make room; services go on", "warning")
            self._has_no_room = True
        else:
            self._has_no_room = False

    def _forgive(self, post: Post) -> None:
        if post.child is not None and post.backoff.deaths and time.monotonic() - post.started_s >= HEALTHY_S:
            if post.backoff.is_failing:
                self.say(f"{post.name} is well again")
            post.backoff = Backoff()

    def _end_hung(self, post: Post) -> None:
        child = post.child
        if child is None or not self._hang_s:
            return
        if post.kill_at_s is not None:
            if time.monotonic() >= post.kill_at_s:
                child.signal(signal.SIGKILL)
            return
        post.hung = post.find_hang(time.monotonic(), self._hang_s)
        if post.hung is None:
            return
        self.say(
            f"{post.name} hangs: {post.hung}; its stacks go to its log if it can write them; it is started again",
            "warning",
        )
        for service in post.placed.services:
            if service.name in post.hung or len(post.placed.services) == 1:
                metrics.HANGS.labels(service.name).inc()
        child.signal(signal.SIGUSR1)
        post.kill_at_s = time.monotonic() + DUMP_S

    def _bury(self) -> None:
        for post in self.posts:
            child = post.child
            if child is None or child.exit_code() is None:
                continue
            self._take_last_words(post, child)
            self._plan_restart(post, child.exit_code() or 0)

    def _take_last_words(self, post: Post, child: Child) -> None:
        self._take_lines(post, list(child.read_lines(last=True)))
        self._forget_pipe(child)
        child.signal(signal.SIGKILL)  # whatever it had started itself
        child.close()
        post.child = None

    def _plan_restart(self, post: Post, code: int) -> None:
        post.last_exit = f"hung: {post.hung}" if post.hung else describe_exit(code)
        if code == 0 and not post.hung:
            self.say(f"{post.name} ended by itself")
            return
        was_failing = post.backoff.is_failing
        wait_s, post.backoff = post.backoff.after_death(time.monotonic() - post.started_s)
        post.start_at_s = time.monotonic() + wait_s
        post.restarts += 1
        several = len(post.placed.services) > 1
        who = f"{post.name} ({', '.join(s.name for s in post.placed.services)})" if several else post.name
        self.say(f"{who} died ({post.last_exit}); starting it again in {wait_s:.0f} s", "warning")
        if post.backoff.is_failing and not was_failing:
            why = max(post.errors.values(), default=(0, post.last_exit))[1]
            self.say(f"{post.name} is failing: it died {post.backoff.deaths} times in a row; last: {why}", "error")

    def _stop_all(self) -> int:
        self.say("stopping")
        self._status.remove()
        for post in self.posts:
            if post.child is not None:
                post.child.signal(signal.SIGTERM)
        deadline_s = time.monotonic() + STOP_GRACE_S
        while self._alive() and time.monotonic() < deadline_s and self._stop_signals < 2:
            self._read(0.05)
            self._reap()
        killed = [post.name for post in self._alive()]
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

    def _alive(self) -> list[Post]:
        return [post for post in self.posts if post.child is not None and post.child.exit_code() is None]

    def _reap(self) -> None:
        for post in self.posts:
            if post.child is not None and post.child.exit_code() is not None:
                self._take_last_words(post, post.child)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


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
