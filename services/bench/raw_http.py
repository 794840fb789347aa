"""The least an HTTP client can do, so that a benchmark of a server does not time its client."""

import asyncio
import re
import time
from collections.abc import Sequence

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


def request(path: str, body: bytes, token: str, media_type: str = "application/octet-stream") -> bytes:
    """Return the bytes of a POST that keeps its connection."""
    head = [
        f"POST {path} HTTP/1.1", "Host: bench", f"Authorization: Bearer {token}", f"Content-Type: {media_type}",
        f"Content-Length: {len(body)}", "", "",
    ]  # fmt: skip
    return "\r\n".join(head).encode() + body


class Connection:
    """One connection that asks and waits, again and again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, data: bytes) -> int:
        """Send a request and return the status of its answer; a lost connection is opened anew."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        try:
            writer.write(data)
            head = await reader.readuntil(b"\r\n\r\n")
            found = _LENGTH.search(head)
            await reader.readexactly(int(found[1]) if found else 0)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.close()
            return 0
        if b"connection: close" in head.lower():
            self.close()
        return int(head[9:12])

    def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def post_all(port: int, requests: Sequence[bytes], connections: int) -> tuple[float, int]:
    """Post every request once over some connections; return the seconds it took and how many were taken."""
    waiting, taken = list(reversed(requests)), 0

    async def work() -> None:
        nonlocal taken
        connection = Connection(port)
        while waiting:
            status = await connection.ask(waiting.pop())
            taken += status in (200, 202)
        connection.close()

    began_s = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(connections)))
    return time.perf_counter() - began_s, taken


async def flood(port: int, data: bytes, connections: int, until_s: float) -> dict[int, int]:
    """Post one request again and again, whatever is answered; return how often each status came."""
    statuses: dict[int, int] = {}

    async def work() -> None:
        connection = Connection(port)
        while time.time() < until_s:
            status = await connection.ask(data)
            statuses[status] = statuses.get(status, 0) + 1
        connection.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    return statuses


async def pace(port: int, data: bytes, every_s: float, until_s: float) -> list[float]:
    """Post one request at a steady pace and return the seconds each took, counted from when it was due."""
    connection, took_s, due_s = Connection(port), [], time.time()
    while time.time() < until_s:
        await asyncio.sleep(max(0.0, due_s - time.time()))
        status = await connection.ask(data)
        if status in (200, 202):
            took_s.append(time.time() - due_s)
        due_s += every_s
    connection.close()
    return took_s
