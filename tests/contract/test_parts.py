"""The scripts that start Kafka and PostGIS say what they did and what is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.data import ROOT
from tests.real_parts import free_port

NEEDED = ("bash", "cat", "chown", "dirname", "find", "grep", "head", "id", "mkdir", "sort", "tail")


def start(part: str, *words: str, path: str | None = None) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "PATH": path or os.environ["PATH"]}
    command = [str(ROOT / "infra" / part / "start.sh"), *words]
    return subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A PATH on which there is neither java nor Maven nor PostgreSQL."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in NEEDED:
        found = shutil.which(program)
        assert found is not None
        (folder / program).symlink_to(found)
    return str(folder)


def test_kafka_without_java_says_what_to_install(tmp_path: Path, bare_path: str) -> None:
    done = start("kafka", str(tmp_path / "kafka"), str(free_port()), path=bare_path)
    assert done.returncode == 1
    assert done.stderr == "kafka: java is missing: apt-get install openjdk-17-jre-headless\n"


@pytest.mark.kafka
def test_kafka_on_a_port_that_is_taken_says_so(kafka_url: str, tmp_path: Path) -> None:
    port = kafka_url.rpartition(":")[2]
    done = start("kafka", str(tmp_path / "kafka"), port)
    assert done.returncode == 1
    assert f"port {port} is taken by another program" in done.stderr


@pytest.mark.postgis
def test_postgis_on_a_port_that_is_taken_says_so(postgis_server: str, tmp_path: Path) -> None:
    port = postgis_server.rpartition("/")[0].rpartition(":")[2]
    folder = Path("/tmp") / f"hanoi-{tmp_path.name}"
    try:
        done = start("postgis", str(folder), port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert done.returncode == 1
    assert f"port {port} is taken by another program" in done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root starts PostgreSQL as somebody else")
@pytest.mark.postgis
def test_postgis_in_a_folder_that_its_user_cannot_reach_says_how_to_mend_it(
    postgis_server: str, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    done = start("postgis", str(closed / "data"), str(free_port()))
    assert done.returncode == 1
    assert "user postgres cannot reach" in done.stderr


@pytest.mark.parametrize("part", ["kafka", "postgis"])
def test_stopping_what_does_not_run_is_fine(part: str, tmp_path: Path) -> None:
    command = [str(ROOT / "infra" / part / "stop.sh"), str(tmp_path / "nothing")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert "does not run" in done.stdout
