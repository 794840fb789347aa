"""The doors on a real socket: who dawdles is hung up on, and nobody else waits for it."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from services.ingest import server as server_module
from services.ingest.app import create_app
from services.ingest.server import make_server
from tests.services.ingest.house import Street, csv_row, open_street

CSV = "vehicle_id,timestamp,latitude,longitude\n"


HEAD = ["POST /v1/fixes/csv HTTP/1.1", "Host: x", "Content-Length: 99"]


class Doors:
    """The real server on a free port."""

    def __init__(self, street: Street) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.street = street
        self.server = make_server(create_app(street.house), "127.0.0.1", self.port)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve()))
        self.thread.start()
        end_s = time.monotonic() + 10
        while not self.server.started:
            assert time.monotonic() < end_s
            time.sleep(0.01)

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)

    def connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(10)
        return connection

    def post(self) -> int:
        headers = {"Authorization": f"Bearer {self.street.token}"}
        url = f"http://127.0.0.1:{self.port}/v1/fixes/csv"
        return httpx.post(url, content=CSV + csv_row(), headers=headers, trust_env=False).status_code


@pytest.fixture
def doors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doors]:
    monkeypatch.setattr(server_module, "HEADERS_TIMEOUT_S", 1.5)
    with open_street(tmp_path) as street:
        object.__setattr__(street.house, "body_timeout_s", 1.0)
        doors = Doors(street)
        yield doors
        doors.close()


def test_who_sends_its_headers_byte_by_byte_is_hung_up_on(doors: Doors) -> None:
    slow = [doors.connect() for _ in range(50)]
    for connection in slow:
        connection.sendall(b"POST /v1/fixes/csv HTTP/1.1\r\nHost: x\r\nX-A: ")
    assert doors.post() == 202
    for connection in slow:
        assert connection.recv(1) == b""
        connection.close()


def test_a_second_request_on_a_connection_has_a_clock_of_its_own(doors: Doors) -> None:
    connection = doors.connect()
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    said = b""
    while not said.endswith(b"}"):
        said += connection.recv(65_536)
    assert said.startswith(b"HTTP/1.1 200")
    connection.sendall(b"GET /healthz HT")
    assert connection.recv(65_536) == b""
    connection.close()


def test_who_sends_its_body_byte_by_byte_is_told_and_hung_up_on(doors: Doors) -> None:
    connection = doors.connect()
    head = "\r\n".join([*HEAD, f"Authorization: Bearer {doors.street.token}", ""])
    connection.sendall(f"{head}\r\nvehicle".encode())
    said = connection.recv(65_536)
    assert said.startswith(b"HTTP/1.1 408")
    connection.close()
    assert doors.post() == 202


def test_a_client_that_goes_away_leaves_nothing_behind(doors: Doors) -> None:
    head = "\r\n".join([*HEAD, f"Authorization: Bearer {doors.street.token}", ""])
    for _ in range(20):
        connection = doors.connect()
        connection.sendall(f"{head}\r\nvehicle".encode())
        connection.close()
    assert doors.post() == 202
    end_s = time.monotonic() + 5
    while doors.street.house.in_flight._now:
        assert time.monotonic() < end_s
        time.sleep(0.02)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"POST /v1/fixes/csv HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
        b"POST /v1/fixes/csv HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST /v1/fixes/csv HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["TLS", "no path", "no number", "too many digits", "no chunk"],
)
def test_what_is_no_http_harms_nobody(doors: Doors, raw: bytes) -> None:
    connection = doors.connect()
    connection.sendall(raw)
    said = connection.recv(65_536)
    assert said == b"" or said.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
    connection.close()
    assert doors.post() == 202


def test_what_is_no_http_gets_problem_details_like_everything_else(doors: Doors) -> None:
    connection = doors.connect()
    connection.sendall(b"this is no HTTP\r\n\r\n")
    head, _, body = b"".join(iter(lambda: connection.recv(65_536), b"")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json" in head
    assert f"content-length: {len(body)}".encode() in head
    told = msgspec.json.decode(body)
    assert told["type"] == "urn:hanoi-traffic:problem:no-http"
    assert "no HTTP" in told["detail"]
