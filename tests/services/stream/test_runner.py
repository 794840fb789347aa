"""The runner: one batch from poll to commit, and what happens to what cannot be read."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from schemas.feed import ClockTick
from schemas.message import decode, encode
from schemas.stream_order import StreamOrder
from services.context import Context
from services.settings import Settings
from services.stream.base import Outgoing, Partition, Record
from services.stream.dead_letter import parse_dead_letter
from services.stream.embedded import EmbeddedStream
from services.stream.errors import BackPressure, NotAcknowledgedError
from services.stream.poison import PoisonCounter, PoisonLimit, parse_stop, write_stop
from services.stream.runner import Handle, Incoming, Result, Step, run_step

TOPIC = "city.clock"
DEAD = "city.clock.dead"
TIME_MS = 1_795_305_600_000


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[EmbeddedStream]:
    with EmbeddedStream(tmp_path) as stream:
        yield stream


def tick(number: int) -> ClockTick:
    return ClockTick(event_ms=TIME_MS + number, wall_ms=TIME_MS, speed=1.0, source="player")


def put(stream: EmbeddedStream, *values: bytes) -> None:
    stream.producer().send([Outgoing(TOPIC, b"player", value) for value in values])


def good(*numbers: int) -> list[bytes]:
    return [encode(tick(number)) for number in numbers]


def make_step(stream: EmbeddedStream, handle: Handle, **more: Any) -> Step:
    return Step(Context(Settings({}), stream), group="g", topics=[TOPIC], handle=handle, idle_s=0.0, **more)


def read_all(stream: EmbeddedStream, topic: str) -> list[Record]:
    return list(stream.tail([topic], since_ms=0).poll(10_000, 0.0))


def sample(name: str, **labels: str) -> float:
    """Return one metric of this process, 0 where it was never set."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


class Seen:
    """A step that remembers its batches."""

    def __init__(self, answer: Callable[[Sequence[Incoming[Any]]], Result] = lambda batch: Result()) -> None:
        self.batches: list[list[int]] = []
        self._answer = answer

    def __call__(self, batch: Sequence[Incoming[Any]]) -> Result:
        self.batches.append([incoming.message.event_ms - TIME_MS for incoming in batch])
        return self._answer(batch)


def test_a_batch_is_decoded_handled_and_committed(stream: EmbeddedStream) -> None:
    put(stream, *good(1, 2, 3))
    seen = Seen()
    step = make_step(stream, seen)
    assert step.turn() == 3
    step.close()
    assert seen.batches == [[1, 2, 3]]
    assert stream.consumer("g", [TOPIC]).committed(Partition(TOPIC, 0)) == 3


def test_the_key_comes_as_text(stream: EmbeddedStream) -> None:
    keys: list[str] = []

    def handle(batch: Sequence[Incoming[Any]]) -> Result:
        keys.extend(incoming.key for incoming in batch)
        return Result()

    stream.producer().send([Outgoing(TOPIC, key, *good(1)) for key in (b"xe", b"\xff", None)])
    make_step(stream, handle).turn()
    assert keys == ["xe", "\ufffd", ""]


def test_outputs_are_safe_before_the_commit(stream: EmbeddedStream) -> None:
    put(stream, *good(1, 2))
    order: list[str] = []
    seen = Seen(lambda batch: Result(outputs=[("city.clock", "out", incoming.message) for incoming in batch]))
    step = make_step(stream, seen)
    flush, commit = step._producer.flush, step._consumer.commit
    step._producer.flush = lambda timeout_s=30.0: (order.append("flush"), flush(timeout_s))[1]  # type: ignore[method-assign]
    step._consumer.commit = lambda offsets, notes=None: (order.append("commit"), commit(offsets, notes))[1]  # type: ignore[method-assign]
    step.turn()
    assert order == ["flush", "commit"]
    assert [record.key for record in read_all(stream, TOPIC)] == [b"player", b"player", b"out", b"out"]


def turn_until(step: Step, done: Callable[[], bool]) -> None:
    until_s = time.monotonic() + 10.0
    while not done() and time.monotonic() < until_s:
        step.turn()
    assert done()


