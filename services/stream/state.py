"""What a keyed step knows, kept in a compacted topic and restored with the partition it belongs to.

Every few records of a key the runner asks the step what it knows of it and writes that to the state topic: after the
outputs of the batch are safe and before the batch is committed. An entry says up to which offset its key was
dealt with (``after``), and below which offset every record of the partition is in some entry (``low``). Whoever takes
the partition over loads the entries and has the step catch up on the few records between; what an entry
already contains beyond the committed offset is left out when it comes again. The state topic has the same keys and
as many partitions as the topic that is read, so both go to the same member.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec
import structlog

from schemas.topics import get_topic
from services.stream.base import Outgoing, Partition, Record, Stream
from services.stream.batch import Batch, Incoming
from services.stream.errors import StreamError

AFTER, LOW = "after", "low"
KEEP_EVERY = 6
KEEP_AFTER_S = 60.0
LOOK_EVERY_S = 5.0
REREAD_MS = 1_800_000
REREAD_MOST = 200_000
CATCH_UP_LOT = 2000
PATIENCE_S = 30.0
_log = structlog.get_logger(__name__)


class KeyedState(Protocol):
    """What a keyed step knows of each key; ``state_topic`` is compacted and cut as ``input_topic`` is."""

    state_topic: str
    input_topic: str

    def dump(self, key: str) -> bytes:
        """Return what is known of a key."""

    def load(self, key: str, data: bytes) -> bool:
        """Know of a key what `dump` returned; ``False`` if it cannot be used, as after a change of the code."""

    def catch_up(self, batch: Sequence[Incoming[Any]]) -> None:
        """Know what records say that were dealt with already, and put nothing out."""

    def forget(self, keys: Sequence[str]) -> None:
        """Drop what is known of keys that another member deals with now."""

    def own(self, partitions: frozenset[int]) -> None:
        """Hear which partitions of the input are this member's from now on."""


