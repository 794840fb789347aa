"""The log on Apache Kafka, through kafka-python: the only file that knows it."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import (
    CommitFailedError,
    FencedInstanceIdError,
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
from services.stream.base import Committed, Outgoing, Partition, Record
from services.stream.errors import FencedError, NotAcknowledgedError, OustedError, StreamError
from services.stream.partitioner import partition_of

DEAD_PARTITIONS = 1
DEAD_RETENTION_S = 30 * DAY_S
BOOTSTRAP_TIMEOUT_MS = 10_000
REQUEST_TIMEOUT_MS = 30_000
SESSION_TIMEOUT_MS = 10_000
HEARTBEAT_MS = 1000  # a member hears of a rebalance by its next heart-beat
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
DELIVERY_TIMEOUT_MS = 25_000  # below the 30 s of a flush, so that a flush leaves nothing undecided
LAG_TIMEOUT_MS = 1000
FETCH_MAX_BYTES = 16 * 1024 * 1024
FENCED = (
    CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError,
)  # fmt: skip


@contextmanager
def translated(servers: str, doing: str) -> Iterator[None]:
    """Turn what kafka-python raises into ``StreamError`` that says where and how to mend it."""
    try:
        yield
    except FencedInstanceIdError as error:
        raise OustedError(
            f"Kafka at {servers}, {doing}: another process took this member's name ({error}); give each process a "
            "HANOI_STREAM_INSTANCE of its own"
        ) from error
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
        self._waiting: list[tuple[Outgoing, Any]] = []
        self._producer: Any = self._open()

    def _open(self) -> Any:
        with translated(self._servers, "opening a producer"):
            return KafkaProducer(
                bootstrap_servers=self._servers.split(","),
                acks="all",
                enable_idempotence=True,
                linger_ms=5,
                batch_size=128 * 1024,
                max_request_size=MAX_MESSAGE_BYTES,
                max_block_ms=REQUEST_TIMEOUT_MS,
                delivery_timeout_ms=DELIVERY_TIMEOUT_MS,
                request_timeout_ms=DELIVERY_TIMEOUT_MS - 5000,
                bootstrap_timeout_ms=BOOTSTRAP_TIMEOUT_MS,
                allow_auto_create_topics=False,
                partitioner=KeyPartitioner(),
                metrics_enabled=False,
            )

    def send(self, records: Iterable[Outgoing]) -> None:
        """Hand over records in order; they are safe after `flush`."""
        with self._lock, translated(self._servers, "sending"):
            if self._producer is None:
                self._producer = self._open()
            send, waiting = self._producer.send, self._waiting
            for record in records:
                topic, key, value, time_ms, headers = (
                    record.topic, record.key, record.value, record.timestamp_ms, record.headers,
                )  # fmt: skip
                future = send(topic, value=value, key=key, headers=list(headers), timestamp_ms=time_ms)
                waiting.append((record, future))

    def flush(self, timeout_s: float = 30.0) -> None:
        """Block until every record sent is acknowledged, else raise ``NotAcknowledgedError`` with the others."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            producer = self._producer
        if not waiting:
            return
        problem: Exception | None = None
        try:
            producer.flush(timeout_s)
        except KafkaError as error:
            problem = error
        failed = [(record, future.exception) for record, future in waiting if not future.succeeded()]
        if failed:
            self._give_up(producer)
            why = problem or failed[0][1]
            raise NotAcknowledgedError(
                f"Kafka at {self._servers}: {len(failed)} of {len(waiting)} records were not acknowledged: "
                f"{type(why).__name__}: {why}",
                [record for record, _ in failed],
            )

    def _give_up(self, producer: Any) -> None:
        """Begin with a new producer next time: one that failed may have lost its place in the sequence."""
        with self._lock:
            if self._producer is producer:
                self._producer = None
        # Its `close` flushes first; with a broker away that raises before the sender is stopped, which would then
        # deliver what it still holds later, behind newer records of the same keys.
        producer._sender.force_close()
        with contextlib.suppress(KafkaError):
            producer.close(timeout=0)

    def close(self) -> None:
        """Flush and let go of the connection."""
        try:
            self.flush()
        finally:
            if self._producer is not None:
                self._producer.close(timeout=REQUEST_TIMEOUT_MS / 1000)


