"""Death at a chosen moment: a worker kills or stops itself the n-th time it comes by a point of its turn."""

import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.stream.base import Outgoing, Partition, Record

# In the order of a turn: records in hand; outputs handed over; acknowledged; effects written; database committed;
# offsets committed.
POINTS = ("polled", "sent", "flushed", "writing", "written", "committed")


class Doom:
    """Counts how often a point was passed; ``None`` never dies."""

    def __init__(self, point: str | None, count: int, sign: signal.Signals = signal.SIGKILL) -> None:
        assert point is None or point in POINTS, point
        self._sign = sign
        self._point = point
        self._left = count
        self._writes = False

    def at(self, point: str) -> None:
        """Pass a point; at the last time due do not come back, or not soon."""
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), self._sign)

    def watch_database(self) -> None:
        """Pass ``writing`` and ``written`` around every commit of a transaction that may write."""
        sa.event.listen(sa.Engine, "commit", self._before_commit)
        sa.event.listen(Session, "after_commit", self._after_commit)

    def _before_commit(self, connection: sa.Connection) -> None:
        self._writes = not connection.get_execution_options().get("hanoi_reading", False)
        if self._writes:
            self.at("writing")

    def _after_commit(self, session: Session) -> None:
        if self._writes:
            self._writes = False
            self.at("written")


class Around:
    """Everything that is not of interest goes to the real thing."""

    def __init__(self, real: Any, doom: Doom) -> None:
        self.real = real
        self.doom = doom

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class DoomedProducer(Around):
    """A producer that passes ``sent`` and ``flushed``."""

    def send(self, records: Iterable[Outgoing]) -> None:
        """Hand over, then pass."""
        self.real.send(records)
        self.doom.at("sent")

    def flush(self, *args: Any) -> None:
        """Flush, then pass."""
        self.real.flush(*args)
        self.doom.at("flushed")


class DoomedConsumer(Around):
    """A consumer that passes ``polled`` with records in hand, and ``committed``."""

    def poll(self, *args: Any, **more: Any) -> Sequence[Record]:
        """Poll, then pass if anything came."""
        records: Sequence[Record] = self.real.poll(*args, **more)
        if records:
            self.doom.at("polled")
        return records

    def commit(self, offsets: Mapping[Partition, int], *args: Any) -> None:
        """Commit, then pass."""
        self.real.commit(offsets, *args)
        self.doom.at("committed")


class DoomedStream(Around):
    """A log whose producers and consumers pass the points."""

    def producer(self) -> DoomedProducer:
        """Open a producer."""
        return DoomedProducer(self.real.producer(), self.doom)

    def consumer(self, *args: Any, **more: Any) -> DoomedConsumer:
        """Join a group."""
        return DoomedConsumer(self.real.consumer(*args, **more), self.doom)
