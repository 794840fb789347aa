"""The log on Apache Kafka, through kafka-python: the only file that knows it."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    RebalanceInProgressError,
    TopicAlreadyExistsError,
    UnknownMemberIdError,
    for_code,
)
from kafka.partitioner import DefaultPartitioner
from kafka.structs import OffsetAndMetadata

from schemas.topics import DAY_S, DEAD_SUFFIX, TOPICS, Topic
from services.stream.base import Outgoing, Partition, Record
from services.stream.errors import FencedError, StreamError
from services.stream.partitioner import partition_of

DEAD_PARTITIONS = 1
DEAD_RETENTION_S = 30 * DAY_S
BOOTSTRAP_TIMEOUT_MS = 10_000
REQUEST_TIMEOUT_MS = 30_000
SESSION_TIMEOUT_MS = 10_000
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
FENCED = (CommitFailedError, IllegalGenerationError, UnknownMemberIdError, RebalanceInProgressError)


@contextmanager
def translated(servers: str, doing: str) -> Iterator[None]:
    """Turn what kafka-python raises into ``StreamError`` that says where and how to mend it."""
    try:
        yield
    except FENCED as error:
        raise FencedError(f"Kafka at {servers}, {doing}: the partition went to another member ({error})") from error
    except (KafkaConnectionError, KafkaTimeoutError) as error:
        raise StreamError(
            f"Kafka at {servers}, {doing}: no broker answers ({error}); start one with `make kafka` or mend STREAM_URL"
        ) from error
    except (KafkaError, AssertionError, ValueError) as error:
        raise StreamError(f"Kafka at {servers}, {doing}: {type(error).__name__}: {error}") from error


class KeyPartitioner(DefaultPartitioner):  # type: ignore[misc]
    """Kafka's default partitioner with the hash of a key remembered."""

    def partition(self, topic: str, key: Any, serialized_key: bytes | None, *rest: Any) -> int:
        """Return the partition of one record."""
        cluster = rest[-1]
        if serialized_key is None:
            return int(super().partition(topic, key, serialized_key, *rest))
        return partition_of(serialized_key, len(cluster.partitions_for_topic(topic)))


