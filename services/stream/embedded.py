"""The embedded log: a folder of SQLite files that several processes write and read at once."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

from schemas.topics import DAY_S, DEAD_SUFFIX, TOPICS, Topic
from services.stream.base import Committed, Outgoing, Partition, Record
from services.stream.embedded_file import is_current
from services.stream.embedded_group import Membership, read_groups
from services.stream.embedded_log import READ_BYTES, TopicLog, checked_name, create_topic
from services.stream.errors import StreamError

DEAD_PARTITIONS = 1
DEAD_RETENTION_S = 30 * DAY_S
GROUPS = "groups"
SHORTEST_WAIT_S = 0.001
LONGEST_WAIT_S = 0.02


def wall_ms() -> int:
    """Return milliseconds since 1970, UTC, by the machine's clock."""
    return time.time_ns() // 1_000_000


class EmbeddedProducer:
    """Appends at once: records are safe when `send` returns; for any number of threads.

    Parameters
    ----------
    open_log : Callable
        Opens a topic's file by name.
    now_ms : Callable
        The time that records without one get.
    """

    def __init__(self, open_log: Callable[[str], TopicLog], now_ms: Callable[[], int]) -> None:
        self._open_log = open_log
        self._now_ms = now_ms
        self._logs: dict[str, TopicLog] = {}
        self._lock = threading.Lock()

    def send(self, records: Iterable[Outgoing]) -> None:
        """Append records, those of one topic all or nothing."""
        lots: dict[str, list[Outgoing]] = {}
        for record in records:
            lots.setdefault(record.topic, []).append(record)
        with self._lock:
            for topic, lot in lots.items():
                if topic not in self._logs:
                    self._logs[topic] = self._open_log(topic)
                self._logs[topic].append(lot, self._now_ms())

    def flush(self, timeout_s: float = 30.0) -> None:
        """Return at once: `send` already made everything safe."""
        del timeout_s

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            while self._logs:
                self._logs.popitem()[1].close()


