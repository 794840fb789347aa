"""What a dead letter is: the unread bytes, why nobody could read them, and where they came from."""

from typing import NamedTuple

from schemas.topics import DEAD_SUFFIX
from services.stream.base import Headers, Outgoing, Record

# The headers a dead letter carries besides those its record had.
HEADERS = ("reason", "origin_topic", "origin_partition", "origin_offset", "service", "time_ms")
# On a record in the dead-letter topic that is no dead letter: which one was put back.
PUT_BACK = "put_back"
# On a record that was put back: which dead letter it was.
DEAD_LETTER = "dead_letter"


class DeadLetter(NamedTuple):
    """A dead letter as it was read back."""

    record: Record
    reason: str
    origin_topic: str
    origin_partition: int
    origin_offset: int
    service: str
    time_ms: int

    @property
    def name(self) -> str:
        """The name of the dead letter, ``TOPIC.dead/PARTITION:OFFSET``."""
        return f"{self.record.topic}/{self.record.partition}:{self.record.offset}"


def make_dead_letter(record: Record, reason: str, *, service: str, now_ms: int) -> Outgoing:
    """Return what goes to the dead-letter topic in place of a record.

    Parameters
    ----------
    record : Record
        What could not be read.
    reason : str
        Why, in one sentence.
    service : str
        Who could not read it.
    now_ms : int
        Milliseconds since 1970, UTC.

    Returns
    -------
    Outgoing
        The same key and bytes with the headers of `HEADERS`.
    """
    origin: Headers = (
        ("reason", reason.encode()),
        ("origin_topic", record.topic.encode()),
        ("origin_partition", str(record.partition).encode()),
        ("origin_offset", str(record.offset).encode()),
        ("service", service.encode()),
        ("time_ms", str(now_ms).encode()),
    )
    kept = tuple(header for header in record.headers if header[0] not in HEADERS)
    return Outgoing(record.topic + DEAD_SUFFIX, record.key, record.value, headers=kept + origin)


def parse_dead_letter(record: Record) -> DeadLetter:
    """Read a dead letter; headers that it lacks become empty, or -1."""
    found = {name: value.decode(errors="replace") for name, value in record.headers}

    def number(name: str) -> int:
        text = found.get(name, "")
        return int(text) if text.isdigit() else -1

    return DeadLetter(
        record,
        found.get("reason", ""),
        found.get("origin_topic", record.topic.removesuffix(DEAD_SUFFIX)),
        number("origin_partition"),
        number("origin_offset"),
        found.get("service", ""),
        number("time_ms"),
    )


def revive(letter: DeadLetter) -> Outgoing:
    """Return what goes back into the topic a dead letter came from."""
    kept = tuple(header for header in letter.record.headers if header[0] not in (*HEADERS, DEAD_LETTER))
    headers = (*kept, (DEAD_LETTER, letter.name.encode()))
    return Outgoing(letter.origin_topic, letter.record.key, letter.record.value, headers=headers)


def make_mark(letter: DeadLetter, now_ms: int) -> Outgoing:
    """Return what is written beside dead letters to say that one was put back."""
    headers = ((PUT_BACK, letter.name.encode()), ("time_ms", str(now_ms).encode()))
    return Outgoing(letter.record.topic, letter.record.key, b"", headers=headers)


def find_mark(record: Record) -> str | None:
    """Return the name of the dead letter that a record says was put back, ``None`` if it says no such thing."""
    return next((value.decode(errors="replace") for name, value in record.headers if name == PUT_BACK), None)
