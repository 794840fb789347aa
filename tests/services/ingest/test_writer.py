"""Requests that wait together are acknowledged together, and never before the log said so."""

import asyncio
import threading
from pathlib import Path

import pytest

from services.ingest.writer import LogDownError, LogWriter
from services.stream import open_stream
from services.stream.base import Outgoing
from services.stream.errors import StreamError
from tests.services.ingest.house import read_all


class GatedProducer:
    """Acknowledges when its gate opens; counts flushes."""

    def __init__(self, gate: threading.Event) -> None:
        self.gate = gate
        self.groups: list[int] = []
        self.pending = 0
        self.fail = False

    def send(self, records) -> None:
        self.pending += len(list(records))

    def flush(self, timeout_s: float = 30.0) -> None:
        assert self.gate.wait(10)
        self.groups.append(self.pending)
        self.pending = 0
        if self.fail:
            raise StreamError("no leader")

    def close(self) -> None:
        return


class GatedStream:
    def __init__(self) -> None:
        self.gate = threading.Event()
        self.made = GatedProducer(self.gate)

    def producer(self) -> GatedProducer:
        return self.made


def record(number: int = 0) -> Outgoing:
    return Outgoing("gps.fixes", b"k", str(number).encode())


def test_requests_that_wait_while_the_log_works_go_as_one_group() -> None:
    stream = GatedStream()
    writer = LogWriter(stream)  # type: ignore[arg-type]

    async def many() -> None:
        first = asyncio.create_task(writer.append([record()]))
        await asyncio.sleep(0)
        while not stream.made.pending:
            await asyncio.sleep(0)
        rest = [asyncio.create_task(writer.append([record(), record()])) for _ in range(20)]
        await asyncio.sleep(0)
        assert not first.done()
        stream.gate.set()
        await asyncio.gather(first, *rest)

    asyncio.run(many())
    writer.close()
    assert stream.made.groups == [1, 40]
    assert writer.waiting_records == 0


def test_a_failed_group_tells_every_request_and_the_next_group_succeeds() -> None:
    stream = GatedStream()
    stream.gate.set()
    stream.made.fail = True
    writer = LogWriter(stream)  # type: ignore[arg-type]

    async def both() -> None:
        with pytest.raises(LogDownError, match="no leader"):
            await writer.append([record()])
        assert writer.is_down
        stream.made.fail = False
        writer._down_until_s = 0.0
        await writer.append([record()])
        assert not writer.is_down

    asyncio.run(both())
    writer.close()


def test_a_closed_writer_takes_nothing_more(tmp_path: Path) -> None:
    with open_stream(f"sqlite:///{tmp_path}/stream") as stream:
        writer = LogWriter(stream)
        asyncio.run(writer.append([record(n) for n in range(5)]))
        writer.close()
        with pytest.raises(LogDownError, match="closing"):
            asyncio.run(writer.append([record()]))
        assert [r.value for r in read_all(stream, "gps.fixes")] == [b"0", b"1", b"2", b"3", b"4"]
