"""The log contract: what a stream is, whichever part carries it.

A topic is a set of partitions; a partition is an ordered log of records. A
record goes to the partition its key hashes to (Kafka's murmur2), so the records of
one key stay in order. A group remembers one committed offset per partition:
the offset of the next record it wants. Delivery is at least once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, Self

import msgspec

from schemas.topics import Topic

Headers = tuple[tuple[str, bytes], ...]


class Partition(NamedTuple):
    """One partition of one topic."""

    topic: str
    partition: int


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record as it lies in the log; ``timestamp_ms`` is when it was appended."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes
    timestamp_ms: int
    headers: Headers = ()


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    """One record to append; ``timestamp_ms`` ``None`` means now."""

    topic: str
    key: bytes | None
    value: bytes
    timestamp_ms: int | None = None
    headers: Headers = ()


class Committed(NamedTuple):
    """How far a group came in one partition: the next wanted offset, and the note beside it."""

    offset: int
    note: str = ""


class Producer(Protocol):
    """Appends records; what ``send`` took is safe once ``flush`` returned."""

    def send(self, records: Iterable[Outgoing]) -> None:
        """Hand over records in order; may return before they are safe."""

    def flush(self, timeout_s: float = 30.0) -> None:
        """Block until every record sent is acknowledged, else raise ``NotAcknowledgedError`` with the others."""

    def close(self) -> None:
        """Flush and let go of the connection."""


class Consumer(Protocol):
    """Reads records of one group, or of nobody's group when it only looks on."""

    def poll(self, max_records: int = 500, timeout_s: float = 1.0) -> Sequence[Record]:
        """Return the next records, each partition in order; empty after ``timeout_s``."""

    def commit(self, offsets: Mapping[Partition, int], notes: Mapping[Partition, str] | None = None) -> None:
        """Remember, for the group, the next offset wanted of each partition, and a note beside it."""

    def seek(self, partition: Partition, offset: int) -> None:
        """Continue one assigned partition at an offset."""

    def assignment(self) -> frozenset[Partition]:
        """Return the partitions this consumer reads at present."""

    def taken(self) -> frozenset[Partition]:
        """Return what came to this consumer since the last call, also what left it and came back between."""

    def pause(self, partitions: Iterable[Partition]) -> None:
        """Let `poll` return nothing of some partitions while it keeps this member in the group."""

    def resume(self, partitions: Iterable[Partition]) -> None:
        """Let `poll` return records of some partitions again."""

    def committed(self, partition: Partition) -> int | None:
        """Return the group's next wanted offset, ``None`` if it never committed."""

    def note(self, partition: Partition) -> str:
        """Return what was noted beside the group's next wanted offset, ``""`` if nothing."""

    def lag(self) -> Mapping[Partition, int]:
        """Return how many records lie ahead in each assigned partition."""

    def close(self) -> None:
        """Leave the group and let go of the connection."""


class Stream(Protocol):
    """One log: its topics, and the ways to write and read them."""

    def ensure_topics(self, topics: Iterable[Topic]) -> None:
        """Create the topics that are absent, each with its dead-letter topic."""

    def producer(self) -> Producer:
        """Open a producer."""

    def consumer(self, group: str, topics: Sequence[str], *, instance: str | None = None) -> Consumer:
        """Join a group that reads topics; a new group begins at the earliest record.

        A member with a name of its own (``instance``) that was away for less than ten seconds finds its
        partitions as it left them; nobody else took them meanwhile.
        """

    def tail(
        self, topics: Sequence[str], *, since_ms: int | None = None, partitions: Iterable[int] | None = None
    ) -> Consumer:
        """Look on without a group, from the first record at or after ``since_ms``; ``None`` means from the end.

        Without ``partitions`` all of each topic.
        """

    def groups(self) -> Mapping[str, Mapping[Partition, Committed]]:
        """Return how far each group came, and what it noted there."""

    def end_offsets(self, topic: str) -> Mapping[Partition, int]:
        """Return the next offset of each partition of a topic."""

    def close(self) -> None:
        """Let go of everything that was opened."""

    def __enter__(self) -> Self:
        """Return the stream itself."""

    def __exit__(self, *exc: object) -> None:
        """Close."""
