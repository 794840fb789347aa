"""The workers and the producer as processes: started, killed, and started again when they die."""

import contextlib
import os
import random
import selectors
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from tests.data import ROOT

RESTART_S = 0.2
LEAVE_S = 10.0


@dataclass
class Worker:
    """One place in the crew; its process changes when it dies."""

    role: str
    name: str
    process: subprocess.Popen[bytes]
    died_s: float | None = None


@dataclass
class Crew:
    """Workers of one column.

    Parameters
    ----------
    env : Mapping of str to str
        STREAM_URL, DATABASE_URL and what else a service reads.
    log : Path
        Where their output goes.
    module : str
        What to run as a worker.
    options : tuple of str
        What every worker is told.
    """

    env: Mapping[str, str]
    log: Path
    module: str = "tests.chaos.worker"
    options: tuple[str, ...] = ()
    workers: list[Worker] = field(default_factory=list)
    exits: Counter[str] = field(default_factory=Counter)

    def add(self, role: str, name: str = "") -> Worker:
        """Start a worker; one with a name finds its partitions again when it comes back soon."""
        worker = Worker(role, name, self._start(name, role))
        self.workers.append(worker)
        return worker

    def kill(self, worker: Worker) -> None:
        """Kill -9."""
        worker.process.send_signal(signal.SIGKILL)

    def is_stopped(self, worker: Worker) -> bool:
        """Return whether its clock stands: no heart-beat, no work, but the process is there."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return bool(psutil.Process(worker.process.pid).status() == psutil.STATUS_STOPPED)
        return False

    def go_on(self, worker: Worker) -> None:
        """Let a stopped worker go on as if nothing had happened."""
        worker.process.send_signal(signal.SIGCONT)

    def replace(self, worker: Worker, doom: tuple[str, int], *, stop: bool = False) -> None:
        """Kill a worker and put one in its place that dies, or stops, at a chosen point."""
        self.kill(worker)
        worker.process.wait()
        self._note(worker)
        more = ("--stop",) if stop else ()
        worker.process, worker.died_s = self._start(worker.name, worker.role, *_doom(doom), *more), None

    def leave(self, worker: Worker) -> None:
        """Ask a worker to leave its group, and wait until it has."""
        self.workers.remove(worker)
        worker.process.send_signal(signal.SIGTERM)
        try:
            worker.process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            self.exits[f"{worker.role}: had to be killed when it should leave"] += 1
            worker.process.kill()
            worker.process.wait()
        self._note(worker)

    def tend(self) -> None:
        """Start again whoever died a moment ago."""
        now_s = time.monotonic()
        for worker in self.workers:
            if worker.process.poll() is None:
                continue
            if worker.died_s is None:
                worker.died_s = now_s
                self._note(worker)
            elif now_s - worker.died_s >= RESTART_S:
                worker.process, worker.died_s = self._start(worker.name, worker.role), None

    def find(self, role: str, rng: random.Random) -> Worker:
        """Return some worker of a role."""
        return rng.choice([worker for worker in self.workers if worker.role == role])

    def close(self) -> None:
        """End all."""
        for worker in self.workers:
            worker.process.kill()
            worker.process.wait()
        self.workers.clear()

    def _note(self, worker: Worker) -> None:
        code = worker.process.returncode
        self.exits[f"{worker.role}: {'killed' if code == -signal.SIGKILL else f'exit {code}'}"] += 1

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        env = {**self.env, "HANOI_STREAM_INSTANCE": name} if name else self.env
        return start(self.module, *arguments, *self.options, env=env, log=self.log)


def _doom(doom: tuple[str, int]) -> tuple[str, ...]:
    return "--doom", doom[0], "--count", str(doom[1])


def start(
    module: str, *arguments: str, env: Mapping[str, str], log: Path, answers: bool = False
) -> subprocess.Popen[bytes]:
    """Start a Python module that ends when we do, because its input ends."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**os.environ, **env},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if answers else out,
            stderr=out,
        )


class LoadProcess:
    """The producer's process; what it is told to feed it feeds, even if it is killed in between."""

    def __init__(self, ledger: Path, env: Mapping[str, str], seed: int, log: Path) -> None:
        self._arguments = (str(ledger), env["STREAM_URL"], str(seed))
        self._env, self._log = env, log
        self._until = self._fed = 0
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return start("tests.chaos.load", *self._arguments, env=self._env, log=self._log, answers=True)

    def feed(self, count: int, seconds: float) -> None:
        """Begin to send so many more records over a time."""
        self._until += count
        self._tell(seconds)

    def _tell(self, seconds: float) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{self._until} {seconds}\n".encode())
        self._process.stdin.flush()

    def is_done(self) -> bool:
        """Return whether all that was asked for is acknowledged."""
        out: IO[bytes] | None = self._process.stdout
        assert out is not None
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ)
            while selector.select(0.0):
                line = os.read(out.fileno(), 4096)
                if not line:
                    raise RuntimeError(f"the producer ended; see {self._log}")
                self._fed = max([self._fed, *(int(word) for word in line.split() if word.isdigit())])
        return self._fed >= self._until

    def kill(self) -> None:
        """Kill -9, and start another that goes on where the ledger ends."""
        self.close()
        self._process = self._start()
        self._tell(0.2)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
