"""A real Kafka and a real PostGIS for the tests, started by the scripts that people use.

One of each for the whole session, on free ports, in a folder that goes away. Where java,
Maven or PostgreSQL is absent the tests that need it are skipped and say why. A server that
runs already can be named by TEST_KAFKA_URL (kafka://HOST:PORT) and TEST_POSTGIS_URL
(postgresql+psycopg://USER@HOST:PORT/NAME, a database that may be changed).
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from services.store.engine import open_store
from tests.data import ROOT

START_TIMEOUT_S = 240


def free_port(following: int = 0) -> int:
    """Return a free port of this machine, with so many free ones after it."""
    for _ in range(50):
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                for number in range(1, following + 1):
                    with socket.socket() as other:
                        other.bind(("127.0.0.1", port + number))
            except (OSError, OverflowError):
                continue
            return port
    raise RuntimeError("no free ports")


def start(part: str, folder: Path, port: int, *, needs: tuple[str, ...] = (), **environ: str) -> None:
    """Start a part with ``infra/PART/start.sh``; skip, loudly, where something it needs is absent."""
    absent = [program for program in needs if shutil.which(program) is None]
    if absent:
        pytest.skip(f"REAL {part.upper()} ABSENT: {', '.join(absent)} not installed")
    command = [str(ROOT / "infra" / part / "start.sh"), str(folder), str(port)]
    done = subprocess.run(
        command,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=START_TIMEOUT_S,
    )
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        if "is missing" in said or "could not fetch" in said:
            pytest.skip(f"REAL {part.upper()} ABSENT: {said}")
        raise RuntimeError(f"{' '.join(command)} failed:\n{said}")


def stop(part: str, folder: Path) -> None:
    """Stop what `start` started and remove its folder."""
    subprocess.run([str(ROOT / "infra" / part / "stop.sh"), str(folder)], check=True, capture_output=True, timeout=90)
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def real_kafka() -> Iterator[str]:
    """Start a Kafka with nothing in it, give its address, stop it and remove it."""
    folder, port = Path(tempfile.mkdtemp(prefix="hanoi-kafka-")), free_port(following=1)
    try:
        start("kafka", folder, port, needs=("java",), KAFKA_HEAP="384m")
        yield f"kafka://127.0.0.1:{port}"
    finally:
        stop("kafka", folder)


@pytest.fixture(scope="session")
def kafka_url() -> Iterator[str]:
    """Address of a real Apache Kafka that the tests share; each uses topics of its own."""
    if given := os.environ.get("TEST_KAFKA_URL"):
        yield given
        return
    with real_kafka() as url:
        yield url


@pytest.fixture
def empty_kafka_url() -> Iterator[str]:
    """Address of a real Apache Kafka of this test alone, for a whole city with its own topics."""
    with real_kafka() as url:
        yield url


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """End point of a small S3 server; its Python environment is made on first use."""
    folder, port = Path(tempfile.mkdtemp(prefix="hanoi-s3-")), free_port()
    try:
        start("s3", folder, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop("s3", folder)


@pytest.fixture
def s3_url(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of an empty bucket of this test alone."""
    bucket = f"city-{uuid.uuid4().hex[:12]}"
    for name, value in {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    httpx.put(f"{s3_server}/{bucket}").raise_for_status()
    return f"s3://{bucket}/media"


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[str]:
    """Address of a database on a real PostgreSQL with PostGIS."""
    if given := os.environ.get("TEST_POSTGIS_URL"):
        yield given
        return
    # Not below pytest's own folder: user postgres may not pass through that one.
    folder, port = Path(tempfile.mkdtemp(prefix="hanoi-postgis-")), free_port()
    try:
        start("postgis", folder, port, POSTGIS_OPTIONS="-c fsync=off -c shared_buffers=64MB")
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/hanoi"
    finally:
        stop("postgis", folder)


@pytest.fixture(scope="session")
def postgis_templates(postgis_server: str) -> dict[str, str]:
    """Names of two databases to copy, because making them anew takes seconds: empty, and with the newest schema."""
    with psycopg.connect(postgis_server.replace("+psycopg", ""), autocommit=True) as connection:
        for name in ("template_empty", "template_migrated"):
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
    place = postgis_server.rpartition("/")[0]
    with psycopg.connect(f"{place}/template_empty".replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION postgis")
    with open_store(f"{place}/template_migrated") as store:
        store.migrate()
    return {"empty": "template_empty", "migrated": "template_migrated"}


@pytest.fixture
def new_postgis_url(postgis_server: str, postgis_templates: dict[str, str]) -> Iterator[Callable[..., str]]:
    """Make databases of this test alone; ``make("migrated")`` for one with the newest schema."""
    made: list[str] = []
    server = postgis_server.replace("+psycopg", "")

    def make(kind: str = "empty") -> str:
        name = f"test_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {postgis_templates[kind]}")
        made.append(name)
        return f"{postgis_server.rpartition('/')[0]}/{name}"

    yield make
    with psycopg.connect(server, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgis_url(new_postgis_url: Callable[..., str]) -> str:
    """Address of an empty database of this test alone."""
    return new_postgis_url()


@pytest.fixture
def migrated_postgis_url(new_postgis_url: Callable[..., str]) -> str:
    """Address of a database of this test alone that has the newest schema."""
    return new_postgis_url("migrated")
