"""Appends to the log in groups: requests that wait together are acknowledged together, sources in turn."""

import asyncio
import threading
import time
from collections.abc import Sequence

import structlog

from services.ingest.fair_queue import FairQueue, Lot, Piece
from services.stream.base import Outgoing, Producer, Stream
from services.stream.errors import StreamError

MAX_GROUP_RECORDS = 2_000
QUANTUM_RECORDS = 500
MAX_WAITING_RECORDS = 100_000
MAX_WAITING_OF_SOURCE = 20_000
FLUSH_TIMEOUT_S = 5.0
REST_AFTER_FAILURE_S = 1.0

log = structlog.get_logger(__name__)


class LogDownError(Exception):
    """The log did not acknowledge, or too much is waiting for it; nothing was promised to the client."""

    def __init__(self, reason: str, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class QueueFullError(Exception):
    """One source has more waiting for the log than it may; the others go on."""

    retry_after_s = 1


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
        self._queue = FairQueue(QUANTUM_RECORDS)
        self._changed = threading.Condition()
        self._producer: Producer | None = None
        self._closed = False
        self._down_until_s = 0.0
        self._down_reason = ""
        self._thread = threading.Thread(target=self._work, name="log-writer", daemon=True)
        self._thread.start()

    @property
    def waiting_records(self) -> int:
        """How many records are not acknowledged yet."""
        with self._changed:
            return len(self._queue)

    @property
    def is_down(self) -> bool:
        """Whether the last group was not acknowledged."""
        return bool(self._down_reason)

    async def append(self, records: Sequence[Outgoing], source: str = "") -> None:
        """Return once the log acknowledged every record.

        Parameters
        ----------
        records : sequence of Outgoing
            Appended in this order.
        source : str
            Whose they are: sources are served in turn.

        Raises
        ------
        LogDownError
            If the log did not acknowledge; some records may be in it all the same (at least once).
        QueueFullError
            If too much of this source waits already.
        """
        if not records:
            return
        loop = asyncio.get_running_loop()
        lot = Lot(source, records, loop, loop.create_future())
        with self._changed:
            self._refuse_if_hopeless(source, len(records))
            self._queue.put(lot)
            self._changed.notify()
        try:
            await asyncio.wait_for(lot.done, 2 * self._flush_timeout_s)
        except TimeoutError:
            raise LogDownError("the log does not answer", 5) from None

    def _refuse_if_hopeless(self, source: str, coming: int) -> None:
        if self._closed:
            raise LogDownError("the doors are closing", 2)
        if time.monotonic() < self._down_until_s:
            raise LogDownError(self._down_reason, 2)
        mine, all_ = self._queue.waiting(source), len(self._queue)
        if mine and mine + coming > MAX_WAITING_OF_SOURCE:
            raise QueueFullError(f"{mine} reports of {source} already wait for the log")
        if all_ and all_ + coming > MAX_WAITING_RECORDS:
            raise LogDownError(f"{all_} reports already wait for the log", 1)

    def close(self, timeout_s: float = 1.5) -> None:
        """Append what waits, then let go of the producer; gives up after ``timeout_s``."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(timeout_s)

    def _work(self) -> None:
        while group := self._next_group():
            error = self._write([record for piece in group for record in piece.records])
            settled = {id(piece.lot): piece.lot for piece in group if piece.last or error is not None}
            with self._changed:
                for lot in settled.values():
                    self._queue.settle(lot)
            for lot in settled.values():
                lot.wake(error)
        self._drop_producer()

    def _next_group(self) -> list[Piece]:
        with self._changed:
            while True:
                group = self._queue.next_group(MAX_GROUP_RECORDS)
                if group or self._closed:
                    return group
                self._changed.wait()

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
