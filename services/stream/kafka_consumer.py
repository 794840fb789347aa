"""Reading from Kafka, for a group or for nobody."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from services.stream import kafka_client
from services.stream.base import Committed, Partition, Record
from services.stream.errors import StreamError
from services.stream.kafka_client import translated

SESSION_TIMEOUT_MS = 10_000
HEARTBEAT_MS = 1000  # a member hears of a rebalance by its next heart-beat
LAG_TIMEOUT_MS = 1000
FETCH_MAX_BYTES = 16 * 1024 * 1024


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
                bootstrap_timeout_ms=kafka_client.BOOTSTRAP_TIMEOUT_MS,
                max_partition_fetch_bytes=kafka_client.MAX_MESSAGE_BYTES,
                fetch_max_bytes=FETCH_MAX_BYTES,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
            # Know the partitions before joining: a leader that has no metadata yet deals out nothing, and the update
            # that arrives while the group is joining is forgotten or costs a second rebalance.
            if topics:
                self.raw.subscribe(topics, listener=self._changes)
                self.raw.bootstrap(timeout_ms=kafka_client.BOOTSTRAP_TIMEOUT_MS, refresh=True)

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
                timeout_ms=kafka_client.REQUEST_TIMEOUT_MS,
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
            found = self.raw.committed(part, metadata=True, timeout_ms=kafka_client.REQUEST_TIMEOUT_MS)
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
