"""The supervisor with small children of its own: exits, stubborn ones, last words."""

import io
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from services.run import supervisor as supervisor_module
from services.run import watch
from services.run.backoff import Backoff
from services.run.console import Console
from services.run.placement import Placed
from services.run.services import Service
from services.run.status import RunLock, StatusFile, find_status
from services.run.supervisor import Supervisor, describe_exit

WORDS = "import sys,time; print('ready', flush=True); time.sleep(60)"
DEAF = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
WAITS = "import time; time.sleep(2.5); print('later', flush=True); time.sleep(60)"
HANGS = """
import faulthandler, json, os, signal, time
from http.server import BaseHTTPRequestHandler, HTTPServer
faulthandler.register(signal.SIGUSR1, all_threads=True)
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"ready": True, "services": [
            {"name": "stuck", "state": "running", "ready": True, "quiet_s": 99.0}]}).encode()
        self.send_response(200); self.end_headers(); self.wfile.write(body)
HTTPServer(("127.0.0.1", int(os.environ["HANOI_HEALTH_PORT"])), Handler).serve_forever()
"""
ENDS = "print('done', end='')"
FAILS = "import sys; print('no door'); sys.exit(2)"


class Watched(io.StringIO):
    """A console that stops the supervisor once it shows a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def write(self, line: str) -> int:
        if self.text in line:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().write(line)


@pytest.fixture(autouse=True)
def _signals_restored():
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def supervise(
    folder: Path, stop_at: str, lacking: str | None = None, hang_s: float = 0.0, **programs: str
) -> tuple[int, str]:
    out = Watched(stop_at)
    console = Console(folder / "logs", out)
    plan = [Placed(name, (Service(name, "test"),)) for name in programs if lacking is None or name != "bare"]
    status = StatusFile(folder / "run", "city", {})
    supervisor = Supervisor(
        plan, console, status, command=lambda names: [sys.executable, "-c", programs[names[0]]], hang_s=hang_s
    )
    if lacking:
        supervisor.leave_out("bare", lacking)
    with RunLock(folder / "run"):
        code = supervisor.run()
    console.close()
    return code, out.getvalue()


def test_children_that_listen_are_stopped_cleanly(tmp_path: Path) -> None:
    code, text = supervise(tmp_path, "ready", a=WORDS)
    assert code == 0
    assert text.rstrip().endswith("stopped")


def test_a_deaf_child_is_killed_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "STOP_GRACE_S", 0.3)
    code, text = supervise(tmp_path, "ready", deaf=DEAF)
    assert code == 1
    assert "had to kill deaf" in text


def test_a_full_disk_ends_neither_the_supervisor_nor_what_it_watches_and_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "status.new").symlink_to("/dev/full")
    code, text = supervise(tmp_path, "later", a=WAITS)
    assert code == 0
    assert text.count("make room; services go on") == 1
    assert "died" not in text


def test_one_that_ends_by_itself_is_not_started_again(tmp_path: Path) -> None:
    code, text = supervise(tmp_path, "ended by itself", a=ENDS)
    assert code == 0
    assert "a        │ done" in text


def test_one_that_fails_is_heard_to_its_last_word(tmp_path: Path) -> None:
    _, text = supervise(tmp_path, "died", a=FAILS)
    assert "no door" in text
    assert "a died (exit code 2); starting it again in 1 s" in text


def test_one_whose_part_the_city_lacks_is_not_started(tmp_path: Path) -> None:
    _, text = supervise(tmp_path, "ready", lacking="this city has no cameras", bare=FAILS, a=WORDS)
    assert "bare is idle: this city has no cameras" in text
    assert "no door" not in text


def test_one_that_hangs_is_started_again_and_its_stacks_lie_in_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "EVERY_S", 0.05)
    _, text = supervise(tmp_path, "died", hang_s=5.0, stuck=HANGS)
    assert "stuck hangs: stuck made no turn for 99 s" in text
    assert "stuck died (hung: stuck made no turn for 99 s); starting it again in 1 s" in text
    assert "most recent call first" in (tmp_path / "logs" / "stuck.log").read_text()
    assert "most recent call first" not in text


def test_one_that_dies_again_and_again_is_said_to_be_failing_with_its_last_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Backoff, "after_death", lambda self, lived_s: (0.0, Backoff(0.0, self.deaths + 1)))
    _, text = supervise(tmp_path, "is failing", a=FAILS)
    assert "a is failing: it died 5 times in a row; last: no door" in text


def test_the_lock_is_held_by_one_and_free_afterwards(tmp_path: Path) -> None:
    assert find_status(tmp_path) is None
    with RunLock(tmp_path) as lock:
        seen: list[bool] = []
        thread = threading.Thread(target=lambda: seen.append(lock.is_held()))
        thread.start()
        thread.join()
        assert seen == [True]
    assert not RunLock(tmp_path).is_held()


def test_an_exit_is_described_for_people() -> None:
    assert describe_exit(1) == "exit code 1"
    assert describe_exit(-9) == "signal SIGKILL"
    assert describe_exit(-250) == "signal 250"
