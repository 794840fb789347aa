"""How far a service lies behind, measured where it reads, so that nobody else joins its group."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Self

from schemas.topics import Topic
from services.stream.base import Committed, Consumer, Partition, Producer, Record, Stream

REPORT_EVERY_S = 2.0


def lag_by_topic(consumer: Consumer) -> dict[str, int]:
    """Add up a consumer's lag over the partitions of each topic."""
    total: dict[str, int] = {}
    for partition, behind in consumer.lag().items():
        total[partition.topic] = total.get(partition.topic, 0) + behind
    return total


class WatchedConsumer:
    """A consumer that also writes its lag to a small file every two seconds.

    Parameters
    ----------
    consumer : Consumer
        The one that reads.
    report : callable
        Called with ``{topic: records}``, in the thread that reads.
    """

    def __init__(self, consumer: Consumer, report: Callable[[dict[str, int]], None]) -> None:
        self._consumer = consumer
        self._report = report
        self._next_s = 0.0

    def poll(self, max_records: int = 500, timeout_s: float = 1.0) -> Sequence[Record]:
        """Return the next records."""
        records = self._consumer.poll(max_records, timeout_s)
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + REPORT_EVERY_S
            self._report(lag_by_topic(self._consumer))
        return records

    def commit(self, offsets: Mapping[Partition, int], notes: Mapping[Partition, str] | None = None) -> None:
        """Remember the next offsets wanted."""
        self._consumer.commit(offsets, notes)

    def taken(self) -> frozenset[Partition]:
        """Return what came since the last call."""
        return self._consumer.taken()

    def pause(self, partitions: Iterable[Partition]) -> None:
        """Return nothing of some partitions."""
        self._consumer.pause(partitions)

    def resume(self, partitions: Iterable[Partition]) -> None:
        """Return records of some partitions again."""
        self._consumer.resume(partitions)

    def note(self, partition: Partition) -> str:
        """Return what was noted beside the next wanted offset."""
        return self._consumer.note(partition)

    def seek(self, partition: Partition, offset: int) -> None:
        """Continue at an offset."""
        self._consumer.seek(partition, offset)

    def assignment(self) -> frozenset[Partition]:
        """Return the partitions read at present."""
        return self._consumer.assignment()

    def committed(self, partition: Partition) -> int | None:
        """Return the group's next wanted offset."""
        return self._consumer.committed(partition)

    def lag(self) -> Mapping[Partition, int]:
        """Return how many records lie ahead."""
        return self._consumer.lag()

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()


class WatchedStream:
    """A stream whose group consumers report their lag; all else is handed through.

    Parameters
    ----------
    stream : Stream
        The one that carries.
    report : callable
        Called with how many records lie ahead of all groups together.
    """

    def __init__(self, stream: Stream, report: Callable[[int], None]) -> None:
        self._stream = stream
        self._report = report
        self._lag: dict[str, int] = {}

    def _take(self, group: str, lag: dict[str, int]) -> None:
        self._lag[group] = sum(lag.values())
        self._report(sum(self._lag.values()))

    def ensure_topics(self, topics: Iterable[Topic]) -> None:
        """Create the topics that are absent."""
        self._stream.ensure_topics(topics)

    def producer(self) -> Producer:
        """Open a producer."""
        return self._stream.producer()

    def consumer(self, group: str, topics: Sequence[str], *, instance: str | None = None) -> Consumer:
        """Join a group, and report its lag."""
        return WatchedConsumer(self._stream.consumer(group, topics, instance=instance), partial(self._take, group))

    def tail(
        self, topics: Sequence[str], *, since_ms: int | None = None, partitions: Iterable[int] | None = None
    ) -> Consumer:
        """Look on without a group."""
        return self._stream.tail(topics, since_ms=since_ms, partitions=partitions)

    def groups(self) -> Mapping[str, Mapping[Partition, Committed]]:
        """Return how far each group came."""
        return self._stream.groups()

    def end_offsets(self, topic: str) -> Mapping[Partition, int]:
        """Return the next offset of each partition of a topic."""
        return self._stream.end_offsets(topic)

    def close(self) -> None:
        """Let go of everything that was opened."""
        self._stream.close()

    def __enter__(self) -> Self:
        """Return the stream itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()