def test_outputs_that_were_not_acknowledged_are_sent_again_before_anything_is_committed(
    stream: EmbeddedStream,
) -> None:
    put(stream, *good(1))
    seen = Seen(lambda batch: Result(outputs=[(TOPIC, f"out-{n}", tick(n)) for n in range(3)] if batch else []))
    step = make_step(stream, seen)
    sent: list[list[bytes | None]] = []
    send = step._producer.send

    def fail_once(records: Iterable[Outgoing]) -> None:
        lot = list(records)
        sent.append([record.key for record in lot])
        if len(sent) == 1:
            send(lot[:2])
            raise NotAcknowledgedError("one was not acknowledged", lot[2:])
        send(lot)

    step._producer.send = fail_once  # type: ignore[method-assign]
    assert step.turn() == 0
    assert step._consumer.committed(Partition(TOPIC, 0)) is None
    turn_until(step, lambda: step._consumer.committed(Partition(TOPIC, 0)) == 1)
    assert sent == [[b"out-0", b"out-1", b"out-2"], [b"out-2"]]
    assert seen.batches[0] == [1]
    assert [batch for batch in seen.batches if batch == [1]] == [[1]], "the step was asked once"


def test_a_step_that_cannot_take_a_batch_gets_it_again_and_is_asked_for_nothing_else(stream: EmbeddedStream) -> None:
    put(stream, *good(1, 2))
    full = [True]

    def handle(batch: Sequence[Incoming[Any]]) -> Result:
        if full[0]:
            raise BackPressure("disk full", retry_after_s=0.0)
        return Result()

    seen = Seen()
    step = make_step(stream, lambda batch: (handle(batch), seen(batch))[1])
    assert [step.turn(), step.turn()] == [0, 0]
    put(stream, *good(3))
    assert sample("hanoi_stream_paused", group="g") == 1
    assert step.turn() == 0
    full[0] = False
    assert step.turn() == 2
    assert sample("hanoi_stream_paused", group="g") == 0
    assert step.turn() == 1
    assert seen.batches == [[1, 2], [3]]


def test_a_held_batch_is_tried_no_sooner_than_the_step_asked(stream: EmbeddedStream) -> None:
    put(stream, *good(1))
    asked: list[int] = []

    def handle(batch: Sequence[Incoming[Any]]) -> Result:
        asked.append(len(batch))
        raise BackPressure("downstream is slow", retry_after_s=1000.0)

    step = make_step(stream, handle)
    for _ in range(5):
        step.turn()
    assert asked == [1]


def test_a_held_batch_goes_to_the_member_that_takes_the_partition_over(stream: EmbeddedStream) -> None:
    put(stream, *good(1, 2))
    first = make_step(stream, lambda batch: (_ for _ in ()).throw(BackPressure("full", 1000.0)))
    first.turn()
    first.close()
    seen = Seen()
    second = make_step(stream, seen)
    turn_until(second, lambda: seen.batches == [[1, 2]])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "truncated"),
        (b"\xff\xfe\x00", "malformed"),
        (b'{"event_ms":1795305600000,"wall_ms":1795305600000,"speed":1.0}', "missing required field `source`"),
        (b'{"event_ms":0,"wall_ms":1795305600000,"speed":1.0,"source":"a"}', "$.event_ms"),
        (b'{"event_ms":1795305600000,"wall_ms":1795305600000,"speed":"fast","source":"a"}', "$.speed"),
        (b'{"event_ms":1795305600000,"wall_ms":1795305600000,"speed":1.0,"source":"\xff"}', "utf-8"),
        (b'{"event_ms":1795305600000,"wall_ms":1795305600000,"speed":1.0,"source":"a\\u0000"}', "U+0000"),
        (b'{"event_ms":1795305600000,"wall_ms":1795305600000,"speed":1.0,"source":"\\ud800"}', "truncated"),
        (b'{"event_ms":1795305600000,"wall_ms":1795305600000,"speed":1e999,"source":"a"}', "out of range"),
        (b"[]", "Expected `object`"),
    ],
)
def test_what_cannot_be_read_goes_to_the_dead_letters_with_its_origin(
    stream: EmbeddedStream, value: bytes, reason: str
) -> None:
    put(stream, *good(1), value, *good(2))
    seen = Seen()
    step = make_step(stream, seen)
    assert step.turn() == 3
    assert seen.batches == [[1, 2]]
    (record,) = read_all(stream, DEAD)
    letter = parse_dead_letter(record)
    assert (record.key, record.value) == (b"player", value)
    assert reason.lower() in letter.reason.lower()
    assert letter[2:6] == (TOPIC, 0, 1, "g")
    assert letter.time_ms > TIME_MS - 10**12
    assert step._consumer.committed(Partition(TOPIC, 0)) == 3


