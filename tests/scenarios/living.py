"""A whole city as people run it: `hanoi run` as a process, reached only from outside."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from tests.real_parts import free_port

HANOI = [sys.executable, "-m", "services.cli"]


def run_hanoi(
    *arguments: str, env: Mapping[str, str] | None = None, seconds: float = 300, typed: str | None = None
) -> str:
    """Run one `hanoi` command and return what it printed; fail with its output if it fails."""
    done = subprocess.run(
        [*HANOI, *arguments], env=env, capture_output=True, text=True, timeout=seconds, check=False, input=typed
    )
    assert done.returncode == 0, f"hanoi {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def wait_for(ask: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """Ask until the answer is truthy; fail with the last answer after a deadline."""
    end = time.monotonic() + seconds
    answer = None
    while time.monotonic() < end:
        try:
            answer = ask()
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            answer = error
        else:
            if answer:
                return answer
        time.sleep(0.25)
    raise AssertionError(f"not within {seconds} s: {what}; last: {answer!r}")


@dataclass
class Living:
    """One running city."""

    city: Path
    var: Path
    env: dict[str, str]
    api: str
    doors: str
    process: subprocess.Popen[bytes]
    opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    )
    csrf: str = ""

    def get(self, path: str) -> Any:
        """Return the JSON of an API path."""
        with self.opener.open(self.api + path, timeout=20) as answer:
            return json.load(answer)

    def get_bytes(self, path: str) -> bytes:
        """Return the bytes of an API path."""
        with self.opener.open(self.api + path, timeout=30) as answer:
            return bytes(answer.read())

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Post JSON as the person who is logged in."""
        request = urllib.request.Request(
            self.api + path,
            data=json.dumps(body or {}).encode(),
            headers={"Content-Type": "application/json", "X-CSRF-Token": self.csrf},
        )
        with self.opener.open(request, timeout=30) as answer:
            return json.load(answer)

    def log_in(self, name: str, password: str) -> None:
        """Log in and keep the session."""
        self.csrf = self.get("/api/auth/me")["csrf"]
        self.post("/api/auth/login", {"name": name, "password": password})
        self.csrf = self.get("/api/auth/me")["csrf"]

    def hanoi(self, *arguments: str, seconds: float = 300, typed: str | None = None) -> str:
        """Run one `hanoi` command against this city and return what it printed."""
        return run_hanoi(*arguments, env=self.env, seconds=seconds, typed=typed)


@contextlib.contextmanager
def living_city(
    city: Path, var: Path, *, places: Mapping[str, str] | None = None, options: tuple[str, ...] = (), **env: str
) -> Iterator[Living]:
    """Start a city, wait until its pages answer, and stop it cleanly in the end.

    Parameters
    ----------
    city, var : Path
        The city folder, and an empty folder for everything that lives.
    places : Mapping, optional
        STREAM_URL and DATABASE_URL of the distributed column.
    options : tuple of str
        More options of `hanoi run`.
    **env : str
        More settings.
    """
    api, doors = free_port(), free_port()
    full = {
        **os.environ,
        "STREAM_URL": f"sqlite:///{var}/stream",
        "DATABASE_URL": f"sqlite:///{var}/store.sqlite",
        "MEDIA_URL": f"file://{var}/media",
        "CITY_DIR": str(city),
        "HANOI_API_PORT": str(api),
        "HANOI_INGEST_PORT": str(doors),
        "HANOI_INGEST_TOKENS_FILE": str(var / "tokens.json"),
        "HANOI_VISION_KEY_FILE": str(var / "keys" / "evidence.pem"),
        "HANOI_RUN_VAR_DIR": str(var),
        **(places or {}),
        **env,
    }
    var.mkdir(parents=True, exist_ok=True)
    console = var / "console.log"
    with console.open("wb") as out:
        process = subprocess.Popen(
            [*HANOI, "run", "--city", str(city), "--var", str(var), *options],
            env=full,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        living = Living(city, var, full, f"http://127.0.0.1:{api}", f"http://127.0.0.1:{doors}", process)
        try:
            wait_for(lambda: living.get_bytes("/healthz"), seconds=60, what="pages answer\n" + str(console))
            wait_for(
                lambda: urllib.request.urlopen(living.doors + "/healthz", timeout=5), seconds=60, what="doors answer"
            )
            yield living
        except AssertionError as error:
            error.add_note(console.read_text(errors="replace")[-6000:])
            raise
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
