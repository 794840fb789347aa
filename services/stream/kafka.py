"""The log on Apache Kafka, through kafka-python; `kafka_*.py` beside it are the only files that know it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from schemas.topics import DAY_S, DEAD_SUFFIX, TOPICS, Topic
from services.stream import kafka_client
from services.stream.base import Committed, Partition
from services.stream.errors import StreamError
from services.stream.kafka_client import translated
from services.stream.kafka_consumer import KafkaLogConsumer
from services.stream.kafka_producer import KafkaLogProducer

DEAD_PARTITIONS = 1
DEAD_RETENTION_S = 30 * DAY_S


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
                bootstrap_servers=self._servers.split(","), bootstrap_timeout_ms=kafka_client.BOOTSTRAP_TIMEOUT_MS
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
    configs = {"max.message.bytes": str(kafka_client.MAX_MESSAGE_BYTES)}
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
