"""What a keyed step knows survives restarts, crashes at any point and rebalances, embedded and on Kafka."""

import contextlib
import uuid
from collections.abc import Sequence
from typing import Any

import pytest

from schemas.feed import ClockTick
from schemas.topics import DAY_S, TOPICS, Topic
from services.stream import open_stream
from services.stream import state as state_module
from services.stream.base import Stream
from services.stream.runner import Incoming, Result, Step
from services.stream.state import KeyedState
from tests.contract.steps import make_step, number_of, parts, put, tick, turn_until

KEYS = [b"bus-%d" % n for n in range(20)]


class CrashError(Exception):
    """The process dies here."""


class Sums(KeyedState):
    """Adds up the numbers of each key; what it puts out is the sum so far."""

    def __init__(self, topics: tuple[Topic, Topic], form: bytes = b"1") -> None:
        self.input_topic, self.state_topic = (topic.name for topic in topics)
        self.form = form
        self.sums: dict[str, int] = {}
        self.said: list[tuple[str, int]] = []

    def add(self, batch: Sequence[Incoming[Any]]) -> None:
        for incoming in batch:
            self.sums[incoming.key] = self.sums.get(incoming.key, 0) + number_of(incoming)

    def handle(self, batch: Sequence[Incoming[Any]]) -> Result:
        for incoming in batch:
            self.add([incoming])
            self.said.append((incoming.key, self.sums[incoming.key]))
        return Result()

    def dump(self, key: str) -> bytes:
        return self.form + b":%d" % self.sums[key]

    def load(self, key: str, data: bytes) -> bool:
        form, _, number = data.partition(b":")
        if form == self.form:
            self.sums[key] = int(number)
        return form == self.form

    def catch_up(self, batch: Sequence[Incoming[Any]]) -> None:
        self.add(batch)

    def forget(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.sums.pop(key, None)

    def own(self, partitions: frozenset[int]) -> None:
        self.owned = partitions


@pytest.fixture
def topics(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> tuple[Topic, Topic]:
    name = f"test-{uuid.uuid4().hex[:12]}"
    made = (
        Topic(name, ClockTick, "source", 4, DAY_S, "for a test"),
        Topic(f"{name}.state", ClockTick, "source", 4, DAY_S, "for a test", compacted=True),
    )
    for topic in made:
        monkeypatch.setitem(TOPICS, topic.name, topic)
    stream.ensure_topics(made)
    return made


def feed(stream: Stream, topic: Topic, numbers: range) -> None:
    put(stream, topic.name, [(KEYS[n % len(KEYS)], tick(n)) for n in numbers])


def expected(count: int) -> dict[str, int]:
    return {key.decode(): sum(range(at, count, len(KEYS))) for at, key in enumerate(KEYS) if at < count}


def member(stream: Stream, topics: tuple[Topic, Topic], group: str, sums: Sums) -> Step:
    return make_step(stream, topics[0], group, sums.handle, state=sums, max_records=30)


def live(stream: Stream, topics: tuple[Topic, Topic], group: str, count: int) -> Sums:
    """Feed so many records and return what a member that took them all knew when it ended."""
    feed(stream, topics[0], range(count))
    sums = Sums(topics)
    step = member(stream, topics, group, sums)
    turn_until(lambda: len(sums.said) == count, step)
    step.close()
    return sums


def test_a_restart_goes_on_with_what_was_known_and_reads_little_again(
    stream: Stream, topics: tuple[Topic, Topic], group: str
) -> None:
    live(stream, topics, group, 400)
    feed(stream, topics[0], range(400, 440))
    second = Sums(topics)
    caught: list[int] = []
    add = second.catch_up
    second.catch_up = lambda batch: (caught.append(len(batch)), add(batch))[1]  # type: ignore[method-assign]
    step = member(stream, topics, group, second)
    turn_until(lambda: len(second.said) == 40, step)
    step.close()
    assert second.sums == expected(440)
    assert sum(caught) <= state_module.KEEP_EVERY * len(KEYS)


@pytest.mark.parametrize("dies_at", ["before the outputs", "before the state", "in the state", "before the commit"])
def test_a_crash_at_any_point_counts_nothing_twice_and_forgets_nothing(
    stream: Stream, topics: tuple[Topic, Topic], group: str, dies_at: str
) -> None:
    feed(stream, topics[0], range(300))
    said: dict[tuple[str, int], int] = {}
    for life in range(4):
        sums = Sums(topics)
        step = member(stream, topics, group, sums)
        if life < 3:
            die(step, dies_at, after=2 + life)
        with contextlib.suppress(CrashError):
            turn_until(lambda sums=sums: len(sums.said) > 10_000 or sums.sums == expected(300), step)  # type: ignore[misc]
        for place in sums.said:
            said[place] = said.get(place, 0) + 1
        step.close()
    assert sums.sums == expected(300)
    right = {(KEYS[n % 20].decode(), sum(range(n % 20, n + 1, 20))) for n in range(300)}
    assert said.keys() == right, "every output was made, and none that is wrong"


def die(step: Step, dies_at: str, after: int) -> None:
    changes, produce, commit = step._takeover.changes, step._produce, step._consumer.commit
    left = [after]

    def crash(point: str) -> None:
        if dies_at == point:
            left[0] -= 1
            if left[0] < 0:
                raise CrashError

    def produced(batch: Any) -> None:
        crash("before the outputs")
        lots = list(batch.lots)
        if dies_at == "before the state":
            crash(dies_at)
            batch.lots = lots
        if dies_at == "in the state" and lots and left[0] <= 0:
            batch.lots = [lots[-1][: len(lots[-1]) // 2]]
            produce(batch)
            raise CrashError
        left[0] -= dies_at == "in the state"
        produce(batch)

    def committed(offsets: Any, notes: Any = None) -> None:
        crash("before the commit")
        commit(offsets, notes)

    step._takeover.changes = changes  # type: ignore[method-assign]
    step._produce = produced  # type: ignore[method-assign]
    step._consumer.commit = committed  # type: ignore[method-assign]


def test_what_is_known_of_a_key_goes_with_its_partition_to_another_member_and_back(
    stream: Stream, stream_url: str, topics: tuple[Topic, Topic], group: str
) -> None:
    one, two = Sums(topics), Sums(topics)
    first = member(stream, topics, group, one)
    feed(stream, topics[0], range(200))
    turn_until(lambda: len(one.said) == 200, first)
    with open_stream(stream_url) as other:
        second = member(other, topics, group, two)
        turn_until(lambda: len(second._consumer.assignment()) == len(first._consumer.assignment()) == 2, first, second)
        feed(stream, topics[0], range(200, 400))
        turn_until(lambda: len(one.said) + len(two.said) == 400, first, second)
        assert one.sums | two.sums == expected(400)
        assert not one.sums.keys() & two.sums.keys(), "each key is known to one member"
        first.close()
        turn_until(lambda: second._consumer.assignment() == parts(topics[0]), second)
        feed(stream, topics[0], range(400, 500))
        turn_until(lambda: len(one.said) + len(two.said) == 500, second)
        assert two.sums == expected(500)
        second.close()


def test_entries_of_another_form_are_not_used_and_the_log_is_read_again(
    stream: Stream, topics: tuple[Topic, Topic], group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    live(stream, topics, group, 200)
    second = Sums(topics, form=b"2")
    step = member(stream, topics, group, second)
    turn_until(lambda: second.sums == expected(200), step)
    step.close()
    assert second.said == []
    assert "no usable state: the last half hour is read again" in capsys.readouterr().out


def test_several_restores_write_few_entries_however_many_records_come(
    stream: Stream, topics: tuple[Topic, Topic], group: str
) -> None:
    live(stream, topics, group, 1200)
    assert sum(stream.end_offsets(topics[1].name).values()) <= 1200 / state_module.KEEP_EVERY