def test_a_record_the_step_rejects_goes_to_the_dead_letters_too(stream: EmbeddedStream) -> None:
    put(stream, *good(1, 2))
    step = make_step(stream, lambda batch: Result(rejected=[(batch[1], "speed of light")]))
    step.turn()
    (record,) = read_all(stream, DEAD)
    assert parse_dead_letter(record).reason == "speed of light"
    assert record.value == good(2)[0]


def test_a_batch_of_dead_letters_alone_is_committed_without_calling_the_step(stream: EmbeddedStream) -> None:
    put(stream, b"x", b"y")
    seen = Seen()
    assert make_step(stream, seen).turn() == 2
    assert seen.batches == []
    assert len(read_all(stream, DEAD)) == 2


def test_too_many_in_a_row_stop_the_partition_and_all_before_them_is_dealt_with(stream: EmbeddedStream) -> None:
    put(stream, *good(1), *[b"x"] * 6, *good(2))
    seen = Seen()
    step = make_step(stream, seen, limit=PoisonLimit(in_a_row=5))
    assert step.turn() == 6
    for _ in range(3):
        step.turn()
    assert [batch for batch in seen.batches if batch] == [[1]]
    assert [record.value for record in read_all(stream, DEAD)] == [b"x"] * 5
    assert step._consumer.committed(Partition(TOPIC, 0)) == 6
    stop = parse_stop(step._consumer.note(Partition(TOPIC, 0)))
    assert stop is not None
    assert re.match(r"6 messages in a row could not be read \(at most 5 may be\)\. The last reason: ", stop.reason)
    assert sample("hanoi_stream_stopped", group="g", topic=TOPIC, partition="0") == 1


def test_a_restart_at_a_stopped_partition_sets_nothing_more_aside_until_it_can_be_read(stream: EmbeddedStream) -> None:
    put(stream, *[b"x"] * 10, *good(7))
    for _ in range(4):
        step = make_step(stream, Seen(), limit=PoisonLimit(in_a_row=3))
        for _ in range(3):
            step.turn()
        step.close()
        assert len(read_all(stream, DEAD)) == 3
    seen = Seen()
    step = make_step(stream, seen, limit=PoisonLimit(in_a_row=3))
    step._reader._decoders[TOPIC] = lambda value: (
        tick(0) if value == b"x" else decode(ClockTick, value)
    )  # a newer reader
    turn_until(step, lambda: seen.batches[:1] == [[0] * 7 + [7]])
    assert len(read_all(stream, DEAD)) == 3
    assert step._consumer.note(Partition(TOPIC, 0)) == ""


def test_an_order_has_a_stopped_partition_read_on_and_the_bad_range_set_aside(stream: EmbeddedStream) -> None:
    put(stream, *[b"x"] * 10, *good(1), *[b"y"] * 10)
    seen = Seen()
    step = make_step(stream, seen, limit=PoisonLimit(in_a_row=3))
    step.turn()
    order = StreamOrder(group="g", topic=TOPIC, partition=0, until_offset=10, time_ms=TIME_MS)
    other = StreamOrder(group="h", topic=TOPIC, partition=0, until_offset=99, time_ms=TIME_MS)
    stream.producer().send([Outgoing("stream.orders", o.group.encode(), encode(o)) for o in (other, order)])
    turn_until(step, lambda: step._consumer.committed(Partition(TOPIC, 0)) == 14)
    assert [batch for batch in seen.batches if batch] == [[1]]
    assert [record.value for record in read_all(stream, DEAD)] == [b"x"] * 10 + [b"y"] * 3
    assert sample("hanoi_stream_stopped", group="g", topic=TOPIC, partition="0") == 1


