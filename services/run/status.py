"""What the supervisor knows of its services, in one small file that `hanoi status` reads."""

import fcntl
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from schemas.message import Message


class ServiceStatus(Message, frozen=True):
    """One service, or one worker of it, as the supervisor sees it."""

    name: str
    state: str
    process: str = ""
    pid: int | None = None
    port: int = 0
    up_since_ms: int | None = None
    restarts: int = 0
    ready: bool = False
    reason: str | None = None
    last_exit: str | None = None
    last_error: str | None = None
    last_error_ms: int | None = None
    lag: int | None = None
    dead_letters: int | None = None


class RunStatus(Message, frozen=True):
    """The whole run: who supervises, what listens where, every service."""

    pid: int
    started_ms: int
    written_ms: int
    city: str
    urls: dict[str, str]
    services: tuple[ServiceStatus, ...]
    plan: str = ""


class StatusFile:
    """Writes ``var/run/status.json``, whole or not at all.

    Parameters
    ----------
    folder : Path
        ``var/run``.
    city : str
        Name of the city folder.
    urls : Mapping of str to str
        What listens where.
    plan : str
        How services are distributed over processes.
    """

    def __init__(self, folder: Path, city: str, urls: Mapping[str, str], plan: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "status.json"
        self._city = city
        self._urls = dict(urls)
        self._plan = plan
        self._started_ms = _wall_ms()

    def write(self, services: Sequence[ServiceStatus]) -> None:
        """Write the present state."""
        status = RunStatus(
            pid=os.getpid(),
            started_ms=self._started_ms,
            written_ms=_wall_ms(),
            city=self._city,
            urls=self._urls,
            plan=self._plan,
            services=tuple(services),
        )
        new = self._path.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(status))
        new.replace(self._path)

    def remove(self) -> None:
        """Forget the state; nothing runs any more."""
        self._path.unlink(missing_ok=True)


def find_status(folder: Path) -> RunStatus | None:
    """Return what a live supervisor last wrote, ``None`` where none lives.

    Parameters
    ----------
    folder : Path
        ``var/run``.

    Returns
    -------
    RunStatus or None
        The state.
    """
    return _read_status(folder) if RunLock(folder).is_held() else None


class AlreadyRunningError(Exception):
    """Another supervisor runs on the same folder; the text says which process and how to stop it."""


class RunLock:
    """One supervisor a folder: a lock that the system drops when the process ends, however it ends.

    Parameters
    ----------
    folder : Path
        ``var/run``.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "supervisor.lock"
        self._file: int | None = None

    def is_held(self) -> bool:
        """Return whether any process holds the lock."""
        try:
            file = os.open(self._path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(file)
        return False

    def __enter__(self) -> Self:
        """Take the lock, or raise ``AlreadyRunningError``."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(file, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(file)
            raise AlreadyRunningError(_describe_holder(self._path.parent, pid)) from None
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        self._file = file
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let the lock go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _describe_holder(folder: Path, pid: str) -> str:
    status = _read_status(folder)
    since = time.strftime(" since %Y-%m-%d %H:%M:%S", time.localtime(status.started_ms / 1000)) if status else ""
    where = "".join(f"; {name}: {url}" for name, url in status.urls.items()) if status else ""
    return (
        f"`hanoi run` already runs here (process {pid}{since}, {folder.parent}{where}); "
        f"see `hanoi status`, stop it with Ctrl-C or `kill {pid}`, or give another folder with --var"
    )


def _read_status(folder: Path) -> RunStatus | None:
    try:
        return msgspec.json.decode((folder / "status.json").read_bytes(), type=RunStatus)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000
