"""What a step writes is written once, embedded and on Kafka with PostGIS, whatever dies between."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from schemas.message import encode
from schemas.topics import get_topic
from services.context import Context
from services.settings import Settings
from services.store.engine import Store, open_store
from services.store.errors import StoreUnavailableError
from services.store.models import BusPositionRow
from services.store.positions import record_positions
from services.stream import open_stream
from services.stream.base import Outgoing, Stream
from services.stream.runner import Incoming, Result, Step
from tests.contract import messages
from tests.contract.messages import NOON_MS

PATIENCE_S = 30.0
TOPIC = get_topic("bus.positions")
COLUMNS = ["embedded", pytest.param("distributed", marks=[pytest.mark.kafka, pytest.mark.postgis])]


@pytest.fixture(params=COLUMNS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    if request.param == "distributed":
        return request.getfixturevalue("kafka_url"), request.getfixturevalue("migrated_postgis_url")
    return f"sqlite:///{tmp_path / 'stream'}", f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
def both(place: tuple[str, str]) -> Iterator[tuple[Stream, Store]]:
    with open_stream(place[0]) as stream, open_store(place[1]) as store:
        store.migrate()
        stream.ensure_topics([TOPIC])
        yield stream, store


def turn_until(step: Step, done: Callable[[], bool]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not done() and time.monotonic() < until_s:
        step.turn()
    assert done()


def record(batch: Sequence[Incoming[Any]]) -> Result:
    return Result(write=lambda session: record_positions(session, [incoming.message for incoming in batch]))


def rows_of(store: Store, vehicle_id: str) -> int:
    with store.reading() as session:
        query = sa.select(sa.func.count()).select_from(BusPositionRow).where(BusPositionRow.vehicle_id == vehicle_id)
        return session.scalar(query) or 0


def put(stream: Stream, vehicle_id: str, count: int, first: int = 0) -> None:
    producer = stream.producer()
    for number in range(first, first + count):
        message = messages.position(vehicle_id, NOON_MS + number * 1000)
        producer.send([Outgoing(TOPIC.name, vehicle_id.encode(), encode(message))])
    producer.flush()


def make_step(stream: Stream, store: Store, group: str, handle: Callable[[Sequence[Incoming[Any]]], Result]) -> Step:
    context = Context(Settings({}), stream)
    return Step(context, group=group, topics=[TOPIC.name], handle=handle, store=store, idle_s=0.05, max_records=10)


def test_a_batch_whose_commit_was_lost_is_not_written_twice(both: tuple[Stream, Store], group: str) -> None:
    stream, store = both
    put(stream, group, 25)
    seen: list[int] = []

    def handle(batch: Sequence[Incoming[Any]]) -> Result:
        mine = [incoming for incoming in batch if incoming.key == group]
        seen.extend(incoming.message.time_ms for incoming in mine)
        return record(mine)

    first = make_step(stream, store, group, handle)
    # The process "dies" after the database took the batch and before the log took the commit.
    first._consumer.commit = lambda offsets, notes=None: None  # type: ignore[method-assign]
    turn_until(first, lambda: rows_of(store, group) == 25)
    first.close()
    before = list(seen)
    second = make_step(stream, store, group, handle)
    put(stream, group, 5, first=25)
    turn_until(second, lambda: rows_of(store, group) == 30)
    second.close()
    assert seen == [NOON_MS + number * 1000 for number in range(30)]
    assert before == seen[:25]


def test_a_step_that_fails_commits_nothing_and_the_next_one_gets_it_all(both: tuple[Stream, Store], group: str) -> None:
    stream, store = both
    put(stream, group, 5)

    def fail(batch: Sequence[Incoming[Any]]) -> Result:
        if not batch:
            return Result()

        def write(session: Any) -> None:
            record_positions(session, [incoming.message for incoming in batch])
            raise ZeroDivisionError

        return Result(write=write)

    first = make_step(stream, store, group, fail)
    with pytest.raises(ZeroDivisionError):
        turn_until(first, lambda: False)
    first.close()
    assert rows_of(store, group) == 0
    second = make_step(stream, store, group, record)
    turn_until(second, lambda: rows_of(store, group) == 5)
    second.close()


def test_a_batch_that_somebody_else_wrote_is_dropped(both: tuple[Stream, Store], group: str) -> None:
    stream, store = both
    put(stream, group, 5)
    from services.store.offsets import advance_offsets

    stolen: list[bool] = []

    def handle(batch: Sequence[Incoming[Any]]) -> Result:
        mine = [incoming for incoming in batch if incoming.key == group]
        if mine and not stolen:  # another member writes these very records while we are at it
            last = mine[-1].record
            stolen.append(True)
            with store.transaction() as session:
                advance_offsets(session, group, {(last.topic, last.partition): (last.offset, last.offset + 1)})
        return record(mine)

    step = make_step(stream, store, group, handle)
    turn_until(step, lambda: bool(stolen))
    assert rows_of(store, group) < 5
    put(stream, group, 5, first=100)
    turn_until(step, lambda: rows_of(store, group) >= 5)
    step.close()


def test_what_was_polled_while_the_database_was_away_is_read_again(
    both: tuple[Stream, Store], group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, store = both
    put(stream, group, 25)
    step = make_step(stream, store, group, record)
    find, away = step._takeover._stored, [True]

    def stored(partitions: Any) -> Any:
        if partitions and away:
            away.pop()
            raise StoreUnavailableError("the database is starting up")
        return find(partitions)

    monkeypatch.setattr(step._takeover, "_stored", stored)
    with pytest.raises(StoreUnavailableError):
        turn_until(step, lambda: False)
    turn_until(step, lambda: rows_of(store, group) == 25)
    step.close()