def test_too_many_rejects_stop_after_the_batch_with_all_of_them_set_aside(stream: EmbeddedStream) -> None:
    put(stream, *good(*range(30)))
    limit = PoisonLimit(share=0.2, window=10)
    step = make_step(stream, lambda b: Result(rejected=[(i, "too fast") for i in b]), limit=limit, max_records=20)
    assert step.turn() == 20
    for _ in range(3):
        assert step.turn() == 0
    assert len(read_all(stream, DEAD)) == 20
    assert step._consumer.committed(Partition(TOPIC, 0)) == 20


def test_a_large_share_of_a_window_stops_too() -> None:
    counter = PoisonCounter(PoisonLimit(in_a_row=5, share=0.2, window=20))
    for _ in range(16):
        counter.good()
    assert [counter.bad(offset) for offset in range(16, 20)] == [None] * 4
    counter.good()
    assert str(counter.bad(21)).startswith("5 of the last 20 messages")
    for _ in range(20):
        counter.good()
    assert counter.bad(40) is None


def test_a_counter_goes_on_where_a_stop_left_it() -> None:
    limit = PoisonLimit(in_a_row=5, share=0.2, window=20)
    for bad in (5, 4):
        counter = PoisonCounter(limit)
        for offset in range(20):
            counter.bad(offset) if offset % 5 == 0 or bad == 5 else counter.good()
        stop = counter.stop("why", TIME_MS)
        again = PoisonCounter(limit)
        again.go_on(parse_stop(write_stop(stop)) or stop)
        assert again.bad(20) is not None


def test_the_step_hears_when_nothing_came(stream: EmbeddedStream) -> None:
    put(stream, *good(1))
    seen = Seen(lambda batch: Result(outputs=[] if batch else [(TOPIC, "late", tick(5))]))
    step = make_step(stream, seen)
    assert [step.turn(), step.turn()] == [1, 0]
    assert seen.batches == [[1], []]
    assert read_all(stream, TOPIC)[-1].key == b"late"


def test_a_step_that_fails_says_at_which_records(stream: EmbeddedStream) -> None:
    put(stream, *good(1, 2))

    def fail(batch: Sequence[Incoming[Any]]) -> Result:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        make_step(stream, fail).turn()
    assert caught.value.__notes__ == [
        "group g, batch of 2 from city.clock/0:0 to city.clock/0:1; nothing of it was committed"
    ]


def test_a_commit_that_came_too_late_is_no_failure(stream: EmbeddedStream, tmp_path: Path) -> None:
    put(stream, *good(1))
    seen = Seen(lambda batch: (stream.consumer("g", [TOPIC]).poll(1, 0.0), Result())[1])
    step = make_step(stream, seen)
    import sqlite3

    step._consumer.poll(1, 0.0)
    step._consumer.seek(Partition(TOPIC, 0), 0)
    with sqlite3.connect(tmp_path / "groups" / "g.sqlite") as connection:
        connection.execute("UPDATE member SET polled_ms = -1000000000")
    connection.close()
    assert step.turn() == 0
    assert seen.batches == [[1]]


def test_the_runner_counts_what_it_did(stream: EmbeddedStream) -> None:
    put(stream, *good(1, 2), b"x")
    records, dead = [
        sample(f"hanoi_stream_{name}_total", group="g", topic=TOPIC) for name in ("records", "dead_letters")
    ]
    step = make_step(stream, Seen())
    step.turn()
    assert sample("hanoi_stream_records_total", group="g", topic=TOPIC) == records + 3
    assert sample("hanoi_stream_dead_letters_total", group="g", topic=TOPIC) == dead + 1
    put(stream, *good(3))
    step._lag_s = float("-inf")
    step._consumer.pause(step._consumer.assignment())
    step.turn()
    assert sample("hanoi_stream_lag_records", group="g", topic=TOPIC, partition="0") == 1
    assert sample("hanoi_stream_last_turn_timestamp_seconds", group="g") > 0
    for name in ("poll", "handle", "produce", "commit"):
        assert sample(f"hanoi_stream_{name}_seconds_count", group="g") > 0


def test_a_run_ends_when_it_is_told_to(stream: EmbeddedStream) -> None:
    put(stream, *good(1))
    stop = threading.Event()

    def handle(batch: Sequence[Incoming[Any]]) -> Result:
        stop.set()
        return Result()

    run_step(Context(Settings({}), stream, stop=stop), group="g", topics=[TOPIC], handle=handle)
    assert stream.consumer("g", [TOPIC]).committed(Partition(TOPIC, 0)) == 1
