"""The one loop around every step: poll, decode, handle, produce, acknowledge, write, commit.

A step may die at any of these points and be run again: outputs are repeated at worst,
and what `Result.write` wrote is written once, because the offset row moves in the
same transaction and only forwards. What the log or the store cannot take now is kept and
tried again, while polling goes on with all partitions paused, so that the group goes on too.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from services.context import Context
from services.store.errors import StaleBatchError, StoreUnavailableError
from services.stream.base import Consumer, Outgoing, Partition, Producer, Record
from services.stream.batch import Batch, Incoming, Result, count_by_topic, spans_of
from services.stream.errors import BackPressure, FencedError, NotAcknowledgedError, OustedError, StreamError
from services.stream.metrics import StepMetrics
from services.stream.orders import OrderReader
from services.stream.poison import PoisonLimit, write_stop
from services.stream.reading import Reader
from services.stream.state import KeyedState
from services.stream.takeover import Takeover

if TYPE_CHECKING:
    from services.store.engine import Store

__all__ = ["BackPressure", "Handle", "Incoming", "Result", "Step", "run_step"]

LONGEST_POLL_S = 0.5
LAG_EVERY_S = 10.0
FIRST_RETRY_S = 0.25
LONGEST_RETRY_S = 15.0
_log = structlog.get_logger(__name__)

Handle = Callable[[Sequence[Incoming[Any]]], Result]


class Step:
    """One member of one group at work; `turn` does one batch.

    Parameters
    ----------
    context : Context
        The log, the clock and the sign to stop.
    group : str
        The group; members of one group share the partitions.
    topics : Sequence of str
        What to read.
    handle : Callable
        The step itself: a batch in, a `Result` out; an empty batch when nothing came for ``idle_s``.
        It raises `BackPressure`, before it changed anything, when it cannot take the batch now.
    store : Store, optional
        Where `Result.write` writes; then its offset rows say where to go on.
    state : KeyedState, optional
        What the step knows by key; restored for each partition that comes to this member.
    max_records : int
        Size of the largest batch.
    idle_s : float
        Seconds without records after which ``handle([])`` is called.
    limit : PoisonLimit
        How much may be unreadable.
    """

    def __init__(
        self,
        context: Context,
        *,
        group: str,
        topics: Sequence[str],
        handle: Handle,
        store: "Store | None" = None,
        state: KeyedState | None = None,
        max_records: int = 500,
        idle_s: float = 1.0,
        limit: PoisonLimit | None = None,
    ) -> None:
        self._context = context
        self._group = group
        self._handle = handle
        self._store = store
        self._max_records = max_records
        self._idle_s = idle_s
        self._metrics = StepMetrics(group)
        self._reader = Reader(group, topics, limit or PoisonLimit(), context.clock.now_ms)
        self._orders = OrderReader(context.stream, group)
        self._producer: Producer = context.stream.producer()
        self._consumer: Consumer = context.stream.consumer(group, topics, instance=context.settings.stream.instance)
        self._takeover = Takeover(context.stream, self._consumer, group, self._reader, self._metrics, store, state)
        self._batch: Batch | None = None
        self._tries = 0
        self._retry_s = self._lag_s = float("-inf")
        self._busy_s = time.monotonic()

    def turn(self) -> int:
        """Go round once: poll, and take a batch as far as it goes; return how many records were committed.

        Returns
        -------
        int
            Number of records committed; 0 when idle, when the batch waits for something that is
            away, or when it belonged to another member by the time it was done.

        Raises
        ------
        StreamError
            If the log could not be polled.
        """
        self._metrics.last_turn.set(time.time())
        if self._reader.stopped and self._batch is None:
            self._obey_orders()
        records = self._poll()
        if self._batch is not None:
            self._push_back(records)
        elif records:
            self._batch = self._takeover.leave_out_known(self._reader.open(records))
        elif time.monotonic() - self._busy_s >= self._idle_s:
            self._batch = Batch((), (), [])
        if self._batch is None or time.monotonic() < self._retry_s:
            return 0
        return self._try(self._batch)

    def close(self) -> None:
        """Leave the group; a batch that was held is not committed, the next member gets it."""
        self._orders.close()
        self._consumer.close()
        self._producer.close()

    def _poll(self) -> Sequence[Record]:
        wait_s = min(self._idle_s, LONGEST_POLL_S)
        if self._batch is not None:
            wait_s = min(wait_s, max(0.0, self._retry_s - time.monotonic()))
        begun_s = time.perf_counter()
        polled = self._consumer.poll(self._max_records, wait_s)
        self._metrics.poll.observe(time.perf_counter() - begun_s)
        try:
            records, gone = self._takeover.synchronise(polled)
        except (StreamError, StoreUnavailableError):
            # What was polled is in nobody's hands now: go on from what is written, not from behind it.
            self._takeover.again(self._consumer.assignment())
            raise
        if self._batch is not None and gone & self._batch.partitions():
            self._drop(self._batch, "its partitions went to another member, or came back from one")
            records, _ = self._takeover.synchronise(records)
        elif self._batch is not None and gone:
            self._consumer.pause(self._consumer.assignment())
        elif gone:
            # A partition that stood still here and comes again is tried again; Kafka's client keeps it paused.
            self._consumer.resume(self._consumer.assignment() - self._reader.stopped.keys())
        if polled and not records:
            self._busy_s = time.monotonic()
        if time.monotonic() - self._lag_s >= LAG_EVERY_S:
            self._measure_lag()
        return records

    def _push_back(self, records: Sequence[Record]) -> None:
        """Read again later what came of partitions that were dealt to us while a batch is held."""
        for partition, (first, _) in spans_of(records).items():
            self._consumer.seek(partition, first)
            self._consumer.pause([partition])

    def _try(self, batch: Batch) -> int:
        try:
            self._advance(batch)
        except OustedError:
            raise
        except (FencedError, StaleBatchError) as error:
            self._drop(batch, str(error))
            return 0
        except BackPressure as pressure:
            self._hold(batch, str(pressure), pressure.retry_after_s)
            return 0
        except (StreamError, StoreUnavailableError) as error:
            self._hold(batch, str(error), min(LONGEST_RETRY_S, FIRST_RETRY_S * 2**self._tries))
            return 0
        self._done(batch)
        return len(batch.records)

    def _advance(self, batch: Batch) -> None:
        if batch.result is None:
            batch.result = self._call(batch.incoming) if batch.incoming or not batch.records else Result()
            self._encode(batch, batch.result)
        begun_s = time.perf_counter()
        self._produce(batch)
        produced_s = time.perf_counter()
        if not batch.written:
            self._write(batch)
            batch.written = True
        offsets = batch.offsets()
        if offsets:
            notes = {partition: write_stop(stop) for partition, (_, stop) in batch.stops.items()}
            self._consumer.commit(offsets, notes)
        self._takeover.committed(offsets)
        self._metrics.produce.observe(produced_s - begun_s)
        self._metrics.commit.observe(time.perf_counter() - produced_s)

    def _call(self, incoming: Sequence[Incoming[Any]]) -> Result:
        begun_s = time.perf_counter()
        try:
            result = self._handle(incoming)
        except Exception as error:
            if incoming:
                first, last = incoming[0].record, incoming[-1].record
                error.add_note(
                    f"group {self._group}, batch of {len(incoming)} from {first.topic}/{first.partition}:{first.offset}"
                    f" to {last.topic}/{last.partition}:{last.offset}; nothing of it was committed"
                )
            raise
        self._metrics.handle.observe(time.perf_counter() - begun_s)
        self._busy_s = time.monotonic()
        return result

    def _encode(self, batch: Batch, result: Result) -> None:
        batch.dead += self._reader.reject(batch, result.rejected)
        out = [Outgoing(topic, key.encode(), msgspec.json.encode(message)) for topic, key, message in result.outputs]
        # What is known of a key is written when the outputs that follow from it are safe, never before.
        batch.lots = [lot for lot in (out + batch.dead, self._takeover.changes(batch)) if lot]

    def _produce(self, batch: Batch) -> None:
        while batch.lots:
            try:
                self._producer.send(batch.lots[0])
                self._producer.flush()
            except NotAcknowledgedError as error:
                batch.lots[0] = error.records
                raise
            batch.lots.pop(0)

    def _write(self, batch: Batch) -> None:
        write = None if batch.result is None else batch.result.write
        if self._store is None:
            assert write is None, f"group {self._group} writes but was given no store"
            return
        spans = batch.spans()
        if write is None and not spans:
            return
        from services.store.offsets import advance_offsets

        with self._store.transaction() as session:
            advance_offsets(session, self._group, spans)
            if write is not None:
                write(session)

    def _hold(self, batch: Batch, reason: str, retry_after_s: float) -> None:
        if not batch.records and batch.result is None and not batch.stops:
            self._batch = None  # nothing came and the step could not act on the clock: it will be asked again
            self._busy_s = time.monotonic()
            return
        self._tries += 1
        self._retry_s = time.monotonic() + retry_after_s
        if self._tries == 1:
            self._consumer.pause(self._consumer.assignment())
            self._metrics.paused.set(1)
        if self._tries.bit_count() == 1:
            _log.warning(
                "a batch is kept and tried again", group=self._group, reason=reason, tries=self._tries,
                records=len(batch.records), retry_after_s=retry_after_s,
            )  # fmt: skip

    def _drop(self, batch: Batch, reason: str) -> None:
        _log.warning("a batch is dropped and read again", group=self._group, records=len(batch.records), reason=reason)
        self._takeover.again(batch.partitions())
        for partition in batch.stops:
            self._reader.stopped.pop(partition, None)
        self._release()

    def _done(self, batch: Batch) -> None:
        for topic, count in count_by_topic(batch.spans(), batch.records).items():
            self._metrics.records(topic, count)
        for record in batch.dead:
            self._metrics.dead_letters(record.topic.removesuffix(".dead"), 1)
        self._release()
        if batch.stops:
            self._orders.close()
        for partition, (offset, _) in batch.stops.items():
            self._consumer.seek(partition, offset)
            self._consumer.pause([partition])
            self._metrics.stopped(*partition, stopped=True)

    def _release(self) -> None:
        self._batch = None
        if self._tries:
            self._tries, self._retry_s = 0, float("-inf")
            self._consumer.resume(self._consumer.assignment() - self._reader.stopped.keys())
            self._metrics.paused.set(0)

    def _obey_orders(self) -> None:
        for order in self._orders.read():
            partition = Partition(order.topic, order.partition)
            offset, _ = self._reader.stopped.get(partition, (order.until_offset, None))
            if order.until_offset > offset:
                _log.warning("ordered to read on", group=self._group, until_offset=order.until_offset, at=partition)
                self._reader.allow_until(partition, order.until_offset)
                self._metrics.stopped(*partition, stopped=False)
                self._consumer.resume([partition])

    def _measure_lag(self) -> None:
        self._lag_s = time.monotonic()
        with contextlib.suppress(StreamError):
            for partition, records in self._consumer.lag().items():
                self._metrics.lag(*partition, records)


def run_step(
    context: Context,
    *,
    group: str,
    topics: Sequence[str],
    handle: Handle,
    store: "Store | None" = None,
    state: KeyedState | None = None,
    max_records: int = 500,
    idle_s: float = 1.0,
) -> None:
    """Run one step until ``context.stop`` is set; the parameters are those of `Step`.

    Parameters
    ----------
    context : Context
        The log, the clock and the sign to stop.
    group : str
        The group; members of one group share the partitions.
    topics : Sequence of str
        What to read.
    handle : Callable
        The step itself.
    store : Store, optional
        Where `Result.write` writes.
    state : KeyedState, optional
        What the step knows by key.
    max_records : int
        Size of the largest batch.
    idle_s : float
        Seconds without records after which ``handle([])`` is called.
    """
    step = Step(
        context, group=group, topics=topics, handle=handle, store=store, state=state, max_records=max_records,
        idle_s=idle_s,
    )  # fmt: skip
    tries = 0
    try:
        while not context.stop.is_set():
            try:
                step.turn()
                tries = 0
            except OustedError:
                raise
            except (StreamError, StoreUnavailableError) as error:
                wait_s = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2**tries)
                tries += 1
                _log.warning("the log cannot be read now", group=group, reason=str(error), retry_after_s=wait_s)
                context.stop.wait(wait_s)
    finally:
        step.close()