@dataclass(slots=True)
class _Place:
    """One partition: up to where it was dealt with, and which keys are newer than their entries.

    ``keys`` are all that are known, ``newer`` maps a key to the first offset that its entry lacks, the number of
    records and when it began; ``ahead`` maps a key to the offset up to which its entry is ahead of what was committed.
    """

    at: int
    keys: set[str] = field(default_factory=set)
    newer: dict[str, tuple[int, int, float]] = field(default_factory=dict)
    ahead: dict[str, int] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)


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
        self._decode = msgspec.json.Decoder(read.message).decode
        self._places: dict[int, _Place] = {}
        self._looked_s = time.monotonic()

    def take_over(self, committed: Mapping[Partition, int], again: frozenset[Partition]) -> None:
        """Restore partitions, but not those where nobody committed anything since we last did."""
        begun_s = time.perf_counter()
        records: list[Record] = []
        restored = []
        for partition, at in sorted(committed.items()):
            place = self._places.get(partition.partition)
            if partition.topic != self._state.input_topic or (
                place is not None and place.at == at and partition not in again
            ):
                continue
            restored.append(partition)
            records += self._restore(partition.partition, at)
        self._state.own(frozenset(self._places))
        if restored:
            self._catch_up(records)
            _log.info(
                "state restored", topic=self._state.state_topic, partitions=[p.partition for p in restored],
                keys=sum(len(self._places[p.partition].keys) for p in restored), records_read_again=len(records),
                seconds=round(time.perf_counter() - begun_s, 3),
            )  # fmt: skip

    def _restore(self, number: int, at: int) -> list[Record]:
        """Load the entries of a partition; return the records to catch up on."""
        self.forget(number)
        place = self._places[number] = _Place(at)
        low, after, unusable = 0, dict[str, int](), 0
        for record in read_on(self._stream, Partition(self._state.state_topic, number)):
            key, said = (record.key or b"").decode(), dict(record.headers)
            low = max(low, int(said.get(LOW, b"0")))
            if self._state.load(key, record.value):
                after[key] = int(said.get(AFTER, b"0"))
            else:
                unusable += 1
        place.keys.update(after)
        partition = Partition(self._state.input_topic, number)
        # An entry beyond the end is of a log that was begun anew.
        unusable += max(after.values(), default=0) > self._stream.end_offsets(partition.topic)[partition]
        if unusable or (at > 0 and not after):
            _log.warning(
                "no usable state: the last half hour is read again", partition=number, entries=len(after),
                unusable=unusable,
            )  # fmt: skip
            self.forget(number)
            self._places[number] = _Place(at)
            return self._half_hour(partition, at)
        place.ahead = {key: offset for key, offset in after.items() if offset > at}
        return [
            record
            for record in read_on(self._stream, partition, start=min(low, at), end=at)
            if record.offset >= after.get((record.key or b"").decode(errors="replace"), low)
        ]

    def _half_hour(self, partition: Partition, at: int) -> list[Record]:
        if at == 0:
            return []
        last = list(read_on(self._stream, partition, start=at - 1, end=at))
        since_ms = last[0].timestamp_ms - REREAD_MS if last else 0
        records = list(read_on(self._stream, partition, start=max(0, at - REREAD_MOST), end=at))
        return [record for record in records if record.timestamp_ms >= since_ms]

    def _catch_up(self, records: list[Record]) -> None:
        """Have the step take records of all partitions in the order in which they were appended."""
        records.sort(key=lambda record: (record.timestamp_ms, record.partition, record.offset))
        for first in range(0, len(records), CATCH_UP_LOT):
            lot = [i for record in records[first : first + CATCH_UP_LOT] for i in self._read(record)]
            self._state.catch_up(lot)
            self._note(lot)

    def _read(self, record: Record) -> Iterator[Incoming[Any]]:
        try:
            yield Incoming(record, (record.key or b"").decode(errors="replace"), self._decode(record.value))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return  # it is a dead letter already

    def _note(self, batch: Sequence[Incoming[Any]]) -> None:
        now_s = time.monotonic()
        for incoming in batch:
            place = self._places.get(incoming.record.partition)
            if place is not None:
                first, count, since_s = place.newer.get(incoming.key, (incoming.record.offset, 0, now_s))
                place.newer[incoming.key] = (first, count + 1, since_s)
                place.keys.add(incoming.key)

    def forget(self, number: int) -> None:
        """Drop what is known of a partition."""
        place = self._places.pop(number, None)
        if place is not None:
            self._state.forget(sorted(place.keys))
            self._state.own(frozenset(self._places))

    def not_yet_known(self, batch: Sequence[Incoming[Any]]) -> Sequence[Incoming[Any]]:
        """Leave out what the restored state already contains."""
        ahead = {number: place.ahead for number, place in self._places.items() if place.ahead}
        if not ahead:
            return batch
        nothing: dict[str, int] = {}
        return [i for i in batch if i.record.offset >= ahead.get(i.record.partition, nothing).get(i.key, 0)]

    def changes(self, batch: Batch) -> list[Outgoing]:
        """Return the entries that are due after a batch was handled."""
        self._note(batch.incoming)
        now_s = time.monotonic()
        look = now_s - self._looked_s >= LOOK_EVERY_S
        if look:
            self._looked_s = now_s
        ends = {partition.partition: after for partition, after in batch.offsets().items()}
        out: list[Outgoing] = []
        for number, place in self._places.items():
            if look or number in ends:
                out += self._entries(place, ends.get(number, place.at), now_s)
        return out

    def _entries(self, place: _Place, after: int, now_s: float) -> list[Outgoing]:
        due = [
            key
            for key, (_, count, since_s) in place.newer.items()
            if count >= KEEP_EVERY or now_s - since_s >= KEEP_AFTER_S
        ]
        # The entries of this batch may be lost one by one, so they do not count yet for what all of them contain.
        low = min((first for first, _, _ in place.newer.values()), default=after)
        place.written = due
        headers = ((AFTER, str(after).encode()), (LOW, str(low).encode()))
        topic = self._state.state_topic
        return [Outgoing(topic, key.encode(), self._state.dump(key), headers=headers) for key in due]

    def committed(self, offsets: Mapping[Partition, int]) -> None:
        """Hear what was committed."""
        for partition, at in offsets.items():
            if partition.topic == self._state.input_topic and partition.partition in self._places:
                self._places[partition.partition].at = at
        for place in self._places.values():
            for key in place.written:
                place.newer.pop(key, None)
            place.written = []
            place.ahead = {key: after for key, after in place.ahead.items() if after > place.at}


def read_on(stream: Stream, partition: Partition, *, start: int = 0, end: int | None = None) -> Iterator[Record]:
    """Read one partition from an offset to another, by default from the oldest record to the newest.

    Raises
    ------
    StreamError
        If nothing more comes for half a minute although the end was not reached.
    """
    last = stream.end_offsets(partition.topic).get(partition, 0)
    end = last if end is None else min(end, last)
    if start >= end:
        return
    tail = stream.tail([partition.topic], since_ms=0, partitions=[partition.partition])
    at, until_s = start, time.monotonic() + PATIENCE_S
    try:
        if start > 0:
            tail.seek(partition, start)
        while at < end and tail.lag().get(partition, 0):
            for record in tail.poll(2000, 1.0):
                if start <= record.offset < end:
                    yield record
                at, until_s = record.offset + 1, time.monotonic() + PATIENCE_S
            if time.monotonic() > until_s:
                raise StreamError(f"{partition.topic}/{partition.partition}: only read to {at} of {end}")
    finally:
        tail.close()
