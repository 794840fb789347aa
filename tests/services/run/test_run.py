"""`hanoi run` as a real process with real children: started, killed, restarted, stopped, never orphaned."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import httpx
import psutil
import pytest

from services.run.status import RunStatus, ServiceStatus, find_status
from tests.real_parts import free_port
from tests.services.run.test_services import city

DEADLINE_S = 60.0
T = TypeVar("T")


def until(look: Callable[[], T | None], what: str) -> T:
    """Look again and again until there is something to see, up to a deadline."""
    end_s = time.monotonic() + DEADLINE_S
    while time.monotonic() < end_s:
        seen = look()
        if seen:
            return seen
        time.sleep(0.05)
    pytest.fail(f"{what} did not come to pass within {DEADLINE_S:.0f} s")


def has_ended(pid: int) -> bool:
    """Return whether a process has ended, buried or not: who inherits an orphan may take its time."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Run:
    """One `hanoi run --only ingest` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        city(folder / "city")
        self.process = self.start("run", "--only", "ingest", "--city", str(folder / "city"))

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("HANOI_")}
        environ |= {"HANOI_INGEST_PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "services.cli", *arguments, "--var", str(self.folder / "var")]
        out = (self.folder / "out.txt").open("ab")
        with out:
            return subprocess.Popen(command, env=environ, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "services.cli", *arguments, "--var", str(self.folder / "var")]
        return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)

    @property
    def output(self) -> str:
        return (self.folder / "out.txt").read_text()

    def status(self) -> RunStatus | None:
        return find_status(self.folder / "var" / "run")

    def ingest(self) -> ServiceStatus | None:
        found = self.status()
        return found.services[0] if found is not None and self.is_open() else None

    def healthy(self) -> bool:
        found = self.status()
        return found is not None and found.services[0].ready

    def is_open(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", trust_env=False).status_code == 200
        return False


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path)
    children: list[psutil.Process] = []
    try:
        yield run
    finally:
        with contextlib.suppress(psutil.Error):
            children = psutil.Process(run.process.pid).children(recursive=True)
        for process in (run.process, *children):
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                process.kill()
        run.process.wait(10)


def test_a_killed_service_comes_back_and_a_stop_is_clean(run: Run) -> None:
    first = until(run.ingest, "the doors opening")
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)

    def again() -> ServiceStatus | None:
        now = run.ingest()
        return now if now is not None and now.restarts == 1 and now.pid not in (None, first.pid) else None

    second = until(again, "the doors opening again")
    assert second.last_exit == "signal SIGKILL"
    assert "ingest died (signal SIGKILL); starting it again in 1 s" in run.output

    other = run.start("run", "--only", "ingest", "--city", str(run.folder / "city"))
    assert other.wait(DEADLINE_S) == 1
    assert f"already runs here (process {run.process.pid} since " in run.output
    assert f"doors: http://127.0.0.1:{run.port}" in run.output

    until(lambda: run.healthy() or None, "the doors being well")
    report = run.start("status")
    assert report.wait(DEADLINE_S) == 0
    assert f"{second.pid}" in run.output
    as_json = run.ask("status", "--json")
    assert as_json.returncode == 0
    body = json.loads(as_json.stdout)
    ingest = body["services"][0]
    assert (ingest["service"], ingest["state"], ingest["restarts"]) == ("ingest", "running", 1)
    targets = json.loads((run.folder / "var" / "run" / "prometheus" / "hanoi.json").read_text())
    figures = {
        group["labels"]["process"]: httpx.get(f"http://{group['targets'][0]}/metrics", trust_env=False).text
        for group in targets
    }
    assert 'hanoi_service_restarts_total{service="ingest"} 1.0' in figures["run"]
    assert 'hanoi_service_up{service="ingest"} 1.0' in figures["run"]
    assert "process_resident_memory_bytes" in figures["ingest"]

    began_s = time.monotonic()
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(DEADLINE_S) == 0
    assert time.monotonic() - began_s < 4.0
    assert not psutil.pid_exists(second.pid or 0)
    assert run.output.rstrip().endswith("stopped")
    assert run.status() is None
    assert "Traceback" not in run.output


def test_no_child_outlives_a_supervisor_that_was_killed_hard(run: Run) -> None:
    ingest = until(run.ingest, "the doors opening")
    run.process.kill()
    run.process.wait(10)
    until(lambda: has_ended(ingest.pid or 0) or None, "the end of the child")
    assert run.status() is None


def test_a_taken_port_is_told_with_its_holder_and_another_port_before_anything_starts(tmp_path: Path) -> None:
    city(tmp_path / "city")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        environ = {**os.environ, "HANOI_INGEST_PORT": str(port)}
        command = [sys.executable, "-m", "services.cli", "run", "--only", "ingest", "--city", str(tmp_path / "city")]
        command += ["--var", str(tmp_path / "var")]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 1
    assert f"http://127.0.0.1:{port} is taken by" in done.stderr
    assert f"(process {os.getpid()})" in done.stderr
    assert "HANOI_INGEST_PORT=" in done.stderr
    assert not (tmp_path / "var" / "store.sqlite").exists()


def test_a_city_that_is_not_there_is_told_with_the_command_that_makes_one(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "services.cli", "run", "--city", str(tmp_path / "no"), "--var", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 1
    assert "hanoi sample build" in done.stderr


def test_nothing_running_is_said_plainly(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "services.cli", "status", "--var", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 3
    assert "nothing runs" in done.stdout
