"""A batch on its way from poll to commit, and how far it came: each part is done once, whatever fails between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

from schemas.message import Message
from services.stream.base import Outgoing, Partition, Record
from services.stream.poison import Stop

M = TypeVar("M", bound=Message)


class Incoming(msgspec.Struct, Generic[M], frozen=True, gc=False):
    """One record that was decoded and checked."""

    record: Record
    key: str
    message: M


@dataclass(frozen=True, slots=True)
class Result:
    """What a step makes of a batch.

    ``outputs`` are ``(topic, key, message)``. ``write`` gets a SQLAlchemy session in
    the transaction that also moves the offset row. ``rejected`` are records that were
    readable but break a rule, with the reason; they go to the dead-letter topic.
    """

    outputs: Sequence[tuple[str, str, Message]] = ()
    write: Callable[[Any], None] | None = None
    rejected: Sequence[tuple[Incoming[Any], str]] = ()


@dataclass(slots=True)
class Batch:
    """One batch in flight.

    ``result`` is ``None`` until the step handled it; ``lots`` is what is still to be acknowledged, one lot after
    the other; ``written`` tells that the database took it. ``stops`` are partitions that go no further than here.
    """

    records: Sequence[Record]
    incoming: Sequence[Incoming[Any]]
    dead: list[Outgoing]
    stops: dict[Partition, tuple[int, Stop]] = field(default_factory=dict)
    result: Result | None = None
    lots: list[Sequence[Outgoing]] = field(default_factory=list)
    written: bool = False

    def spans(self) -> dict[Partition, tuple[int, int]]:
        """Return the first offset of each partition and the one after its last."""
        return spans_of(self.records)

    def offsets(self) -> dict[Partition, int]:
        """Return what to commit: the next wanted offset of each partition."""
        stopped = {partition: offset for partition, (offset, _) in self.stops.items()}
        return stopped | {partition: after for partition, (_, after) in self.spans().items()}

    def partitions(self) -> frozenset[Partition]:
        """Return the partitions it came from."""
        return frozenset(self.offsets())


def spans_of(records: Sequence[Record]) -> dict[Partition, tuple[int, int]]:
    """Return the first offset of each partition and the one after its last."""
    spans: dict[tuple[str, int], list[int]] = {}
    for record in records:
        place = (record.topic, record.partition)
        span = spans.get(place)
        if span is None:
            spans[place] = [record.offset, record.offset + 1]
        else:
            span[1] = record.offset + 1
    return {Partition(*place): (first, after) for place, (first, after) in spans.items()}


def count_by_topic(offsets: Mapping[Partition, tuple[int, int]], records: Sequence[Record]) -> dict[str, int]:
    """Return how many records of each topic there are."""
    topics = {partition.topic for partition in offsets}
    if len(topics) == 1:
        return {topics.pop(): len(records)}
    counts = dict.fromkeys(topics, 0)
    for record in records:
        counts[record.topic] += 1
    return counts
