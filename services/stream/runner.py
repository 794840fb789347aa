"""The one loop around every step: poll, decode, handle, produce, acknowledge, write, commit.

A step may die at any of these points and be run again: outputs are repeated at worst,
and what `Result.write` wrote is written once, because the offset row moves in the
same transaction and only forwards.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec
import structlog

from schemas.message import Message
from schemas.topics import get_topic
from services.context import Context
from services.store.errors import StaleBatchError
from services.stream.base import Consumer, Outgoing, Partition, Producer, Record
from services.stream.dead_letter import make_dead_letter
from services.stream.errors import FencedError
from services.stream.poison import PoisonCounter, PoisonLimit

if TYPE_CHECKING:
    from services.store.engine import Store

M = TypeVar("M", bound=Message)

LONGEST_POLL_S = 0.5
NUL = rb"\u0000"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Incoming(Generic[M]):
    """One record that was decoded and checked."""

    record: Record
    key: str
    message: M


@dataclass(frozen=True, slots=True)
class Result:
    """What a step makes of a batch.

    ``outputs`` are ``(topic, key, message)``. ``write`` gets a SQLAlchemy session in
    the transaction that also moves the offset row. ``rejected`` are records that were
    readable but break a rule, with the reason; they go to the dead-letter topic.
    """

    outputs: Sequence[tuple[str, str, Message]] = ()
    write: Callable[[Any], None] | None = None
    rejected: Sequence[tuple[Incoming[Any], str]] = ()


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
    store : Store, optional
        Where `Result.write` writes; then its offset rows say where to go on.
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
        self._known: frozenset[Partition] = frozenset()
        self._decoders = {topic: msgspec.json.Decoder(get_topic(topic).message).decode for topic in topics}
        self._counters = {topic: PoisonCounter(topic, limit or PoisonLimit()) for topic in topics}
        self._producer: Producer = context.stream.producer()
        self._consumer: Consumer = context.stream.consumer(group, topics)
        self._busy_s = time.monotonic()

    def turn(self) -> int:
        """Do one batch from poll to commit; return how many records it had.

        Returns
        -------
        int
            Number of records committed; 0 when idle, or when the batch belonged to
            another member by the time it was done.

        Raises
        ------
        PoisonLimitError
            If more than the limit could not be decoded; nothing of the batch was committed.
        StreamError
            If the log failed; nothing of the batch was committed.
        """
        polled = self._consumer.poll(self._max_records, min(self._idle_s, LONGEST_POLL_S))
        records = self._synchronise(polled)
        if not records:
            if not polled and time.monotonic() - self._busy_s >= self._idle_s:
                self._finish((), self._call([]), [])
            return 0
        incoming, dead = self._decode(records)
        result = self._call(incoming) if incoming else Result()
        return len(records) if self._finish(records, result, dead) else 0

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()
        self._producer.close()

    def _call(self, incoming: Sequence[Incoming[Any]]) -> Result:
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
        self._busy_s = time.monotonic()
        return result

    def _synchronise(self, records: Sequence[Record]) -> Sequence[Record]:
        """Go on at the offset rows where partitions are new to us; drop what was read from elsewhere."""
        assigned = self._consumer.assignment()
        new, self._known = assigned - self._known, assigned
        if self._store is None or not new:
            return records
        from services.store.offsets import read_offsets

        with self._store.reading() as session:
            stored = {Partition(*place): at for place, at in read_offsets(session, self._group, new).items()}
        first: dict[Partition, int] = {}
        for record in records:
            first.setdefault(Partition(record.topic, record.partition), record.offset)
        moved = {p for p, at in stored.items() if first.get(p) != at and self._go_on_at(p, at)}
        return [record for record in records if Partition(record.topic, record.partition) not in moved]

    def _go_on_at(self, partition: Partition, offset: int) -> bool:
        end = self._context.stream.end_offsets(partition.topic)[partition]
        if offset <= end:
            self._consumer.seek(partition, offset)
            return True
        from services.store.offsets import forget_offset

        assert self._store is not None
        _log.warning(
            "the log was begun anew, so its offset row is too",
            group=self._group,
            stored=offset,
            end=end,
            **_at(partition),
        )
        with self._store.transaction() as session:
            forget_offset(session, self._group, partition)
        return False

    def _decode(self, records: Sequence[Record]) -> tuple[list[Incoming[Any]], list[Outgoing]]:
        incoming: list[Incoming[Any]] = []
        dead: list[Outgoing] = []
        for record in records:
            counter = self._counters[record.topic]
            try:
                if NUL in record.value:
                    raise msgspec.ValidationError("a text holds U+0000, which no database keeps")
                message = self._decoders[record.topic](record.value)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                counter.bad(str(error))
                dead.append(self._dead_letter(record, str(error)))
            else:
                counter.good()
                key = "" if record.key is None else record.key.decode(errors="replace")
                incoming.append(Incoming(record, key, message))
        return incoming, dead

    def _dead_letter(self, record: Record, reason: str) -> Outgoing:
        return make_dead_letter(record, reason, service=self._group, now_ms=self._context.clock.now_ms())

    def _finish(self, records: Sequence[Record], result: Result, dead: Sequence[Outgoing]) -> bool:
        out = [Outgoing(topic, key.encode(), msgspec.json.encode(message)) for topic, key, message in result.outputs]
        out += dead
        out += [self._dead_letter(incoming.record, reason) for incoming, reason in result.rejected]
        if out:
            self._producer.send(out)
            self._producer.flush()
        spans = _spans(records)
        try:
            self._write(result.write, spans)
            if spans:
                self._consumer.commit({partition: after for partition, (_, after) in spans.items()})
        except (FencedError, StaleBatchError) as error:
            _log.warning("a batch came too late", group=self._group, reason=str(error))
            self._known = frozenset()
            return False
        return True

    def _write(self, write: Callable[[Any], None] | None, spans: Mapping[Partition, tuple[int, int]]) -> None:
        if self._store is None:
            assert write is None, f"group {self._group} writes but was given no store"
            return
        if write is None and not spans:
            return
        from services.store.offsets import advance_offsets

        with self._store.transaction() as session:
            advance_offsets(session, self._group, spans)
            if write is not None:
                write(session)


def _spans(records: Sequence[Record]) -> dict[Partition, tuple[int, int]]:
    spans: dict[Partition, tuple[int, int]] = {}
    for record in records:
        partition = Partition(record.topic, record.partition)
        spans[partition] = (spans.get(partition, (record.offset, 0))[0], record.offset + 1)
    return spans


def _at(partition: Partition) -> dict[str, Any]:
    return {"topic": partition.topic, "partition": partition.partition}


def run_step(
    context: Context,
    *,
    group: str,
    topics: Sequence[str],
    handle: Handle,
    store: "Store | None" = None,
    max_records: int = 500,
    idle_s: float = 1.0,
) -> None:
    """Run one step until ``context.stop`` is set.

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
    store : Store, optional
        Where `Result.write` writes; then its offset rows say where to go on.
    max_records : int
        Size of the largest batch.
    idle_s : float
        Seconds without records after which ``handle([])`` is called.
    """
    step = Step(context, group=group, topics=topics, handle=handle, store=store, max_records=max_records, idle_s=idle_s)
    try:
        while not context.stop.is_set():
            step.turn()
    finally:
        step.close()
