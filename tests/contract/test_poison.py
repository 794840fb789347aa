"""A flood of bad messages stops its partition, loses nothing, and leaves the others alone, embedded and on Kafka."""

from collections.abc import Sequence
from typing import Any

import pytest
from prometheus_client import REGISTRY

from schemas.feed import ClockTick
from schemas.message import decode, encode
from schemas.stream_order import StreamOrder
from services.stream import open_stream
from services.stream.base import Outgoing, Partition, Stream
from services.stream.dead_letter import parse_dead_letter
from services.stream.poison import PoisonLimit, parse_stop
from services.stream.runner import Incoming, Result
from tests.contract.steps import (
    TIME_MS,
    keys_of_each,
    listed_topic,
    make_step,
    number_of,
    put,
    read_all,
    tick,
    turn_until,
)

LIMIT = PoisonLimit(in_a_row=3)
POISON = 12


@pytest.fixture
def handled() -> list[int]:
    return []


@pytest.fixture
def handle(handled: list[int]) -> Any:
    def work(batch: Sequence[Incoming[Any]]) -> Result:
        handled.extend(map(number_of, batch))
        return Result()

    return work


def test_of_a_flood_beyond_the_limit_every_record_is_handled_or_set_aside_or_still_there(
    stream: Stream, group: str, handled: list[int], handle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The case in which a well-known library drops 12 of 15: a run of bad records longer than the limit.
    with listed_topic(stream, monkeypatch, partitions=2) as topic:
        bad, well = keys_of_each(2)
        put(stream, topic.name, [(bad, tick(1)), *[(bad, b"no message")] * POISON, (bad, tick(2)), (bad, tick(3))])
        put(stream, topic.name, [(well, tick(100 + number)) for number in range(40)])
        step = make_step(stream, topic, group, handle, limit=LIMIT, max_records=10)
        turn_until(lambda: len(handled) == 41 and bool(step._reader.stopped), step)
        for _ in range(5):
            step.turn()
        place = Partition(topic.name, 0)
        assert sorted(handled) == [1, *range(100, 140)]
        assert step._consumer.committed(place) == 4
        assert step._consumer.committed(Partition(topic.name, 1)) == 40
        letters = [parse_dead_letter(record) for record in read_all(stream, topic.dead)]
        assert sorted(letter.origin_offset for letter in letters) == [1, 2, 3]
        assert {(*letter[2:4], letter.service) for letter in letters} == {(topic.name, 0, group)}
        stop = parse_stop(stream.groups()[group][place].note)
        assert stop is not None
        assert "4 messages in a row" in stop.reason
        labels = {"group": group, "topic": topic.name, "partition": "0"}
        assert REGISTRY.get_sample_value("hanoi_stream_stopped", labels) == 1
        step.close()

        # Restarts while nothing was mended set nothing more aside.
        for _ in range(2):
            step = make_step(stream, topic, group, handle, limit=LIMIT)
            turn_until(lambda step=step: bool(step._reader.stopped), step)  # type: ignore[misc]
            step.close()
        assert len(read_all(stream, topic.dead)) == 3

        # A newer reader goes on where reading stopped.
        step = make_step(stream, topic, group, handle, limit=LIMIT)
        healed = ClockTick(event_ms=TIME_MS, wall_ms=TIME_MS, speed=1.0, source="mended")
        step._reader._decoders[topic.name] = lambda value: (
            healed if value == b"no message" else decode(ClockTick, value)
        )
        turn_until(lambda: step._consumer.committed(place) == POISON + 3, step)
        assert handled[41:] == [0] * (POISON - 3) + [2, 3]
        assert len(read_all(stream, topic.dead)) == 3
        assert stream.groups()[group][place].note == ""
        step.close()


def test_an_operator_has_the_bad_range_set_aside_while_the_reader_runs(
    stream: Stream, group: str, handled: list[int], handle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listed_topic(stream, monkeypatch, partitions=1) as topic:
        put(stream, topic.name, [(b"k", b"no message")] * POISON + [(b"k", tick(1))])
        step = make_step(stream, topic, group, handle, limit=LIMIT)
        turn_until(lambda: bool(step._reader.stopped), step)
        order = StreamOrder(group=group, topic=topic.name, partition=0, until_offset=POISON, time_ms=TIME_MS)
        producer = stream.producer()
        producer.send([Outgoing("stream.orders", group.encode(), encode(order))])
        producer.flush()
        turn_until(lambda: handled == [1], step)
        assert step._consumer.committed(Partition(topic.name, 0)) == POISON + 1
        letters = [parse_dead_letter(record) for record in read_all(stream, topic.dead)]
        assert [letter.origin_offset for letter in letters] == list(range(POISON))
        step.close()


def test_a_stopped_partition_that_its_reader_keeps_through_a_rebalance_still_obeys(
    stream: Stream, stream_url: str, group: str, handled: list[int], handle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listed_topic(stream, monkeypatch, partitions=2) as topic, open_stream(stream_url) as other:
        bad, well = keys_of_each(2)
        put(stream, topic.name, [(bad, b"no message")] * POISON + [(bad, tick(1)), (well, tick(2))])
        first = make_step(stream, topic, group, handle, limit=LIMIT)
        turn_until(lambda: bool(first._reader.stopped) and handled == [2], first)
        second = make_step(other, topic, group, handle, limit=LIMIT)
        turn_until(lambda: len(second._consumer.assignment()) == 1, first, second)
        second.close()
        turn_until(lambda: len(first._consumer.assignment()) == 2 and bool(first._reader.stopped), first)
        order = StreamOrder(group=group, topic=topic.name, partition=0, until_offset=POISON, time_ms=TIME_MS)
        producer = stream.producer()
        producer.send([Outgoing("stream.orders", group.encode(), encode(order))])
        producer.flush()
        turn_until(lambda: sorted(handled) == [1, 2], first)
        assert first._consumer.committed(Partition(topic.name, 0)) == POISON + 1
        first.close()