class KafkaLogProducer:
    """An idempotent producer that waits for all replicas; for any number of threads.

    Parameters
    ----------
    servers : str
        ``HOST:PORT[,HOST:PORT]``.
    """

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._lock = threading.Lock()
        self._waiting: list[Any] = []
        with translated(servers, "opening a producer"):
            self._producer = KafkaProducer(
                bootstrap_servers=servers.split(","),
                acks="all",
                enable_idempotence=True,
                linger_ms=5,
                batch_size=128 * 1024,
                max_request_size=MAX_MESSAGE_BYTES,
                max_block_ms=REQUEST_TIMEOUT_MS,
                bootstrap_timeout_ms=BOOTSTRAP_TIMEOUT_MS,
                allow_auto_create_topics=False,
                partitioner=KeyPartitioner(),
                metrics_enabled=False,
            )

    def send(self, records: Iterable[Outgoing]) -> None:
        """Hand over records in order; they are safe after `flush`."""
        send = self._producer.send
        with self._lock, translated(self._servers, "sending"):
            for record in records:
                self._waiting.append(
                    send(
                        record.topic,
                        value=record.value,
                        key=record.key,
                        headers=list(record.headers),
                        timestamp_ms=record.timestamp_ms,
                    )
                )

    def flush(self, timeout_s: float = 30.0) -> None:
        """Block until every record sent is acknowledged, else raise ``StreamError``."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        with translated(self._servers, "flushing"):
            self._producer.flush(timeout_s)
        failed = [future.exception for future in waiting if not future.succeeded()]
        if failed:
            raise StreamError(
                f"Kafka at {self._servers}: {len(failed)} of {len(waiting)} records were not acknowledged: "
                f"{type(failed[0]).__name__}: {failed[0]}"
            )

    def close(self) -> None:
        """Flush and let go of the connection."""
        try:
            self.flush()
        finally:
            self._producer.close(timeout=REQUEST_TIMEOUT_MS / 1000)


class KafkaLogConsumer:
    """A consumer of one group with manual commit, or of no group; for one thread at a time.

    Parameters
    ----------
    servers : str
        ``HOST:PORT[,HOST:PORT]``.
    group : str, optional
        The group to join; without one nothing can be committed.
    topics : Sequence of str
        The topics the group reads.
    """

    def __init__(self, servers: str, group: str | None, topics: Sequence[str] = ()) -> None:
        self._servers = servers
        self._group = group
        with translated(servers, "opening a consumer"):
            self.raw = KafkaConsumer(
                bootstrap_servers=servers.split(","),
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                session_timeout_ms=SESSION_TIMEOUT_MS,
                bootstrap_timeout_ms=BOOTSTRAP_TIMEOUT_MS,
                max_partition_fetch_bytes=MAX_MESSAGE_BYTES,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
            # Know the partitions before joining: a leader that has no metadata yet deals out nothing, and the
            # update that arrives while the group is joining is forgotten, so the member would wait for ever.
            for topic in topics:
                self.raw.partitions_for_topic(topic)
            if topics:
                self.raw.subscribe(topics)

    def start_at(self, topics: Sequence[str], since_ms: int | None) -> None:
        """Read all partitions of topics from a time on, or from the end."""
        with translated(self._servers, "finding where to begin"):
            parts = [TopicPartition(topic, n) for topic in topics for n in self.raw.partitions_for_topic(topic) or ()]
            self.raw.assign(parts)
            ends = self.raw.end_offsets(parts)
            found = {} if since_ms is None else self.raw.offsets_for_times(dict.fromkeys(parts, since_ms))
            for part in parts:
                at = found.get(part)
                self.raw.seek(part, ends[part] if at is None or at.offset < 0 else at.offset)

    def poll(self, max_records: int = 500, timeout_s: float = 1.0) -> Sequence[Record]:
        """Return the next records, each partition in order; empty after ``timeout_s``."""
        with translated(self._servers, "polling"):
            lots = self.raw.poll(timeout_ms=timeout_s * 1000, max_records=max_records)
        return [
            Record(r.topic, r.partition, r.offset, r.key, r.value, r.timestamp, tuple(r.headers) if r.headers else ())
            for lot in lots.values()
            for r in lot
        ]

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Remember, for the group, the next offset wanted of each partition."""
        if self._group is None:
            raise StreamError("a reader without a group has nothing to commit to")
        with translated(self._servers, f"committing for group {self._group}"):
            self.raw.commit(
                {TopicPartition(*p): OffsetAndMetadata(offset, "", -1) for p, offset in offsets.items()},
                timeout_ms=REQUEST_TIMEOUT_MS,
            )

    def seek(self, partition: Partition, offset: int) -> None:
        """Continue one assigned partition at an offset."""
        if partition not in self.assignment():
            raise StreamError(f"{partition.topic}/{partition.partition} is not assigned to this consumer")
        with translated(self._servers, "seeking"):
            self.raw.seek(TopicPartition(*partition), max(0, offset))

    def assignment(self) -> frozenset[Partition]:
        """Return the partitions this consumer reads at present."""
        return frozenset(Partition(*part) for part in self.raw.assignment())

    def committed(self, partition: Partition) -> int | None:
        """Return the group's next wanted offset, ``None`` if it never committed."""
        if self._group is None:
            return None
        with translated(self._servers, f"reading offsets of group {self._group}"):
            offset = self.raw.committed(TopicPartition(*partition), timeout_ms=REQUEST_TIMEOUT_MS)
        return None if offset is None else int(offset)

    def lag(self) -> Mapping[Partition, int]:
        """Return how many records lie ahead in each assigned partition."""
        with translated(self._servers, "measuring the lag"):
            parts = list(self.raw.assignment())
            ends = self.raw.end_offsets(parts) if parts else {}
            return {Partition(*part): max(0, end - self.raw.position(part)) for part, end in ends.items()}

    def close(self) -> None:
        """Leave the group and let go of the connection."""
        with translated(self._servers, "closing"):
            self.raw.close(autocommit=False)


