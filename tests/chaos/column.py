"""The two ways to run: files alone, or a Kafka and a PostGIS of our own that can be killed."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from schemas.topics import TOPICS
from services.store.engine import Store, open_store
from services.stream import open_stream
from tests import real_parts
from tests.chaos.effects import create_effects
from tests.chaos.numbers import OUT, TOPIC

NAMES = ("embedded", "distributed")
START_S = 60.0
DISK_MIB = 192
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Server:
    """One server that `infra/PART/start.sh` starts in a folder, as people do."""

    part: str
    folder: Path
    port: int
    environ: dict[str, str]

    def start(self) -> None:
        """Start it, in the same folder and on the same port each time; after a kill again until it comes."""
        until_s = time.monotonic() + START_S
        while True:
            try:
                real_parts.start(self.part, self.folder, self.port, **self.environ)
            except RuntimeError:
                # What was killed may leave children that hold its memory, or wait to be buried by its parent.
                if time.monotonic() > until_s:
                    raise
                time.sleep(0.2)
            else:
                return

    def kill(self) -> None:
        """Kill -9 the server, and wait until it is dead and buried."""
        file = self.folder / ("kafka.pid" if self.part == "kafka" else "data/postmaster.pid")
        pid = int(file.read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        while psutil.pid_exists(pid):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            time.sleep(0.01)


@dataclass
class Column:
    """Where one column's log and database are, and which of its servers can be killed."""

    name: str
    folder: Path
    stream_url: str
    database_url: str
    broker: Server | None = None
    database: Server | None = None
    disk: Path | None = None

    @property
    def env(self) -> dict[str, str]:
        """What its services read."""
        return {
            "STREAM_URL": self.stream_url,
            "DATABASE_URL": self.database_url,
            "HANOI_RUN_VAR_DIR": str(self.folder),
            "OMP_NUM_THREADS": "1",
        }

    def prepare(self) -> Store:
        """Make the schema and the topics, and return the database."""
        store = open_store(self.database_url)
        store.migrate()
        create_effects(store)
        with open_stream(self.stream_url) as stream:
            stream.ensure_topics([TOPICS[TOPIC], TOPICS[OUT]])
        return store


@contextlib.contextmanager
def open_column(name: str, folder: Path | None = None) -> Iterator[Column]:
    """Give a column with nothing in it; its servers and its folder are gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix=f"hanoi-chaos-{name}-")) if folder is None else folder
    try:
        if name == "embedded":
            with _small_disk(place) as disk:
                lives = disk or place
                yield Column(
                    name, place, f"sqlite:///{lives / 'stream'}", f"sqlite:///{lives / 'store.sqlite'}", disk=disk
                )
        else:
            with _servers(place) as (kafka, postgis):
                yield Column(
                    name,
                    place,
                    f"kafka://127.0.0.1:{kafka.port}",
                    f"postgresql+psycopg://postgres@127.0.0.1:{postgis.port}/hanoi",
                    kafka,
                    postgis,
                )
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """Give a disk of 192 MiB that can be filled, ``None`` where nobody may mount one."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        yield None
        return
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _adopt_orphans() -> None:
    """Become the parent of the servers, whose starters end: not every process 1 buries the dead at once."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1)


@contextlib.contextmanager
def _servers(folder: Path) -> Iterator[tuple[Server, Server]]:
    folder.chmod(0o755)  # user postgres passes through
    _adopt_orphans()
    kafka = Server("kafka", folder / "kafka", real_parts.free_port(following=1), {"KAFKA_HEAP": "384m"})
    postgis = Server(
        "postgis", folder / "postgis", real_parts.free_port(), {"POSTGIS_OPTIONS": "-c shared_buffers=64MB"}
    )
    try:
        kafka.start()
        postgis.start()
        yield kafka, postgis
    finally:
        for server in (kafka, postgis):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                server.kill()