class Changes(ConsumerRebalanceListener):  # type: ignore[misc]
    """Notes what a rebalance brings; nothing is in flight then, because batches are committed between polls."""

    def __init__(self) -> None:
        self.taken: frozenset[Partition] = frozenset()

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        """Hear that all partitions are given back before they are dealt anew."""
        self.taken -= frozenset(Partition(*part) for part in revoked)

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        """Hear what is ours from now on; all of it may have been read by others between."""
        self.taken |= frozenset(Partition(*part) for part in assigned)


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
    instance : str, optional
        The member's own name, under which it may come back.
    """

    def __init__(
        self, servers: str, group: str | None, topics: Sequence[str] = (), *, instance: str | None = None
    ) -> None:
        self._servers = servers
        self._group = group
        self._changes = Changes()
        with translated(servers, "opening a consumer"):
            self.raw = KafkaConsumer(
                bootstrap_servers=servers.split(","),
                group_id=group,
                group_instance_id=instance,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                session_timeout_ms=SESSION_TIMEOUT_MS,
                heartbeat_interval_ms=HEARTBEAT_MS,
                bootstrap_timeout_ms=BOOTSTRAP_TIMEOUT_MS,
                max_partition_fetch_bytes=MAX_MESSAGE_BYTES,
                fetch_max_bytes=FETCH_MAX_BYTES,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
            # Know the partitions before joining: a leader that has no metadata yet deals out nothing, and the update
            # that arrives while the group is joining is forgotten or costs a second rebalance.
            if topics:
                self.raw.subscribe(topics, listener=self._changes)
                self.raw.bootstrap(timeout_ms=BOOTSTRAP_TIMEOUT_MS, refresh=True)

    def start_at(self, topics: Sequence[str], since_ms: int | None, only: frozenset[int] | None = None) -> None:
        """Read partitions of topics from a time on, or from the end."""
        with translated(self._servers, "finding where to begin"):
            found = {topic: self.raw.partitions_for_topic(topic) or () for topic in topics}
            parts = [TopicPartition(topic, n) for topic in topics for n in found[topic] if only is None or n in only]
            self.raw.assign(parts)
            ends = self.raw.end_offsets(parts)
            starts = {} if since_ms is None else self.raw.offsets_for_times(dict.fromkeys(parts, since_ms))
            for part in parts:
                at = starts.get(part)
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

    def commit(self, offsets: Mapping[Partition, int], notes: Mapping[Partition, str] | None = None) -> None:
        """Remember, for the group, the next offset wanted of each partition, and a note beside it."""
        said = notes or {}
        if self._group is None:
            raise StreamError("a reader without a group has nothing to commit to")
        with translated(self._servers, f"committing for group {self._group}"):
            self.raw.commit(
                {TopicPartition(*p): OffsetAndMetadata(offset, said.get(p, ""), -1) for p, offset in offsets.items()},
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

    def taken(self) -> frozenset[Partition]:
        """Return what came to this consumer since the last call, also what left it and came back between."""
        taken, self._changes.taken = self._changes.taken, frozenset()
        return taken

    def pause(self, partitions: Iterable[Partition]) -> None:
        """Let `poll` return nothing of some partitions while it keeps this member in the group."""
        mine = self.assignment()
        self.raw.pause(*(TopicPartition(*partition) for partition in partitions if partition in mine))

    def resume(self, partitions: Iterable[Partition]) -> None:
        """Let `poll` return records of some partitions again."""
        mine = self.assignment()
        parts = [TopicPartition(*partition) for partition in partitions if partition in mine]
        self.raw.resume(*parts)
        # kafka-python 3.0.12 puts aside what it had parsed of a paused partition. Once another partition was read to
        # its end it never takes that up again, nor fetches anew: the partition would stand still for ever.
        for part in parts:
            aside = self.raw._fetcher._paused_partition_records.pop(part, None)
            if aside is not None:
                aside.drain()

    def committed(self, partition: Partition) -> int | None:
        """Return the group's next wanted offset, ``None`` if it never committed."""
        found = self._committed(partition)
        return None if found is None else found.offset

    def note(self, partition: Partition) -> str:
        """Return what was noted beside the group's next wanted offset, ``""`` if nothing."""
        found = self._committed(partition)
        return "" if found is None else found.note

    def _committed(self, partition: Partition) -> Committed | None:
        if self._group is None:
            return None
        with translated(self._servers, f"reading offsets of group {self._group}"):
            part = TopicPartition(*partition)
            found = self.raw.committed(part, metadata=True, timeout_ms=REQUEST_TIMEOUT_MS)
        return None if found is None else Committed(int(found.offset), found.metadata or "")

    def lag(self) -> Mapping[Partition, int]:
        """Return how many records lie ahead in each assigned partition."""
        with translated(self._servers, "measuring the lag"):
            parts = list(self.raw.assignment())
            ends = self.raw.end_offsets(parts, timeout_ms=LAG_TIMEOUT_MS) if parts else {}
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
        wanted: dict[str, tuple[int, dict[str, str]]] = {}
        for topic in topics:
            wanted[topic.name] = (topic.partitions, _configs(topic.retention_s, compacted=topic.compacted))
            wanted[topic.dead] = (DEAD_PARTITIONS, _configs(DEAD_RETENTION_S))
        with self._admin("creating topics") as admin:
            _create(admin, wanted)

    @contextmanager
    def _admin(self, doing: str) -> Iterator[Any]:
        with translated(self._servers, doing):
            admin = KafkaAdminClient(
                bootstrap_servers=self._servers.split(","), bootstrap_timeout_ms=BOOTSTRAP_TIMEOUT_MS
            )
            try:
                yield admin
            finally:
                admin.close()

    def producer(self) -> KafkaLogProducer:
        """Open a producer."""
        producer = KafkaLogProducer(self._servers)
        self._opened.append(producer)
        return producer

    def consumer(self, group: str, topics: Sequence[str], *, instance: str | None = None) -> KafkaLogConsumer:
        """Join a group that reads topics; a new group begins at the earliest record."""
        self._require(topics)
        return self._keep(KafkaLogConsumer(self._servers, group, topics, instance=instance))

    def tail(
        self, topics: Sequence[str], *, since_ms: int | None = None, partitions: Iterable[int] | None = None
    ) -> KafkaLogConsumer:
        """Look on without a group, from the first record at or after ``since_ms``."""
        self._require(topics)
        consumer = self._keep(KafkaLogConsumer(self._servers, None))
        consumer.start_at(topics, since_ms, None if partitions is None else frozenset(partitions))
        return consumer

    def groups(self) -> Mapping[str, Mapping[Partition, Committed]]:
        """Return how far each group came, and what it noted there."""
        with self._admin("asking for groups") as admin:
            names = [group["group_id"] for group in admin.list_groups()]
            found = admin.list_group_offsets(dict.fromkeys(names)) if names else {}
        return {
            group: {Partition(*part): Committed(int(at.offset), at.metadata or "") for part, at in offsets.items()}
            for group, offsets in sorted(found.items())
            if offsets
        }

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


