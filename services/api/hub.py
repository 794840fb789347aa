"""Who listens to what moves: changes go out in batches, and a slow client gets the newest state, not a backlog.

A thread that reads the log tells the hub which keys changed; one task of the event loop collects them, has each
event encoded once, and puts it into the bounded queue of every client that asked for it.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass, field

from services.api.live import Change
from services.api.stream.packed import Event

TICK_S = 0.1
# With many clients batches are rarer and larger, so that sending them never takes all of a core.
TICK_PER_CLIENT_S = 0.0005
LONGEST_TICK_S = 1.0
KEY_GAP_S = 1.0
CLOCK_S = 5.0
MAX_QUEUED = 32
MAX_CLIENTS = 5_000

Keys = dict[str, set[str | int]]


@dataclass(eq=False)
class Client:
    """One open stream: what it wants to hear, who listens, whether it takes gzip, and what waits for it."""

    topics: frozenset[str]
    stop_id: str | None
    limit: int
    actor: str
    packs: bool = False
    buses: Hashable = None
    queue: deque[Event] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    must_resync: bool = True

    def bytes_of(self, event: Event) -> bytes:
        """Return an event as this client wants it: plain or compressed."""
        return event.packed if self.packs else event.plain

    def put(self, event: Event) -> None:
        """Queue an event; when too many wait, drop them all and ask for the newest state instead."""
        if len(self.queue) >= MAX_QUEUED:
            self.queue.clear()
            self.must_resync = True
        elif not self.must_resync:
            self.queue.append(event)
        self.wake.set()

    def resync(self) -> None:
        """Forget what waits and send everything anew."""
        self.queue.clear()
        self.must_resync = True
        self.wake.set()


class Hub:
    """The clients, and what changed since the last batch. ``changed`` may be called from any thread."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.closing = False
        self._pending: Keys = {}
        self._sent_s: dict[tuple[str, str | int], float] = {}
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.Event | None = None

    def changed(self, changes: Iterable[Change]) -> None:
        """Remember what changed; cheap, and safe from any thread."""
        with self._lock:
            for change in changes:
                self._pending.setdefault(change.kind, set()).add(change.key)
        self._call(self._awake)

    def close(self) -> None:
        """End every stream; safe from any thread."""
        self.closing = True
        self._call(self._end)

    def take_ready(self, now_s: float) -> Keys:
        """Take out the keys that were not sent within the last second; the others wait for their turn."""
        ready: Keys = {}
        with self._lock:
            for kind, keys in self._pending.items():
                due = {key for key in keys if now_s - self._sent_s.get((kind, key), -KEY_GAP_S) >= KEY_GAP_S}
                if due:
                    ready[kind] = due
                    keys.difference_update(due)
                    self._sent_s.update(((kind, key), now_s) for key in due)
            if len(self._sent_s) > 10_000:
                self._sent_s = {k: t for k, t in self._sent_s.items() if now_s - t < KEY_GAP_S}
        return ready

    @property
    def is_waiting(self) -> bool:
        """Whether something changed that was not sent yet."""
        with self._lock:
            return any(self._pending.values())

    async def pump(self, send: Callable[[Keys], Awaitable[None]], tick: Callable[[], Awaitable[None]]) -> None:
        """Send batches until the hub closes.

        Parameters
        ----------
        send : callable
            Encodes the changed keys and puts the events into the clients' queues.
        tick : callable
            Called every five seconds, for the clock.
        """
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        next_clock_s = 0.0
        while not self.closing:
            if not self.is_waiting:
                await self._sleep(max(0.01, next_clock_s - time.monotonic()))
            now_s = time.monotonic()
            if now_s >= next_clock_s:
                next_clock_s = now_s + CLOCK_S
                await tick()
            ready = self.take_ready(now_s)
            if ready:
                await send(ready)
            await asyncio.sleep(min(LONGEST_TICK_S, max(TICK_S, TICK_PER_CLIENT_S * len(self.clients))))

    async def _sleep(self, seconds: float) -> None:
        assert self._wake is not None
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return
        finally:
            self._wake.clear()

    def _call(self, what: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(what)

    def _awake(self) -> None:
        if self._wake is not None:
            self._wake.set()

    def _end(self) -> None:
        self._awake()
        for client in self.clients:
            client.wake.set()
