"""The log keeps its contract, embedded and on Kafka."""

import time
from collections.abc import Callable, Sequence

import pytest

from schemas.topics import Topic
from services.stream import open_stream
from services.stream.base import Consumer, Outgoing, Partition, Record, Stream
from services.stream.errors import StreamError

PATIENCE_S = 30.0
MakeTopic = Callable[..., Topic]


def put(stream: Stream, topic: Topic, values: Sequence[bytes], key: Callable[[int], bytes | None]) -> None:
    producer = stream.producer()
    producer.send([Outgoing(topic.name, key(number), value) for number, value in enumerate(values)])
    producer.flush()


def numbered(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


def take(consumer: Consumer, count: int, max_records: int = 500) -> list[Record]:
    """Poll until so many records came, or patience ends."""
    records: list[Record] = []
    until_s = time.monotonic() + PATIENCE_S
    while len(records) < count and time.monotonic() < until_s:
        records += consumer.poll(max_records, 0.2)
    return records


def after(records: Sequence[Record]) -> dict[Partition, int]:
    return {Partition(record.topic, record.partition): record.offset + 1 for record in records}


def test_a_record_comes_back_as_it_was_sent(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topic = new_topic()
    producer = stream.producer()
    sent_ms = time.time_ns() // 1_000_000 - 60_000
    headers = (("reason", "đúng".encode()), ("empty", b""))
    producer.send([Outgoing(topic.name, b"29B-12345", b"\x00\xff", sent_ms, headers)])
    producer.flush()
    (record,) = take(stream.consumer(group, [topic.name]), 1)
    assert (record.topic, record.key, record.value) == (topic.name, b"29B-12345", b"\x00\xff")
    assert record.timestamp_ms == sent_ms
    assert record.headers == headers
    assert record.offset == 0


def test_a_record_without_a_time_gets_the_present_one(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topic = new_topic()
    before_ms = time.time_ns() // 1_000_000
    put(stream, topic, [b"x"], lambda _: b"k")
    (record,) = take(stream.consumer(group, [topic.name]), 1)
    assert before_ms <= record.timestamp_ms <= time.time_ns() // 1_000_000
    assert record.headers == ()


def test_records_of_one_key_stay_in_order_on_one_partition(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topic = new_topic()
    put(stream, topic, numbered(500), lambda number: b"bus-%d" % (number % 37))
    records = take(stream.consumer(group, [topic.name]), 500, max_records=64)
    assert len(records) == 500
    by_key: dict[bytes | None, list[Record]] = {}
    for record in records:
        by_key.setdefault(record.key, []).append(record)
    for lot in by_key.values():
        assert len({record.partition for record in lot}) == 1
        assert [int(record.value) for record in lot] == sorted(int(record.value) for record in lot)
    assert len({record.partition for record in records}) == 4


def test_a_key_goes_where_the_java_client_would_put_it(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    # murmur2 of these keys as in Kafka's own UtilsTest, masked to 31 bits, modulo 4.
    known = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536, b"abc": 479470107}
    topic = new_topic(partitions=4)
    put(stream, topic, list(known), lambda number: list(known)[number])
    records = take(stream.consumer(group, [topic.name]), len(known))
    assert {record.key: record.partition for record in records} == {
        key: (value & 0x7FFFFFFF) % 4 for key, value in known.items()
    }


def test_a_record_without_a_key_is_taken_too(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topic = new_topic()
    put(stream, topic, numbered(5), lambda _: None)
    assert {record.key for record in take(stream.consumer(group, [topic.name]), 5)} == {None}


def test_a_new_group_begins_at_the_earliest_record_and_goes_on_where_it_committed(
    stream: Stream, new_topic: MakeTopic, group: str
) -> None:
    topic = new_topic(partitions=1)
    put(stream, topic, numbered(10), lambda _: b"k")
    first = stream.consumer(group, [topic.name])
    records = take(first, 10)
    assert [record.value for record in records] == numbered(10)
    assert first.committed(Partition(topic.name, 0)) is None
    first.commit({Partition(topic.name, 0): 6})
    assert first.committed(Partition(topic.name, 0)) == 6
    first.close()
    second = stream.consumer(group, [topic.name])
    assert [record.value for record in take(second, 4)] == numbered(10)[6:]


def test_what_was_not_committed_comes_again(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topic = new_topic()
    put(stream, topic, numbered(20), lambda number: b"%d" % number)
    first = stream.consumer(group, [topic.name])
    assert len(take(first, 20)) == 20
    first.close()
    assert len(take(stream.consumer(group, [topic.name]), 20)) == 20


def test_each_group_gets_every_record(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topic = new_topic()
    put(stream, topic, numbered(20), lambda number: b"%d" % number)
    for number in range(2):
        assert len(take(stream.consumer(f"{group}-{number}", [topic.name]), 20)) == 20


def test_a_poll_gives_no_more_than_was_asked_for(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topic = new_topic()
    put(stream, topic, numbered(50), lambda number: b"%d" % number)
    consumer = stream.consumer(group, [topic.name])
    sizes = []
    while sum(sizes) < 50:
        sizes.append(len(consumer.poll(7, PATIENCE_S)))
    assert max(sizes) <= 7


def test_members_of_a_group_share_the_partitions_and_take_over_from_one_that_left(
    stream: Stream, stream_url: str, new_topic: MakeTopic, group: str
) -> None:
    topic = new_topic(partitions=4)
    with open_stream(stream_url) as other:
        one, two = stream.consumer(group, [topic.name]), other.consumer(group, [topic.name])
        everything = {Partition(topic.name, number) for number in range(4)}
        until_s = time.monotonic() + PATIENCE_S
        while not (len(one.assignment()) == len(two.assignment()) == 2) and time.monotonic() < until_s:
            one.poll(10, 0.05)
            two.poll(10, 0.05)
        assert one.assignment() | two.assignment() == everything
        assert not one.assignment() & two.assignment()
        put(stream, topic, numbered(40), lambda number: b"%d" % number)
        seen = [*take(one, 1), *take(two, 1)]
        while len(seen) < 40 and time.monotonic() < until_s:
            seen += [*one.poll(50, 0.05), *two.poll(50, 0.05)]
        assert sorted(int(record.value) for record in seen) == list(range(40))
        one.commit({p: at for p, at in after(seen).items() if p in one.assignment()})
        two.commit({p: at for p, at in after(seen).items() if p in two.assignment()})
        two.close()
        while one.assignment() != everything and time.monotonic() < until_s:
            one.poll(10, 0.05)
        put(stream, topic, numbered(40), lambda number: b"%d" % number)
        assert sorted(int(record.value) for record in take(one, 40)) == list(range(40))


def test_one_group_reads_several_topics(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topics = [new_topic(partitions=2), new_topic(partitions=1)]
    for topic in topics:
        put(stream, topic, numbered(5), lambda number: b"%d" % number)
    records = take(stream.consumer(group, [topic.name for topic in topics]), 10)
    assert {record.topic for record in records} == {topic.name for topic in topics}
    assert len(records) == 10


def test_seek_repeats_records(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topic = new_topic(partitions=1)
    put(stream, topic, numbered(10), lambda _: b"k")
    consumer = stream.consumer(group, [topic.name])
    take(consumer, 10)
    consumer.seek(Partition(topic.name, 0), 8)
    assert [record.offset for record in take(consumer, 2)] == [8, 9]


def test_seek_refuses_a_partition_of_somebody_else(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topic = new_topic(partitions=1)
    consumer = stream.consumer(group, [topic.name])
    with pytest.raises(StreamError, match="not assigned"):
        consumer.seek(Partition(topic.name, 3), 0)


def test_a_tail_begins_at_the_end(stream: Stream, new_topic: MakeTopic) -> None:
    topic = new_topic()
    put(stream, topic, [b"old"] * 8, lambda number: b"%d" % number)
    tail = stream.tail([topic.name])
    assert len(tail.assignment()) == 4
    put(stream, topic, [b"new"] * 8, lambda number: b"%d" % number)
    assert [record.value for record in take(tail, 8)] == [b"new"] * 8


def test_a_tail_begins_at_a_time(stream: Stream, new_topic: MakeTopic) -> None:
    topic = new_topic(partitions=1)
    now_ms = time.time_ns() // 1_000_000
    producer = stream.producer()
    for age_s in (90, 60, 30):
        producer.send([Outgoing(topic.name, b"k", b"%d" % age_s, now_ms - age_s * 1000)])
        producer.flush()
    tail = stream.tail([topic.name], since_ms=now_ms - 60_000)
    assert [record.value for record in take(tail, 2)] == [b"60", b"30"]
    late = stream.tail([topic.name], since_ms=now_ms + 600_000)
    put(stream, topic, [b"next"], lambda _: b"k")
    assert [record.value for record in take(late, 1)] == [b"next"]


def test_a_tail_has_nothing_to_commit(stream: Stream, new_topic: MakeTopic) -> None:
    topic = new_topic(partitions=1)
    tail = stream.tail([topic.name])
    with pytest.raises(StreamError, match="without a group"):
        tail.commit({Partition(topic.name, 0): 1})
    assert tail.committed(Partition(topic.name, 0)) is None


def test_ends_and_lags_are_counted(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topic = new_topic(partitions=2)
    assert sum(stream.end_offsets(topic.name).values()) == 0
    put(stream, topic, numbered(30), lambda number: b"%d" % number)
    assert sum(stream.end_offsets(topic.name).values()) == 30
    consumer = stream.consumer(group, [topic.name])
    records = take(consumer, 10, max_records=10)
    until_s = time.monotonic() + PATIENCE_S
    while len(consumer.assignment()) < 2 and time.monotonic() < until_s:
        records += consumer.poll(1, 0.05)
    assert sum(consumer.lag().values()) == 30 - len(records)


def test_a_topic_is_made_once_and_with_its_dead_letters(stream: Stream, new_topic: MakeTopic) -> None:
    topic = new_topic(partitions=3)
    put(stream, topic, [b"x"], lambda _: b"k")
    stream.ensure_topics([topic])
    assert sum(stream.end_offsets(topic.name).values()) == 1
    assert len(stream.end_offsets(topic.name)) == 3
    assert len(stream.end_offsets(topic.dead)) == 1


def test_an_unknown_topic_is_refused_by_name(stream: Stream, group: str) -> None:
    for reading in (
        lambda: stream.consumer(group, ["no-such-topic"]),
        lambda: stream.tail(["no-such-topic"]),
        lambda: stream.end_offsets("no-such-topic"),
    ):
        with pytest.raises(StreamError, match="no-such-topic"):
            reading()


def test_a_large_record_is_carried(stream: Stream, new_topic: MakeTopic, group: str) -> None:
    topic = new_topic(partitions=1)
    value = b"\x00\x01" * 1_000_000
    put(stream, topic, [value], lambda _: b"k")
    (record,) = take(stream.consumer(group, [topic.name]), 1)
    assert record.value == value


def test_an_empty_poll_ends_after_its_time(stream: Stream, new_topic: MakeTopic) -> None:
    tail = stream.tail([new_topic().name])
    begun_s = time.monotonic()
    assert tail.poll(10, 0.2) == []
    assert 0.15 <= time.monotonic() - begun_s < 2.0


def test_a_record_is_read_soon_after_it_was_flushed(stream: Stream, new_topic: MakeTopic) -> None:
    topic = new_topic()
    tail = stream.tail([topic.name])
    tail.poll(1, 0.0)
    producer = stream.producer()
    waits_s = []
    for number in range(10):
        producer.send([Outgoing(topic.name, b"k", b"%d" % number)])
        producer.flush()
        begun_s = time.monotonic()
        assert len(tail.poll(10, PATIENCE_S)) == 1
        waits_s.append(time.monotonic() - begun_s)
    assert sorted(waits_s)[5] < 0.3


def test_a_partition_that_was_paused_in_the_middle_goes_on_after_another_was_read_to_its_end(
    stream: Stream, new_topic: MakeTopic, group: str
) -> None:
    topic = new_topic(partitions=2)
    put(stream, topic, numbered(40), lambda number: b"%d" % number)
    consumer = stream.consumer(group, [topic.name])
    begun = take(consumer, 3, max_records=3)
    paused = Partition(topic.name, begun[-1].partition)
    consumer.pause([paused])
    other = [p for p in stream.end_offsets(topic.name) if p != paused]
    left = stream.end_offsets(topic.name)[other[0]] - sum(r.partition != paused.partition for r in begun)
    rest = take(consumer, left)
    assert {record.partition for record in rest} <= {other[0].partition}
    consumer.poll(10, 0.2)
    consumer.resume([paused])
    rest += take(consumer, 40 - len(begun) - len(rest))
    assert sorted(int(record.value) for record in [*begun, *rest]) == list(range(40))