def _configs(retention_s: int, *, compacted: bool = False) -> dict[str, str]:
    configs = {"max.message.bytes": str(MAX_MESSAGE_BYTES)}
    if compacted:
        # Old entries go soon, so that a restore reads little more than one entry a key.
        return configs | {"cleanup.policy": "compact", "segment.ms": "600000", "min.cleanable.dirty.ratio": "0.2"}
    return configs | {"retention.ms": str(retention_s * 1000)}


def _create(admin: Any, wanted: Mapping[str, tuple[int, dict[str, str]]]) -> None:
    present = {
        topic["name"]: len(topic["partitions"])
        for topic in admin.describe_topics(list(wanted))
        if topic["error_code"] == 0
    }
    absent = {
        name: {
            "num_partitions": partitions,
            "replication_factor": -1,
            "configs": configs,
        }
        for name, (partitions, configs) in wanted.items()
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
    """Send records with the bare client, flushed in batches; return records per second of one core."""
    producer = KafkaProducer(bootstrap_servers=servers.split(","), acks="all", enable_idempotence=True, linger_ms=5)
    begun_s = time.process_time()
    for at in range(0, len(records), batch):
        for key, value in records[at : at + batch]:
            producer.send(topic, value=value, key=key)
        producer.flush()
    seconds = time.process_time() - begun_s
    producer.close()
    return len(records) / seconds


def raw_consume_per_s(servers: str, topic: str, count: int, batch: int, rounds: int = 3) -> float:
    """Read records with the bare client, each batch committed; return records per second of one core."""
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
        seen, begun_s = 0, time.process_time()
        while seen < count:
            seen += sum(map(len, raw.poll(5000, max_records=batch).values()))
            raw.commit()
        times.append(time.process_time() - begun_s)
    raw.close(autocommit=False)
    return count / min(times)