class EmbeddedConsumer:
    """Reads the log for a group, or for nobody; for one thread at a time.

    Parameters
    ----------
    logs : Sequence of TopicLog
        The topics to read, opened for this consumer alone.
    membership : Membership, optional
        The place in a group; without one all partitions are read.
    since_ms : int, optional
        Without a group: begin at the first record at or after this time, by default at the end.
    partitions : frozenset of int, optional
        Without a group: read these only.
    """

    def __init__(
        self,
        logs: Sequence[TopicLog],
        membership: Membership | None = None,
        *,
        since_ms: int | None = None,
        partitions: frozenset[int] | None = None,
    ) -> None:
        self._logs = {log.topic: log for log in logs}
        self._membership = membership
        self._positions: dict[Partition, int] = {}
        self._heads: dict[Partition, int] = {}
        self._versions: dict[str, int] = {}
        self._taken: frozenset[Partition] = frozenset()
        self._paused: frozenset[Partition] = frozenset()
        self._turn = 0
        if membership is None:
            for log in logs:
                for number, head in log.heads().items():
                    if partitions is not None and number not in partitions:
                        continue
                    start = head if since_ms is None else log.offset_at(number, since_ms)
                    self._positions[Partition(log.topic, number)] = start

    def poll(self, max_records: int = 500, timeout_s: float = 1.0) -> Sequence[Record]:
        """Return the next records, each partition in order; empty after ``timeout_s``."""
        until_s = time.monotonic() + timeout_s
        wait_s = SHORTEST_WAIT_S
        while True:
            self._refresh()
            records = self._read(max_records)
            left_s = until_s - time.monotonic()
            if records or left_s <= 0:
                return records
            time.sleep(min(wait_s, left_s))
            wait_s = min(wait_s * 1.5, LONGEST_WAIT_S)

    def _refresh(self) -> None:
        membership = self._membership
        if membership is None or not membership.refresh():
            return
        self._positions = {p: at for p, at in self._positions.items() if p in membership.kept}
        self._taken = (self._taken & membership.owned) | (membership.owned - membership.kept)
        self._paused &= membership.kept
        for partition in membership.owned - membership.kept:
            committed = membership.committed(partition)
            at = 0 if committed is None else committed.offset
            head = self._logs[partition.topic].heads()[partition.partition]
            self._positions[partition] = at if at <= head else 0  # beyond the end: another log, begun anew

    def _read(self, max_records: int) -> list[Record]:
        ready = self._ready()
        if not ready:
            self._look()
            ready = self._ready()
        if not ready:
            return []
        self._turn += 1
        turn = self._turn % len(ready)
        records: list[Record] = []
        size = 0
        for number, partition in enumerate(ready[turn:] + ready[:turn]):
            # An even share of what is left; what one partition does not use goes to the next.
            share = -(-(max_records - len(records)) // (len(ready) - number))
            if share > 0:
                lot = self._read_one(partition, share)
                records += lot
                size += sum(len(record.value) for record in lot)
            if size >= READ_BYTES:
                break  # a backlog of large records must fit into memory; the other partitions have their turn next
        return records

    def _ready(self) -> list[Partition]:
        heads, paused = self._heads, self._paused
        return [p for p, at in self._positions.items() if at < heads.get(p, 0) and p not in paused]

    def _read_one(self, partition: Partition, limit: int) -> list[Record]:
        lot = self._logs[partition.topic].read(partition.partition, self._positions[partition], limit)
        # Records that are due and absent were pruned: go on at the head we knew.
        self._positions[partition] = lot[-1].offset + 1 if lot else self._heads[partition]
        return lot

    def _look(self) -> None:
        for topic, log in self._logs.items():
            version = log.version()
            if self._versions.get(topic) != version:
                self._versions[topic] = version
                self._heads.update((Partition(topic, number), head) for number, head in log.heads().items())

    def commit(self, offsets: Mapping[Partition, int], notes: Mapping[Partition, str] | None = None) -> None:
        """Remember, for the group, the next offset wanted of each partition, and a note beside it."""
        if self._membership is None:
            raise StreamError("a reader without a group has nothing to commit to")
        self._membership.commit(offsets, notes or {})

    def taken(self) -> frozenset[Partition]:
        """Return what came to this consumer since the last call, also what left it and came back between."""
        taken, self._taken = self._taken, frozenset()
        return taken

    def pause(self, partitions: Iterable[Partition]) -> None:
        """Let `poll` return nothing of some partitions while it keeps this member in the group."""
        self._paused |= frozenset(partitions)

    def resume(self, partitions: Iterable[Partition]) -> None:
        """Let `poll` return records of some partitions again."""
        self._paused -= frozenset(partitions)

    def seek(self, partition: Partition, offset: int) -> None:
        """Continue one assigned partition at an offset."""
        if partition not in self._positions:
            raise StreamError(f"{partition.topic}/{partition.partition} is not assigned to this consumer")
        self._positions[partition] = max(0, offset)

    def assignment(self) -> frozenset[Partition]:
        """Return the partitions this consumer reads at present."""
        return frozenset(self._positions)

    def committed(self, partition: Partition) -> int | None:
        """Return the group's next wanted offset, ``None`` if it never committed."""
        found = None if self._membership is None else self._membership.committed(partition)
        return None if found is None else found.offset

    def note(self, partition: Partition) -> str:
        """Return what was noted beside the group's next wanted offset, ``""`` if nothing."""
        found = None if self._membership is None else self._membership.committed(partition)
        return "" if found is None else found.note

    def lag(self) -> Mapping[Partition, int]:
        """Return how many records lie ahead in each assigned partition."""
        lags = {}
        for partition, position in self._positions.items():
            log = self._logs[partition.topic]
            head, oldest = log.heads()[partition.partition], log.oldest(partition.partition)
            lags[partition] = max(0, head - max(position, oldest))
        return lags

    def close(self) -> None:
        """Leave the group and let go of the files."""
        if self._membership is not None:
            self._membership.close()
            self._membership = None
        while self._logs:
            self._logs.popitem()[1].close()


class EmbeddedStream:
    """A folder with one SQLite file a topic and one a group.

    Parameters
    ----------
    folder : Path
        Where the files lie; made if absent.
    now_ms : Callable, optional
        The time that records without one get.
    """

    def __init__(self, folder: Path, now_ms: Callable[[], int] = wall_ms) -> None:
        self._folder = folder
        self._now_ms = now_ms
        self._opened: list[EmbeddedProducer | EmbeddedConsumer] = []

    def ensure_topics(self, topics: Iterable[Topic]) -> None:
        """Create the topics that are absent, each with its dead-letter topic."""
        for topic in topics:
            create_topic(self._path(topic.name), topic.partitions, topic.retention_s, compacted=topic.compacted)
            create_topic(self._path(topic.dead), DEAD_PARTITIONS, DEAD_RETENTION_S)

    def producer(self) -> EmbeddedProducer:
        """Open a producer."""
        producer = EmbeddedProducer(self._open, self._now_ms)
        self._opened.append(producer)
        return producer

    def consumer(self, group: str, topics: Sequence[str], *, instance: str | None = None) -> EmbeddedConsumer:
        """Join a group that reads topics; a new group begins at the earliest record."""
        logs = [self._open(topic) for topic in topics]
        partitions = {log.topic: log.partitions for log in logs}
        membership = Membership(self._folder / GROUPS, checked_name("group", group), partitions, instance)
        return self._keep(EmbeddedConsumer(logs, membership))

    def tail(
        self, topics: Sequence[str], *, since_ms: int | None = None, partitions: Iterable[int] | None = None
    ) -> EmbeddedConsumer:
        """Look on without a group, from the first record at or after ``since_ms``."""
        only = None if partitions is None else frozenset(partitions)
        logs = [self._open(topic) for topic in topics]
        return self._keep(EmbeddedConsumer(logs, since_ms=since_ms, partitions=only))

    def groups(self) -> Mapping[str, Mapping[Partition, Committed]]:
        """Return how far each group came, and what it noted there."""
        return read_groups(self._folder / GROUPS)

    def end_offsets(self, topic: str) -> Mapping[Partition, int]:
        """Return the next offset of each partition of a topic."""
        with contextlib.closing(self._open(topic)) as log:
            return {Partition(topic, number): head for number, head in log.heads().items()}

    def tidy(self, topic: str) -> None:
        """Pack a topic's records and forget those that are too old; producers do it by themselves."""
        with contextlib.closing(self._open(topic)) as log:
            log.tidy(self._now_ms())

    def close(self) -> None:
        """Let go of everything that was opened."""
        while self._opened:
            self._opened.pop().close()

    def __enter__(self) -> Self:
        """Return the stream itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()

    def _keep(self, consumer: EmbeddedConsumer) -> EmbeddedConsumer:
        self._opened.append(consumer)
        return consumer

    def _path(self, topic: str) -> Path:
        return self._folder / f"{checked_name('topic', topic)}.sqlite"

    def _open(self, topic: str) -> TopicLog:
        path, known = self._path(topic), TOPICS.get(topic.removesuffix(DEAD_SUFFIX))
        if known is None and not path.exists():
            raise StreamError(f"no topic {topic!r} in {self._folder}; those of the system are in schemas/topics.py")
        if known is not None and not is_current(path):
            self.ensure_topics([known])  # somebody may be making it this moment: whoever comes second waits
        return TopicLog(path, topic)
