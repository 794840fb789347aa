"""What a member does when partitions come to it or leave it: where to go on, what was known, where it had stopped."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import structlog

from services.stream.base import Consumer, Outgoing, Partition, Record, Stream
from services.stream.batch import Batch, spans_of
from services.stream.metrics import StepMetrics
from services.stream.poison import parse_stop
from services.stream.reading import Reader, at
from services.stream.state import KeyedState, StateLog

if TYPE_CHECKING:
    from services.store.engine import Store

_log = structlog.get_logger(__name__)


class Takeover:
    """Keeps one member in step with the partitions that are dealt to it.

    Parameters
    ----------
    stream : Stream
        The log.
    consumer : Consumer
        The member's own.
    group : str
        The group.
    reader : Reader
        Whose counters begin anew with a partition.
    metrics : StepMetrics
        Where changes are counted.
    store : Store, optional
        Its offset rows say where to go on.
    state : KeyedState, optional
        Restored for each partition that somebody else may have read meanwhile.
    """

    def __init__(
        self,
        stream: Stream,
        consumer: Consumer,
        group: str,
        reader: Reader,
        metrics: StepMetrics,
        store: "Store | None",
        state: KeyedState | None,
    ) -> None:
        self._stream = stream
        self._consumer = consumer
        self._group = group
        self._reader = reader
        self._metrics = metrics
        self._store = store
        self._state = None if state is None else StateLog(stream, state)
        self._state_input = None if state is None else state.input_topic
        self._known: frozenset[Partition] = frozenset()
        self._again: frozenset[Partition] = frozenset()

    def synchronise(self, records: Sequence[Record]) -> tuple[Sequence[Record], frozenset[Partition]]:
        """Take over what came, forget what left; return the records that still count, and what came or left."""
        taken, assigned = self._consumer.taken(), self._consumer.assignment()
        lost = self._known - assigned
        fresh = (taken | self._again) & assigned
        if not fresh and not lost:
            return records, frozenset()
        if taken or lost:
            self._metrics.rebalances.inc()
        again, self._again, self._known = self._again, frozenset(), assigned
        for partition in lost:
            self._forget(partition)
        moved = self._take(fresh, again, records)
        return [r for r in records if Partition(r.topic, r.partition) not in moved], fresh | lost

    def again(self, partitions: Iterable[Partition]) -> None:
        """Have partitions taken over anew, because what was read of them is not going to be committed."""
        self._again |= frozenset(partitions)

    def committed(self, offsets: Mapping[Partition, int]) -> None:
        """Hear what was committed."""
        if self._state is not None:
            self._state.committed(offsets)

    def changes(self, batch: Batch) -> list[Outgoing]:
        """Return the records that keep what a step now knows of some keys."""
        return [] if self._state is None else self._state.changes(batch)

    def leave_out_known(self, batch: Batch) -> Batch:
        """Leave out what the restored state of its key already contains."""
        if self._state is not None:
            batch.incoming = self._state.not_yet_known(batch.incoming)
        return batch

    def _forget(self, partition: Partition) -> None:
        self._reader.forget(partition)
        self._metrics.forget(*partition)
        if self._state is not None and partition.topic == self._state_input:
            self._state.forget(partition.partition)

    def _take(
        self, fresh: frozenset[Partition], again: frozenset[Partition], records: Sequence[Record]
    ) -> frozenset[Partition]:
        """Begin with partitions; return those that go on elsewhere than where they were just read."""
        stored = self._stored(fresh)
        first = {partition: offset for partition, (offset, _) in spans_of(records).items()}
        moved: set[Partition] = set()
        offsets = {partition: self._consumer.committed(partition) for partition in sorted(fresh)}
        if self._state is not None:
            self._state.take_over({partition: at or 0 for partition, at in offsets.items()}, again)
        for partition, committed in offsets.items():
            stop = parse_stop(self._consumer.note(partition)) if committed is not None else None
            self._reader.take_over(partition, committed or 0, stop)
            self._metrics.stopped(*partition, stopped=False)
            start = stored.get(partition, (committed or 0) if partition in again else None)
            if start is not None and first.get(partition) != start and self._go_on_at(partition, start):
                moved.add(partition)
        return frozenset(moved)

    def _stored(self, partitions: frozenset[Partition]) -> dict[Partition, int]:
        if self._store is None or not partitions:
            return {}
        from services.store.offsets import read_offsets

        with self._store.reading() as session:
            return {Partition(*place): at for place, at in read_offsets(session, self._group, partitions).items()}

    def _go_on_at(self, partition: Partition, offset: int) -> bool:
        end = self._stream.end_offsets(partition.topic)[partition]
        if offset <= end:
            self._consumer.seek(partition, offset)
            return True
        if self._store is None:
            return False
        from services.store.offsets import forget_offset

        _log.warning(
            "the log was begun anew, so its offset row is too",
            group=self._group, stored=offset, end=end, **at(partition),
        )  # fmt: skip
        with self._store.transaction() as session:
            forget_offset(session, self._group, partition)
        return False
