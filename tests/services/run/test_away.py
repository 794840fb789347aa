"""A service that begins while Kafka or PostgreSQL is away waits, says so, and begins once it is there."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from schemas.message import encode
from services.clock import CityClock
from services.run import host as host_module
from services.run.host import Hosted, host
from services.run.services import SERVICES
from services.settings import Settings
from services.store.engine import open_store
from services.store.positions import list_latest_positions
from services.stream import open_stream
from services.stream.base import Outgoing
from tests.contract import messages

DEADLINE_S = 60.0


class Gate:
    """A port at which nobody answers until `open`, then a real part does."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))  # not listening: whoever connects is refused
        self.port = int(self._socket.getsockname()[1])

    def open(self) -> None:
        self._socket.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                real = socket.create_connection(self._target)
                for one, other in ((client, real), (real, client)):
                    threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def gate() -> Iterator[Callable[[str], Gate]]:
    made: list[Gate] = []

    def make(url: str) -> Gate:
        parts = urlsplit(url)
        made.append(Gate((parts.hostname or "127.0.0.1", parts.port or 5432)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def reach(wanted: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not wanted():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(
    "away", [pytest.param("kafka", marks=pytest.mark.kafka), pytest.param("postgis", marks=pytest.mark.postgis)]
)
def test_the_archive_waits_for_what_is_away_and_then_archives(
    away: str, request: pytest.FixtureRequest, tmp_path: Path, gate: Callable[[str], Gate],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(host_module, "LONGEST_WAIT_S", 1.0)
    urls = {"STREAM_URL": f"sqlite:///{tmp_path}/stream", "DATABASE_URL": f"sqlite:///{tmp_path}/s.sqlite"}
    name, fixture = ("STREAM_URL", "empty_kafka_url") if away == "kafka" else ("DATABASE_URL", "migrated_postgis_url")
    real = urls | {name: request.getfixturevalue(fixture)}
    door = gate(real[name])
    through = real | {name: real[name].replace(f":{urlsplit(real[name]).port}", f":{door.port}", 1)}
    stop = threading.Event()
    archive = Hosted(SERVICES["archive"], Settings(through), CityClock(), stop, alone=True)
    ended: list[int] = []
    thread = threading.Thread(target=lambda: ended.append(host([archive], stop)))
    thread.start()
    try:
        reach(lambda: archive.watched.state == "waiting")
        assert archive.watched.restarts == 0
        door.open()
        with open_stream(real["STREAM_URL"]) as stream, contextlib.closing(stream.producer()) as producer:
            position = messages.position("v", messages.NOON_MS)
            producer.send([Outgoing("bus.positions", b"v", encode(position))])
            producer.flush()
        reach(lambda: archive.watched.state == "up")
        with open_store(real["DATABASE_URL"]) as store:
            reach(lambda: _latest(store) == ["v"])
    finally:
        stop.set()
        thread.join(10)
    assert ended == [0]


def _latest(store) -> list[str]:  # type: ignore[no-untyped-def]
    with store.reading() as session:
        return [row.vehicle_id for row in list_latest_positions(session)]
