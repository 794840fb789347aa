"""What a keyed step knows, kept in a compacted topic and restored with the partition it belongs to.

A step that remembers something of each key hands what it now knows of the keys it touched to the runner.
It is written to the state topic after the outputs of the batch are safe and before the batch is committed.
Each entry says up to which offset its key was dealt with; so a record that comes again after a crash is left
out where the entry already contains it, and counted where it does not. The state topic has the same keys and as
many partitions as the topic that is read, so both go to the same member.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import structlog

from schemas.topics import get_topic
from services.stream.base import Outgoing, Partition, Record, Stream
from services.stream.batch import Incoming
from services.stream.errors import StreamError

AFTER = "after"
PATIENCE_S = 30.0
_log = structlog.get_logger(__name__)


class KeyedState(Protocol):
    """What a keyed step knows, by partition of the topic it reads.

    ``state_topic`` names the compacted topic it is kept in, ``input_topic`` the one that is read.
    """

    state_topic: str
    input_topic: str

    def restore(self, partition: int, entries: Mapping[str, bytes]) -> None:
        """Know of a partition what the entries say, and nothing else."""

    def forget(self, partition: int) -> None:
        """Drop what is known of a partition."""


class StateLog:
    """Writes and reads the state topic of one member.

    Parameters
    ----------
    stream : Stream
        The log.
    state : KeyedState
        The step's.
    """

    def __init__(self, stream: Stream, state: KeyedState) -> None:
        self._stream = stream
        self._state = state
        read, kept = get_topic(state.input_topic), get_topic(state.state_topic)
        assert kept.compacted, f"{kept.name} keeps state, so it must be compacted"
        assert (read.key, read.partitions) == (kept.key, kept.partitions), f"{kept.name} must be cut as {read.name} is"
        stream.ensure_topics([read, kept])
        self._at: dict[Partition, int] = {}
        self._after: dict[int, dict[str, int]] = {}

    def take_over(self, partition: Partition, committed: int, *, anew: bool) -> None:
        """Restore a partition, unless nobody committed anything since we last did."""
        if partition.topic != self._state.input_topic or (not anew and self._at.get(partition) == committed):
            return
        begun_s = time.perf_counter()
        entries: dict[str, bytes] = {}
        after: dict[str, int] = {}
        for record in read_partition(self._stream, Partition(self._state.state_topic, partition.partition)):
            key = (record.key or b"").decode()
            if record.value:
                entries[key] = record.value
                after[key] = int(dict(record.headers).get(AFTER, b"0"))
            else:
                entries.pop(key, None)
        end = self._stream.end_offsets(partition.topic)[partition]
        self._after[partition.partition] = {key: at for key, at in after.items() if committed < at <= end}
        self._state.restore(partition.partition, entries)
        self._at[partition] = committed
        _log.info(
            "state restored", topic=self._state.state_topic, partition=partition.partition, keys=len(entries),
            seconds=round(time.perf_counter() - begun_s, 3),
        )  # fmt: skip

    def forget(self, partition: Partition) -> None:
        """Drop what is known of a partition that another member reads now."""
        if partition.topic == self._state.input_topic:
            self._at.pop(partition, None)
            self._after.pop(partition.partition, None)
            self._state.forget(partition.partition)

    def committed(self, offsets: Mapping[Partition, int]) -> None:
        """Hear what was committed."""
        self._at.update(offsets)
        for partition, at in offsets.items():
            after = self._after.get(partition.partition)
            if after and at >= max(after.values()):
                self._after.pop(partition.partition)

    def not_yet_known(self, batch: Sequence[Incoming[Any]]) -> Sequence[Incoming[Any]]:
        """Leave out what the restored state already contains."""
        if not any(self._after.values()):
            return batch
        nothing: dict[str, int] = {}
        return [i for i in batch if i.record.offset >= self._after.get(i.record.partition, nothing).get(i.key, 0)]

    def changes(self, batch: Sequence[Incoming[Any]], state: Sequence[tuple[str, bytes]]) -> list[Outgoing]:
        """Return what keeps the state of some keys after a batch."""
        after = {incoming.key: incoming.record.offset + 1 for incoming in batch}
        topic = self._state.state_topic
        return [
            Outgoing(topic, key.encode(), value, headers=((AFTER, str(after.get(key, 0)).encode()),))
            for key, value in state
        ]


def read_partition(stream: Stream, partition: Partition) -> Iterator[Record]:
    """Read one partition from its oldest record to what is its end now.

    Raises
    ------
    StreamError
        If nothing more comes for half a minute although the end was not reached.
    """
    end = stream.end_offsets(partition.topic).get(partition, 0)
    tail = stream.tail([partition.topic], since_ms=0, partitions=[partition.partition])
    at, until_s = 0, time.monotonic() + PATIENCE_S
    try:
        while at < end and tail.lag().get(partition, 0):
            for record in tail.poll(2000, 1.0):
                if record.offset < end:
                    yield record
                at, until_s = record.offset + 1, time.monotonic() + PATIENCE_S
            if time.monotonic() > until_s:
                raise StreamError(f"{partition.topic}/{partition.partition}: only read to {at} of {end}")
    finally:
        tail.close()
