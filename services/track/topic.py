"""Topics of the tracker's memory: all that one holds now, and its records as messages."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from schemas.message import Message
from services.stream.base import Consumer, Record, Stream

LOT = 5000
M = TypeVar("M", bound=Message)


def read_to_end(stream: Stream, topic: str, lot: int = LOT) -> tuple[Consumer, Iterator[Record]]:
    """Return a reader of a topic, and what the topic holds now, which is read as it is asked for.

    Parameters
    ----------
    stream : Stream
        The log.
    topic : str
        Its name.
    lot : int
        Records at once: fewer where they are large.

    Returns
    -------
    tuple of Consumer and iterator of Record
        The reader stands behind the records once they were all taken.
    """
    left = sum(stream.end_offsets(topic).values())
    tail = stream.tail([topic], since_ms=0)

    def records() -> Iterator[Record]:
        read = 0
        while read < left and any(tail.lag().values()):
            for record in tail.poll(lot, 1.0):
                read += 1
                yield record

    return tail, records()


def decode_all(records: Iterable[Record], decoder: msgspec.json.Decoder[M]) -> Iterator[M]:
    """Yield the messages of records; what cannot be read is of another version and is passed over."""
    for record in records:
        try:
            yield decoder.decode(record.value)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
