"""Many pages that listen to the event stream at once, as light as they can be."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

REQUEST = (
    b"GET /api/live?topics=vehicles,clock HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Accept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n"
)
OPEN_AT_ONCE = 50
SETTLE_S = 5.0
WAIT_S = 60.0


@dataclass(frozen=True)
class Heard:
    """What a crowd heard: the api's processor time, bytes a second of each, how many fell off, the longest silence."""

    cpu_ms_per_s: float
    kb_per_s: float
    lost: int
    slowest_s: float


@dataclass
class Page:
    """One page that listens."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    bytes: int = 0
    heard_s: float = 0.0
    longest_s: float = 0.0
    lost: bool = False

    async def listen(self) -> None:
        """Read until told to stop; what comes is counted and thrown away."""
        while data := await self.reader.read(65_536):
            now_s = time.monotonic()
            self.longest_s = max(self.longest_s, now_s - self.heard_s)
            self.heard_s = now_s
            self.bytes += len(data)
        self.lost = True


async def listen_many(port: int, count: int, seconds: float, cpu_s: Callable[[], float]) -> Heard:
    """Open many streams and listen for some seconds.

    Parameters
    ----------
    port : int
        Of the api on this machine.
    count : int
        How many streams.
    seconds : float
        How long to measure, after everybody has what is whole.
    cpu_s : callable
        Processor seconds of the api so far.

    Returns
    -------
    Heard
        What came.
    """
    pages: list[Page] = []
    for start in range(0, count, OPEN_AT_ONCE):
        pages += await asyncio.gather(*(_open(port) for _ in range(min(OPEN_AT_ONCE, count - start))))
    tasks = [asyncio.create_task(page.listen()) for page in pages]
    await asyncio.sleep(min(SETTLE_S, seconds))
    began_s, before_s = time.monotonic(), cpu_s()
    for page in pages:
        page.bytes, page.longest_s, page.heard_s = 0, 0.0, began_s
    await asyncio.sleep(seconds)
    took_s, used_s = time.monotonic() - began_s, cpu_s() - before_s
    heard = Heard(
        cpu_ms_per_s=1000 * used_s / took_s,
        kb_per_s=sum(page.bytes for page in pages) / len(pages) / took_s / 1000,
        lost=sum(page.lost for page in pages),
        slowest_s=max(max(page.longest_s, time.monotonic() - page.heard_s) for page in pages),
    )
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for page in pages:
        page.writer.close()
    return heard


async def _open(port: int) -> Page:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST)
    status = await asyncio.wait_for(reader.readline(), WAIT_S)
    if b" 200 " not in status:
        raise ConnectionError(f"the event stream answered {status!r}")
    return Page(reader, writer, heard_s=time.monotonic())
