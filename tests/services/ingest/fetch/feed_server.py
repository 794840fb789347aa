"""A feed's server that misbehaves as it is told, on a real socket."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from google.transit import gtfs_realtime_pb2

Behave = Callable[[socket.socket], None]


def answer(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> Behave:
    """Answer with a body, and with a Content-Length that may lie."""

    def behave(connection: socket.socket) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
        connection.sendall("\r\n".join([*head, "Connection: close", "", ""]).encode() + body)

    return behave


def silent(connection: socket.socket) -> None:
    """Take the request and say nothing until the client goes away."""
    connection.recv(1)


def endless(connection: socket.socket) -> None:
    """Send a body without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    while True:
        connection.sendall(chunk)


def drip(connection: socket.socket) -> None:
    """Send one byte, then keep the rest back until the client goes away."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx")
    connection.recv(1)


def hang_up(connection: socket.socket) -> None:
    """Close without a word."""


@dataclass
class FeedServer:
    """Each request meets the next behaviour; the last one goes on for ever."""

    behaviours: list[Behave] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)

    def __enter__(self) -> "FeedServer":
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/feed.pb"
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(30)
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(65_536)
                lines = head.decode().split("\r\n")[1:]
                self.requests.append(dict(line.lower().split(": ", 1) for line in lines if ": " in line))
                behave = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
                behave(connection)
            except OSError:
                return


def feed(second: int, **vehicles: int) -> bytes:
    """A FeedMessage made at a second, with vehicles and the seconds of their reports."""
    message = gtfs_realtime_pb2.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = second
    for name, at in vehicles.items():
        vehicle = message.entity.add(id=name).vehicle
        vehicle.vehicle.id = name
        vehicle.timestamp = at
        vehicle.position.latitude, vehicle.position.longitude = 21.03, 105.85
    return bytes(message.SerializeToString())
