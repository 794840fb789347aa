"""Lots of records that wait for the log, one queue a source, taken from in rotation."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from services.stream.base import Outgoing


@dataclass(eq=False)
class Lot:
    """Records of one source that are acknowledged together, and the request that waits for it."""

    source: str
    records: Sequence[Outgoing]
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[None]"
    taken: int = 0

    def wake(self, error: Exception | None) -> None:
        """Tell the request, from the writer's thread."""
        try:
            self.loop.call_soon_threadsafe(_wake, self.done, error)
        except RuntimeError:  # the loop has ended, and the client with it
            return


def _wake(done: "asyncio.Future[None]", error: Exception | None) -> None:
    if done.cancelled():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


@dataclass(frozen=True)
class Piece:
    """Part of a lot; ``last`` with its last record."""

    lot: Lot
    records: Sequence[Outgoing]
    last: bool


class FairQueue:
    """Sources in rotation, each giving up to ``quantum`` records of its oldest lot a round.

    Parameters
    ----------
    quantum : int
        Records a source may add to a group before the next source's turn.
    """

    def __init__(self, quantum: int) -> None:
        self._quantum = quantum
        self._lots: dict[str, deque[Lot]] = {}
        self._waiting: dict[str, int] = {}

    def __len__(self) -> int:
        """Return how many records wait or are handed out and not settled."""
        return sum(self._waiting.values())

    def waiting(self, source: str) -> int:
        """Return how many records of one source wait or are not settled."""
        return self._waiting.get(source, 0)

    def put(self, lot: Lot) -> None:
        """Add a lot behind the others of its source."""
        self._lots.setdefault(lot.source, deque()).append(lot)
        self._waiting[lot.source] = self._waiting.get(lot.source, 0) + len(lot.records)

    def next_group(self, most: int) -> list[Piece]:
        """Hand out up to ``most`` records, each source in its turn.

        Parameters
        ----------
        most : int
            Records in the group.

        Returns
        -------
        list of Piece
            In the order they are to be written; those of one source in their own order.
        """
        group: list[Piece] = []
        while most > 0 and self._lots:
            source, lots = next(iter(self._lots.items()))
            lot = lots[0]
            records = lot.records[lot.taken : lot.taken + min(self._quantum, most)]
            most -= len(records)
            lot.taken += len(records)
            last = lot.taken >= len(lot.records)
            group.append(Piece(lot, records, last))
            if last:
                lots.popleft()
            del self._lots[source]
            if lots:
                self._lots[source] = lots  # behind all others
        return group

    def settle(self, lot: Lot) -> None:
        """Forget a lot: all of it is written, or it failed and the rest of it shall not be."""
        lots = self._lots.get(lot.source)
        if lots is not None and lot in lots:
            lots.remove(lot)
            if not lots:
                del self._lots[lot.source]
        left = self._waiting[lot.source] - len(lot.records)
        if left:
            self._waiting[lot.source] = left
        else:
            del self._waiting[lot.source]
