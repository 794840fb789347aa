import socket
from pathlib import Path

import msgspec
import pytest

from services.api.problems import MEDIA_TYPE
from tests.services.api.test_stream import served

LONG = f"GET /api/routes?stop={'x' * 70_000} HTTP/1.1\r\nHost: here\r\n\r\n"


@pytest.mark.parametrize("sent", [LONG, "this is no HTTP\r\n\r\n"])
def test_what_cannot_be_read_gets_problem_details_like_everything_else(tmp_path: Path, sent: str) -> None:
    with served(tmp_path) as (address, _):
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as line:
            line.sendall(sent.encode())
            answer = b"".join(iter(lambda: line.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert f"content-type: {MEDIA_TYPE}".encode() in head
    assert f"content-length: {len(body)}".encode() in head
    told = msgspec.json.decode(body)
    assert told["status"] == 400
    assert "65,535" in told["detail"]
