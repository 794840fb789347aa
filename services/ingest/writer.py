"""Appends to the log in groups: requests that wait together are acknowledged together."""

import asyncio
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from services.stream.base import Outgoing, Producer, Stream
from services.stream.errors import StreamError

MAX_GROUP_RECORDS = 5_000
MAX_WAITING_RECORDS = 100_000
FLUSH_TIMEOUT_S = 5.0
REST_AFTER_FAILURE_S = 1.0

log = structlog.get_logger(__name__)


class LogDownError(Exception):
    """The log did not acknowledge, or too much is waiting for it; nothing was promised to the client."""

    def __init__(self, reason: str, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class _Waiting:
    records: Sequence[Outgoing]
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[None]"

    def settle(self, error: Exception | None) -> None:
        """Wake the request, from the writer's thread."""
        try:
            self.loop.call_soon_threadsafe(_settle, self.done, error)
        except RuntimeError:  # the loop has ended, and the client with it
            return


def _settle(done: "asyncio.Future[None]", error: Exception | None) -> None:
    if done.cancelled():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


class LogWriter:
    """One producer in one thread, shared by all requests.

    Parameters
    ----------
    stream : Stream
        The log.
    flush_timeout_s : float
        How long the log may take to acknowledge a group.
    """

    def __init__(self, stream: Stream, flush_timeout_s: float = FLUSH_TIMEOUT_S) -> None:
        self._stream = stream
        self._flush_timeout_s = flush_timeout_s
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._producer: Producer | None = None
        self._lock = threading.Lock()
        self._waiting_records = 0
        self._closed = False
        self._down_until_s = 0.0
        self._down_reason = ""
        self._thread = threading.Thread(target=self._work, name="log-writer", daemon=True)
        self._thread.start()

    @property
    def waiting_records(self) -> int:
        """How many records are not acknowledged yet."""
        return self._waiting_records

    @property
    def is_down(self) -> bool:
        """Whether the last group was not acknowledged."""
        return bool(self._down_reason)

    async def append(self, records: Sequence[Outgoing]) -> None:
        """Return once the log acknowledged every record.

        Parameters
        ----------
        records : sequence of Outgoing
            Appended in this order.

        Raises
        ------
        LogDownError
            If the log did not acknowledge; some records may be in it all the same (at least once).
        """
        if not records:
            return
        loop = asyncio.get_running_loop()
        waiting = _Waiting(records, loop, loop.create_future())
        with self._lock:
            self._refuse_if_hopeless(len(records))
            self._waiting_records += len(records)
            self._queue.put(waiting)
        try:
            await asyncio.wait_for(waiting.done, 2 * self._flush_timeout_s)
        except TimeoutError:
            raise LogDownError("the log does not answer", 5) from None

    def _refuse_if_hopeless(self, coming: int) -> None:
        if self._closed:
            raise LogDownError("the doors are closing", 2)
        if time.monotonic() < self._down_until_s:
            raise LogDownError(self._down_reason, 2)
        if self._waiting_records and self._waiting_records + coming > MAX_WAITING_RECORDS:
            raise LogDownError(f"{self._waiting_records} reports already wait for the log", 1)

    def close(self, timeout_s: float = 1.5) -> None:
        """Append what waits, then let go of the producer; gives up after ``timeout_s``."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join(timeout_s)

    def _work(self) -> None:
        open_ = True
        while open_:
            group, open_ = self._next_group()
            if not group:
                continue
            error = self._write([record for waiting in group for record in waiting.records])
            with self._lock:
                self._waiting_records -= sum(len(waiting.records) for waiting in group)
            for waiting in group:
                waiting.settle(error)
        self._drop_producer()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        group: list[_Waiting] = []
        size = 0
        while size < MAX_GROUP_RECORDS:
            try:
                waiting = self._queue.get(block=not group)
            except queue.Empty:
                break
            if waiting is None:
                return group, False
            group.append(waiting)
            size += len(waiting.records)
        return group, True

    def _write(self, records: list[Outgoing]) -> LogDownError | None:
        try:
            if self._producer is None:
                self._producer = self._stream.producer()
            self._producer.send(records)
            self._producer.flush(self._flush_timeout_s)
        except Exception as error:  # noqa: BLE001 - whatever it was, the clients must hear that nothing was kept
            return self._failed(error)
        if self._down_reason:
            log.info("the log takes reports again")
        self._down_reason = ""
        return None

    def _failed(self, error: Exception) -> LogDownError:
        reason = str(error) if isinstance(error, StreamError) else type(error).__name__
        if not self._down_reason:
            log.error("the log takes no reports; sources are told to try again", reason=reason)
        self._down_reason = reason
        self._down_until_s = time.monotonic() + REST_AFTER_FAILURE_S
        self._drop_producer()
        return LogDownError(reason, 2)

    def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            threading.Thread(target=_close_quietly, args=(producer,), name="drop-producer", daemon=True).start()


def _close_quietly(producer: Producer) -> None:
    try:
        producer.close()
    except Exception as error:  # noqa: BLE001 - it is let go of because it failed
        log.debug("a producer did not close", reason=type(error).__name__)
