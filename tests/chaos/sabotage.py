"""Workers that are wrong on purpose: the chaos must find each of them out, else it proves nothing.

`python -m tests.chaos.sabotage step --wrong KIND` takes the place of a worker.
"""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from services.context import Context
from services.store.engine import Store, open_store
from services.stream.base import Outgoing, Partition, Record
from services.stream.runner import Incoming, Result, run_step
from tests.chaos.doom import Around
from tests.chaos.effects import write_effects
from tests.chaos.numbers import OUT, TOPIC, position_of
from tests.chaos.worker import GROUP, MAX_RECORDS, main, transform


class _EagerConsumer(Around):
    """Commits what it hands out before anything was done with it."""

    def poll(self, *args: Any, **more: Any) -> Sequence[Record]:
        records: Sequence[Record] = self.real.poll(*args, **more)
        if records:
            self.real.commit({Partition(r.topic, r.partition): r.offset + 1 for r in records})
        self.doom.at("polled" if records else "")
        return records


class _LeakyProducer(Around):
    """Loses an output or a dead letter now and then."""

    count = 0

    def send(self, records: Iterable[Outgoing]) -> None:
        kept = []
        for record in records:
            self.count += 1
            if self.count % 50:
                kept.append(record)
        self.real.send(kept)


class _Stream(Around):
    def __init__(self, real: Any, **parts: Any) -> None:
        super().__init__(real, None)
        self._parts = parts

    def producer(self) -> Any:
        made = self.real.producer()
        return self._parts["producer"](made) if "producer" in self._parts else made

    def consumer(self, *args: Any, **more: Any) -> Any:
        made = self.real.consumer(*args, **more)
        return self._parts["consumer"](made) if "consumer" in self._parts else made


def _run(context: Context, store: Store | None, handle: Any = transform, **parts: Any) -> None:
    wrong = Context(context.settings, _Stream(context.stream, **parts), context.clock, context.stop)
    run_step(wrong, group=GROUP, topics=[TOPIC], handle=handle, store=store, max_records=MAX_RECORDS)


def _handle_alone(store: Store) -> Any:
    """Write in a transaction without the offset row."""

    def handle(batch: Sequence[Incoming[Any]]) -> Result:
        with store.transaction() as session:
            write_effects(session, batch)
        return Result(outputs=[(OUT, incoming.key, position_of(incoming.message)) for incoming in batch])

    return handle


def commit_first(context: Context, store: Store) -> None:
    """Commit before writing."""
    _run(context, None, _handle_alone(store), consumer=lambda real: _EagerConsumer(real.real, real.doom))


def unfenced(context: Context, store: Store) -> None:
    """Write without the offset row in the same transaction."""
    _run(context, None, _handle_alone(store))


def leaky(context: Context, store: Store) -> None:
    """Lose what is sent now and then."""
    _run(context, store, producer=lambda real: _LeakyProducer(real, None))


WRONG = {"commit-first": commit_first, "unfenced": unfenced, "leaky": leaky}


def _role(wrong: str) -> Any:
    def run(context: Context) -> None:
        with open_store(context.settings.place.database_url) as store:
            WRONG[wrong](context, store)

    return run


if __name__ == "__main__":
    kind = sys.argv.pop(sys.argv.index("--wrong") + 1)
    sys.argv.remove("--wrong")
    main(step=_role(kind))
