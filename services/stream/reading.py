"""From records to checked messages: what cannot be read is set aside, and too much of it stops its partition."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog

from schemas.topics import get_topic
from services.stream.base import Outgoing, Partition, Record
from services.stream.batch import Batch, Incoming
from services.stream.dead_letter import make_dead_letter
from services.stream.poison import PoisonCounter, PoisonLimit, Stop

NUL = rb"\u0000"
_log = structlog.get_logger(__name__)


class Reader:
    """Decodes the records of one group's member and counts what cannot be read, partition by partition.

    Parameters
    ----------
    group : str
        Who reads.
    topics : Sequence of str
        What is read.
    limit : PoisonLimit
        How much may be unreadable.
    now_ms : Callable
        The clock that dead letters are stamped with.
    """

    def __init__(self, group: str, topics: Sequence[str], limit: PoisonLimit, now_ms: Callable[[], int]) -> None:
        self._group = group
        self._limit = limit
        self._now_ms = now_ms
        self._decoders = {topic: msgspec.json.Decoder(get_topic(topic).message).decode for topic in topics}
        self._counters: dict[tuple[str, int], PoisonCounter] = {}
        self.stopped: dict[Partition, tuple[int, Stop]] = {}

    def open(self, records: Sequence[Record]) -> Batch:
        """Make a batch of records; it holds no record at or after one where its partition stopped."""
        batch = Batch(records, [], [])
        incoming, decoders, counters = [], self._decoders, self._counters
        for record in records:
            counter = counters.get((record.topic, record.partition)) or self._counter(record)
            try:
                if NUL in record.value:
                    raise msgspec.ValidationError("a text holds U+0000, which no database keeps")
                message = decoders[record.topic](record.value)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                self._bad(batch, counter, record, str(error))
            else:
                counter.good()
                key = "" if record.key is None else record.key.decode(errors="replace")
                incoming.append(Incoming(record, key, message))
        batch.incoming = incoming
        if batch.stops:
            self._cut(batch)
        return batch

    def reject(self, batch: Batch, rejected: Sequence[tuple[Incoming[Any], str]]) -> list[Outgoing]:
        """Return the dead letters of what a step rejected; too many stop the partition after this batch."""
        for incoming, reason in rejected:
            partition = Partition(incoming.record.topic, incoming.record.partition)
            too_much = self._counters[partition].reject()
            if too_much is not None and partition not in batch.stops:
                self._stop(batch, partition, batch.offsets()[partition], too_much, reason)
        return [self._dead_letter(incoming.record, reason) for incoming, reason in rejected]

    def take_over(self, partition: Partition, offset: int, stop: Stop | None) -> None:
        """Begin with a partition that was another member's, where that one left it."""
        counter = self._counters[partition] = PoisonCounter(self._limit)
        self.stopped.pop(partition, None)
        if stop is not None:
            counter.go_on(stop)
            _log.warning("trying again where reading stopped", group=self._group, offset=offset, **at(partition))

    def allow_until(self, partition: Partition, offset: int) -> None:
        """Read a stopped partition again, and set aside without counting what is unreadable before an offset."""
        self._counters[partition].allow_until(offset)
        self.stopped.pop(partition, None)

    def forget(self, partition: Partition) -> None:
        """Drop what is known of a partition that went to another member."""
        self._counters.pop(partition, None)
        self.stopped.pop(partition, None)

    def _counter(self, record: Record) -> PoisonCounter:
        partition = Partition(record.topic, record.partition)
        return self._counters.setdefault(partition, PoisonCounter(self._limit))

    def _bad(self, batch: Batch, counter: PoisonCounter, record: Record, reason: str) -> None:
        partition = Partition(record.topic, record.partition)
        if partition in batch.stops:
            return
        too_much = counter.bad(record.offset)
        if too_much is None:
            batch.dead.append(self._dead_letter(record, reason))
        else:
            self._stop(batch, partition, record.offset, too_much, reason)

    def _stop(self, batch: Batch, partition: Partition, offset: int, too_much: str, reason: str) -> None:
        stop = self._counters[partition].stop(f"{too_much}. The last reason: {reason}", self._now_ms())
        batch.stops[partition] = self.stopped[partition] = (offset, stop)
        _log.error(
            "reading stopped",
            group=self._group,
            **at(partition),
            offset=offset,
            reason=stop.reason,
            mend=f"mend what writes to {partition.topic} or this reader and restart it, or let it be set aside: "
            f"hanoi stream resume {self._group} {partition.topic}/{partition.partition} --until OFFSET",
        )

    def _cut(self, batch: Batch) -> None:
        ends = {partition: offset for partition, (offset, _) in batch.stops.items()}
        batch.records = [r for r in batch.records if r.offset < ends.get(Partition(r.topic, r.partition), r.offset + 1)]
        batch.incoming = [i for i in batch.incoming if not _beyond(i.record, ends)]

    def _dead_letter(self, record: Record, reason: str) -> Outgoing:
        return make_dead_letter(record, reason, service=self._group, now_ms=self._now_ms())


def _beyond(record: Record, ends: Mapping[Partition, int]) -> bool:
    end = ends.get(Partition(record.topic, record.partition))
    return end is not None and record.offset >= end


def at(partition: Partition) -> dict[str, Any]:
    """Return a partition as fields of a log line."""
    return {"topic": partition.topic, "partition": partition.partition}