class KafkaStream:
    """One Kafka cluster; contacted when it is first used.

    Parameters
    ----------
    servers : str
        ``HOST:PORT[,HOST:PORT]``.
    """

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._opened: list[KafkaLogProducer | KafkaLogConsumer] = []
        self._looker: KafkaLogConsumer | None = None

    def ensure_topics(self, topics: Iterable[Topic]) -> None:
        """Create the topics that are absent, each with its dead-letter topic; add partitions that lack."""
        wanted: dict[str, tuple[int, int]] = {}
        for topic in topics:
            wanted[topic.name] = (topic.partitions, topic.retention_s)
            wanted[topic.dead] = (DEAD_PARTITIONS, DEAD_RETENTION_S)
        with translated(self._servers, "creating topics"):
            admin = KafkaAdminClient(
                bootstrap_servers=self._servers.split(","), bootstrap_timeout_ms=BOOTSTRAP_TIMEOUT_MS
            )
            try:
                _create(admin, wanted)
            finally:
                admin.close()

    def producer(self) -> KafkaLogProducer:
        """Open a producer."""
        producer = KafkaLogProducer(self._servers)
        self._opened.append(producer)
        return producer

    def consumer(self, group: str, topics: Sequence[str]) -> KafkaLogConsumer:
        """Join a group that reads topics; a new group begins at the earliest record."""
        self._require(topics)
        return self._keep(KafkaLogConsumer(self._servers, group, topics))

    def tail(self, topics: Sequence[str], *, since_ms: int | None = None) -> KafkaLogConsumer:
        """Look on without a group, all partitions, from the first record at or after ``since_ms``."""
        self._require(topics)
        consumer = self._keep(KafkaLogConsumer(self._servers, None))
        consumer.start_at(topics, since_ms)
        return consumer

    def end_offsets(self, topic: str) -> Mapping[Partition, int]:
        """Return the next offset of each partition of a topic."""
        self._require([topic])
        raw = self._look().raw
        with translated(self._servers, f"asking for the end of {topic}"):
            parts = [TopicPartition(topic, number) for number in raw.partitions_for_topic(topic)]
            return {Partition(*part): int(end) for part, end in raw.end_offsets(parts).items()}

    def close(self) -> None:
        """Let go of everything that was opened."""
        while self._opened:
            self._opened.pop().close()
        self._looker = None

    def __enter__(self) -> Self:
        """Return the stream itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()

    def _keep(self, consumer: KafkaLogConsumer) -> KafkaLogConsumer:
        self._opened.append(consumer)
        return consumer

    def _look(self) -> KafkaLogConsumer:
        if self._looker is None:
            self._looker = self._keep(KafkaLogConsumer(self._servers, None))
        return self._looker

    def _require(self, topics: Sequence[str]) -> None:
        with translated(self._servers, "looking for topics"):
            absent = [topic for topic in topics if not self._look().raw.partitions_for_topic(topic)]
        known = [TOPICS[name] for topic in absent if (name := topic.removesuffix(DEAD_SUFFIX)) in TOPICS]
        if len(known) < len(absent):
            strange = [topic for topic in absent if topic.removesuffix(DEAD_SUFFIX) not in TOPICS]
            raise StreamError(
                f"no topic {', '.join(map(repr, strange))} at Kafka {self._servers}; "
                "those of the system are in schemas/topics.py"
            )
        if known:
            self.ensure_topics(known)


def _create(admin: Any, wanted: Mapping[str, tuple[int, int]]) -> None:
    present = {
        topic["name"]: len(topic["partitions"])
        for topic in admin.describe_topics(list(wanted))
        if topic["error_code"] == 0
    }
    absent = {
        name: {
            "num_partitions": partitions,
            "replication_factor": -1,
            "configs": {"retention.ms": str(retention_s * 1000), "max.message.bytes": str(MAX_MESSAGE_BYTES)},
        }
        for name, (partitions, retention_s) in wanted.items()
        if name not in present
    }
    if absent:
        _raise_other_errors(admin.create_topics(absent, raise_errors=False)["topics"])
        admin.wait_for_topics(list(absent))
    for name, count in present.items():
        if count < wanted[name][0]:
            admin.create_partitions({name: wanted[name][0]})


def _raise_other_errors(answers: Sequence[Mapping[str, Any]]) -> None:
    for answer in answers:
        error: Callable[[str], KafkaError] = for_code(answer["error_code"])
        if answer["error_code"] and error is not TopicAlreadyExistsError:
            raise error(f"topic {answer['name']}: {answer.get('error_message')}")


def raw_produce_per_s(servers: str, topic: str, records: Sequence[tuple[bytes, bytes]], batch: int) -> float:
    """Send records with the bare client, flushed in batches; return records per second (for `hanoi bench stream`)."""
    producer = KafkaProducer(bootstrap_servers=servers.split(","), acks="all", enable_idempotence=True, linger_ms=5)
    begun_s = time.perf_counter()
    for at in range(0, len(records), batch):
        for key, value in records[at : at + batch]:
            producer.send(topic, value=value, key=key)
        producer.flush()
    seconds = time.perf_counter() - begun_s
    producer.close()
    return len(records) / seconds


def raw_consume_per_s(servers: str, topic: str, count: int, batch: int, rounds: int = 3) -> float:
    """Read records with the bare client, each batch committed; return records per second of the best round."""
    raw = KafkaConsumer(
        bootstrap_servers=servers.split(","), group_id=f"bench-{time.time_ns()}", enable_auto_commit=False
    )
    raw.partitions_for_topic(topic)
    raw.subscribe([topic])
    while not raw.assignment():
        raw.poll(50)
    times = []
    for _ in range(rounds):
        raw.seek_to_beginning()
        seen, begun_s = 0, time.perf_counter()
        while seen < count:
            seen += sum(map(len, raw.poll(5000, max_records=batch).values()))
            raw.commit()
        times.append(time.perf_counter() - begun_s)
    raw.close(autocommit=False)
    return count / min(times)
