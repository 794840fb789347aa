"""The runner: one batch from poll to commit, and what happens to what cannot be read."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from schemas.feed import ClockTick
from schemas.message import encode
from services.context import Context
from services.settings import Settings
from services.stream.base import Outgoing, Partition, Record
from services.stream.dead_letter import parse_dead_letter
from services.stream.embedded import EmbeddedStream
from services.stream.errors import PoisonLimitError, StreamError
from services.stream.poison import PoisonCounter, PoisonLimit
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
    step._consumer.commit = lambda offsets: (order.append("commit"), commit(offsets))[1]  # type: ignore[method-assign]
    step.turn()
    assert order == ["flush", "commit"]
    assert [record.key for record in read_all(stream, TOPIC)] == [b"player", b"player", b"out", b"out"]


def test_a_batch_whose_outputs_were_not_acknowledged_is_not_committed(stream: EmbeddedStream) -> None:
    put(stream, *good(1))
    step = make_step(stream, Seen(lambda batch: Result(outputs=[(TOPIC, "out", tick(9))])))

    def fail(timeout_s: float = 30.0) -> None:
        raise StreamError("not acknowledged")

    step._producer.flush = fail  # type: ignore[method-assign]
    with pytest.raises(StreamError, match="not acknowledged"):
        step.turn()
    assert step._consumer.committed(Partition(TOPIC, 0)) is None


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


def test_too_many_in_a_row_stop_the_step_before_anything_is_set_aside(stream: EmbeddedStream) -> None:
    put(stream, *good(1), *[b"x"] * 6)
    step = make_step(stream, Seen(), limit=PoisonLimit(in_a_row=5))
    with pytest.raises(PoisonLimitError, match=r"6 messages in a row could not be read .at most 5 may be.*last reason"):
        step.turn()
    assert read_all(stream, DEAD) == []
    assert step._consumer.committed(Partition(TOPIC, 0)) is None


def test_a_large_share_of_a_window_stops_too() -> None:
    counter = PoisonCounter("t", PoisonLimit(in_a_row=5, share=0.2, window=20))
    for _ in range(16):
        counter.good()
    for _ in range(4):
        counter.bad("no JSON")
    counter.good()
    with pytest.raises(PoisonLimitError, match="5 of the last 20 messages"):
        counter.bad("no JSON")


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
        connection.execute("UPDATE member SET polled_ms = 0")
    connection.close()
    assert step.turn() == 0
    assert seen.batches == [[1]]


def test_a_run_ends_when_it_is_told_to(stream: EmbeddedStream) -> None:
    put(stream, *good(1))
    stop = threading.Event()

    def handle(batch: Sequence[Incoming[Any]]) -> Result:
        stop.set()
        return Result()

    run_step(Context(Settings({}), stream, stop=stop), group="g", topics=[TOPIC], handle=handle)
    assert stream.consumer("g", [TOPIC]).committed(Partition(TOPIC, 0)) == 1
