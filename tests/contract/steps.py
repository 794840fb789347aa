"""Steps on a topic of their own, for the tests of the runner on both logs."""

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from schemas.feed import ClockTick
from schemas.message import encode
from schemas.topics import DAY_S, TOPICS, Topic
from services.context import Context
from services.settings import Settings
from services.stream.base import Outgoing, Partition, Record, Stream
from services.stream.runner import Handle, Incoming, Step

PATIENCE_S = 60.0
TIME_MS = 1_795_305_600_000


def tick(number: int) -> bytes:
    """Return the bytes of a readable message that carries a number."""
    return encode(ClockTick(event_ms=TIME_MS + number, wall_ms=TIME_MS, speed=1.0, source="player"))


def number_of(incoming: Incoming[Any]) -> int:
    """Return the number a message of `tick` carries."""
    return int(incoming.message.event_ms - TIME_MS)


@contextlib.contextmanager
def listed_topic(stream: Stream, monkeypatch: pytest.MonkeyPatch, partitions: int = 4, **more: Any) -> Iterator[Topic]:
    """List a topic of a new name for one test, as if it stood in schemas/topics.py."""
    topic = Topic(f"test-{uuid.uuid4().hex[:12]}", ClockTick, "source", partitions, DAY_S, "for a test", **more)
    monkeypatch.setitem(TOPICS, topic.name, topic)
    stream.ensure_topics([topic])
    yield topic


def keys_of_each(partitions: int) -> list[bytes]:
    """Return one key for each partition."""
    from services.stream.partitioner import partition_of

    found: dict[int, bytes] = {}
    number = 0
    while len(found) < partitions:
        key = b"key-%d" % number
        found.setdefault(partition_of(key, partitions), key)
        number += 1
    return [found[partition] for partition in range(partitions)]


def put(stream: Stream, topic: str, records: Sequence[tuple[bytes, bytes]]) -> None:
    """Append ``(key, value)`` records, acknowledged."""
    producer = stream.producer()
    producer.send([Outgoing(topic, key, value) for key, value in records])
    producer.flush()
    producer.close()


def read_all(stream: Stream, topic: str) -> list[Record]:
    """Return everything a topic holds."""
    ends = stream.end_offsets(topic)
    tail = stream.tail([topic], since_ms=0)
    records: list[Record] = []
    until_s = time.monotonic() + PATIENCE_S
    while len(records) < sum(ends.values()) and time.monotonic() < until_s:
        records += tail.poll(1000, 0.2)
    tail.close()
    return records


def make_step(stream: Stream, topic: Topic, group: str, handle: Handle, **more: Any) -> Step:
    """Make a member of a group that reads one topic."""
    settings = Settings({"HANOI_STREAM_INSTANCE": more.pop("instance")} if "instance" in more else {})
    more = {"idle_s": 0.05, "max_records": 50} | more
    return Step(Context(settings, stream), group=group, topics=[topic.name], handle=handle, **more)


def turn_until(done: Callable[[], bool], *steps: Step) -> None:
    """Turn steps, one after the other, until something holds; fail when patience ends."""
    until_s = time.monotonic() + PATIENCE_S
    while not done() and time.monotonic() < until_s:
        for step in steps:
            step.turn()
    assert done()


def committed(step: Step, topic: Topic) -> dict[int, int | None]:
    """Return the committed offset of each partition a step reads."""
    return {p.partition: step._consumer.committed(p) for p in sorted(step._consumer.assignment())}


def parts(topic: Topic) -> frozenset[Partition]:
    """Return all partitions of a topic."""
    return frozenset(Partition(topic.name, number) for number in range(topic.partitions))
