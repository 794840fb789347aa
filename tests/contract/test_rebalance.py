"""Members that come, go, come back and wait, embedded and on Kafka: nothing is lost, and nothing doubled in order."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from services.stream import open_stream
from services.stream.base import Stream
from services.stream.errors import BackPressure, OustedError, StreamError
from services.stream.runner import Incoming, Result, Step
from tests.contract.steps import keys_of_each, listed_topic, make_step, number_of, parts, put, tick, turn_until

COUNT = 2000


def test_no_record_is_handled_twice_or_never_while_members_come_and_go_in_order(
    stream: Stream, stream_url: str, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listed_topic(stream, monkeypatch) as topic, open_stream(stream_url) as other:
        put(stream, topic.name, [(b"bus-%d" % (n % 50), tick(n)) for n in range(COUNT)])
        handled: list[int] = []

        def handle(batch: Sequence[Incoming[Any]]) -> Result:
            handled.extend(map(number_of, batch))
            return Result()

        one = make_step(stream, topic, group, handle, max_records=5)
        turn_until(lambda: len(handled) > 20, one)
        two = make_step(other, topic, group, handle, max_records=5)
        turn_until(lambda: len(two._consumer.assignment()) == len(one._consumer.assignment()) == 2, one, two)
        seen = len(handled)
        turn_until(lambda: len(handled) >= min(COUNT, seen + 50), one, two)
        one.close()
        turn_until(lambda: two._consumer.assignment() == parts(topic), two)
        turn_until(lambda: len(handled) >= COUNT, two)
        for _ in range(3):
            two.turn()
        assert sorted(handled) == list(range(COUNT))
        two.close()


def test_a_member_with_a_name_comes_back_to_its_partitions_without_a_rebalance(
    stream: Stream, stream_url: str, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listed_topic(stream, monkeypatch) as topic, open_stream(stream_url) as other:
        handled: dict[str, list[int]] = {"one": [], "two": []}

        def handler(name: str) -> Callable[[Sequence[Incoming[Any]]], Result]:
            return lambda batch: (handled[name].extend(map(number_of, batch)), Result())[1]

        one = make_step(stream, topic, group, handler("one"), instance="one")
        two = make_step(other, topic, group, handler("two"), instance="two")
        turn_until(lambda: len(one._consumer.assignment()) == len(two._consumer.assignment()) == 2, one, two)
        mine, others = one._consumer.assignment(), two._consumer.assignment()
        taken, heard = two._consumer.taken, list[bool]()
        two._consumer.taken = lambda: (new := taken(), heard.append(bool(new)))[0]  # type: ignore[method-assign]
        one.close()
        keys = keys_of_each(4)
        put(stream, topic.name, [(key, tick(number)) for number, key in enumerate(keys)])
        turn_until(lambda: len(handled["two"]) == 2, two)
        heard.clear()  # kafka-python sometimes joins twice as it starts
        with open_stream(stream_url) as third:
            again = make_step(third, topic, group, handler("one"), instance="one")
            turn_until(lambda: len(handled["one"]) == 2, again, two)
            assert again._consumer.assignment() == mine
            assert two._consumer.assignment() == others
            assert not any(heard), "the other member heard of nothing"
            again.close()
        two.close()


def test_two_members_of_one_name_are_not_at_work_at_once(
    stream: Stream, stream_url: str, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listed_topic(stream, monkeypatch) as topic, open_stream(stream_url) as other:
        one = make_step(stream, topic, group, lambda batch: Result(), instance="same")
        turn_until(lambda: one._consumer.assignment() == parts(topic), one)
        put(stream, topic.name, [(b"k", tick(1))])
        with pytest.raises(OustedError):  # Kafka puts out the older one, the embedded log refuses the newer
            both(one, make_step(other, topic, group, lambda batch: Result(), instance="same"))


def both(one: Step, two: Step) -> None:
    until_s = time.monotonic() + 30.0
    while time.monotonic() < until_s:
        two.turn()
        one.turn()


def test_what_waits_under_back_pressure_keeps_its_place_in_the_group_and_is_handled_once(
    stream: Stream, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listed_topic(stream, monkeypatch) as topic:
        put(stream, topic.name, [(b"bus-%d" % n, tick(n)) for n in range(100)])
        handled: list[int] = []
        full = [True]

        def handle(batch: Sequence[Incoming[Any]]) -> Result:
            if batch and full[0]:
                raise BackPressure("the sink is full", retry_after_s=0.1)
            handled.extend(map(number_of, batch))
            return Result()

        step = make_step(stream, topic, group, handle)
        turn_until(lambda: step._tries > 3, step)
        assert step._consumer.poll(10, 0.1) == [], "all partitions are paused"
        full[0] = False
        turn_until(lambda: len(handled) == 100, step)
        assert sorted(handled) == list(range(100))
        assert step._consumer.assignment() == parts(topic)
        step.close()


def test_a_batch_that_waits_while_the_group_grows_is_handled_by_exactly_one_member(
    stream: Stream, stream_url: str, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listed_topic(stream, monkeypatch) as topic, open_stream(stream_url) as other:
        put(stream, topic.name, [(b"bus-%d" % n, tick(n)) for n in range(200)])
        handled: list[int] = []
        full = [True]

        def handle(batch: Sequence[Incoming[Any]]) -> Result:
            if batch and full[0]:
                raise BackPressure("the sink is full", retry_after_s=0.05)
            handled.extend(map(number_of, batch))
            return Result()

        one = make_step(stream, topic, group, handle)
        turn_until(lambda: one._tries > 0, one)
        two = make_step(other, topic, group, handle)
        turn_until(lambda: len(one._consumer.assignment()) == len(two._consumer.assignment()) == 2, one, two)
        full[0] = False
        turn_until(lambda: len(handled) >= 200, one, two)
        for _ in range(3):
            one.turn()
            two.turn()
        assert sorted(handled) == list(range(200))
        one.close()
        two.close()


def test_a_log_that_takes_nothing_for_a_while_gets_the_outputs_later_and_once(
    stream: Stream, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listed_topic(stream, monkeypatch, partitions=1) as topic:
        put(stream, topic.name, [(b"k", tick(n)) for n in range(10)])
        handled: list[int] = []

        def handle(batch: Sequence[Incoming[Any]]) -> Result:
            handled.extend(map(number_of, batch))
            return Result()

        step = make_step(stream, topic, group, handle)
        commit, fails = step._consumer.commit, [3]

        def failing(offsets: Any, notes: Any = None) -> None:
            fails[0] -= 1
            if fails[0] >= 0:
                raise StreamError("the log is away")
            commit(offsets, notes)

        step._consumer.commit = failing  # type: ignore[method-assign]
        turn_until(lambda: fails[0] < 0, step)
        assert handled == list(range(10))
        step.close()
