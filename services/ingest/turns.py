"""Sources take turns: whoever sends most waits for itself, not the others for it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """One turn at a time, dealt to the waiting sources in rotation; within a source in order."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}
        self._busy = False

    @asynccontextmanager
    async def of(self, source: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it.

        Parameters
        ----------
        source : str
            Whose turn.

        Yields
        ------
        None
            While no other turn is held.
        """
        await self._wait(source)
        try:
            yield
        finally:
            self._busy = self._pass_on()

    async def _wait(self, source: str) -> None:
        if not self._busy:
            self._busy = True
            return
        turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(source, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the turn came in the moment its request went away
                self._busy = self._pass_on()
            raise

    def _pass_on(self) -> bool:
        while self._queues:
            source, queue = next(iter(self._queues.items()))
            turn = queue.popleft()
            del self._queues[source]
            if queue:
                self._queues[source] = queue  # behind all others
            if not turn.done():
                turn.set_result(None)
                return True
        return False
