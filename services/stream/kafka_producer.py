"""Writing to Kafka: idempotent, all replicas, each record accounted for."""

import contextlib
import threading
from collections.abc import Iterable
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.partitioner import DefaultPartitioner

from services.stream import kafka_client
from services.stream.base import Outgoing
from services.stream.errors import NotAcknowledgedError
from services.stream.kafka_client import translated
from services.stream.partitioner import partition_of

DELIVERY_TIMEOUT_MS = 25_000  # below the 30 s of a flush, so that a flush leaves nothing undecided


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
                max_request_size=kafka_client.MAX_MESSAGE_BYTES,
                max_block_ms=kafka_client.REQUEST_TIMEOUT_MS,
                delivery_timeout_ms=DELIVERY_TIMEOUT_MS,
                request_timeout_ms=DELIVERY_TIMEOUT_MS - 5000,
                bootstrap_timeout_ms=kafka_client.BOOTSTRAP_TIMEOUT_MS,
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
                self._producer.close(timeout=kafka_client.REQUEST_TIMEOUT_MS / 1000)
