"""The last events that went to all who listen, so that who comes back goes on where it was cut off.

An event's id is the process and a number that counts up. Who names the last id it saw gets what came after, in order,
each once; where that is not kept any more, or was never made because nobody listened, it gets the whole again.
"""

import secrets
from collections import deque
from collections.abc import Iterable

from services.api.stream.packed import Event

MOST_EVENTS = 1_000
MOST_BYTES = 16 * 1024 * 1024
# What can be taken up again; other topics are small, or differ from one who listens to the next, and are sent whole.
KEPT = frozenset({"vehicles", "edges", "feeds"})


class Journal:
    """Keeps events by number, at most so many and so much.

    Parameters
    ----------
    most_events : int
        How many are kept.
    most_bytes : int
        How large they may be together, uncompressed.
    """

    def __init__(self, most_events: int = MOST_EVENTS, most_bytes: int = MOST_BYTES) -> None:
        self._process = secrets.token_hex(4)
        self._number, self._bytes = 0, 0
        self._most_events, self._most_bytes = most_events, most_bytes
        self._kept: deque[tuple[int, str, Event]] = deque()
        # Of each topic the number after which nothing is missing.
        self._whole_from = dict.fromkeys(KEPT, 0)

    @property
    def last_id(self) -> str:
        """The id of the newest event."""
        return f"{self._process}-{self._number}"

    def mark(self) -> Event:
        """Return the block that tells who listens how far it is, without an event."""
        return Event(f"id: {self.last_id}\n\n".encode())

    def add(self, topic: str, event: Event) -> Event:
        """Number an event of a topic, keep it, and return it with its id."""
        self._number += 1
        numbered = Event(f"id: {self.last_id}\n".encode() + event.plain)
        self._kept.append((self._number, topic, numbered))
        self._bytes += len(numbered.plain)
        while len(self._kept) > self._most_events or self._bytes > self._most_bytes:
            number, of, old = self._kept.popleft()
            self._bytes -= len(old.plain)
            self._whole_from[of] = number
        return numbered

    def skip(self, topics: Iterable[str] = KEPT) -> None:
        """Note that something of some topics changed of which no event was made: nobody can go on from before."""
        self._number += 1
        self._whole_from.update(dict.fromkeys(topics, self._number))

    def since(self, last_id: str, topics: frozenset[str]) -> list[Event] | None:
        """Return what came after an id, ``None`` where that cannot be told without a gap."""
        process, _, text = last_id.partition("-")
        if process != self._process or not (text.isascii() and text.isdecimal() and len(text) < 16):
            return None
        number = int(text)
        if number > self._number or any(number < self._whole_from[topic] for topic in topics & KEPT):
            return None
        return [event for at, topic, event in self._kept if at > number and topic in topics]
