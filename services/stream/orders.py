"""How an operator has a stopped partition read on: an order on a topic that its reader watches while it stands."""

from collections.abc import Iterator

import msgspec

from schemas.stream_order import StreamOrder
from services.stream.base import Consumer, Stream

TOPIC = "stream.orders"


class OrderReader:
    """Reads the orders given to one group; opens its reader only when something stands still.

    Parameters
    ----------
    stream : Stream
        The log.
    group : str
        Whose orders.
    """

    def __init__(self, stream: Stream, group: str) -> None:
        self._stream = stream
        self._group = group
        self._tail: Consumer | None = None

    def read(self) -> Iterator[StreamOrder]:
        """Return the orders that came since the last call; at first all that the topic keeps."""
        if self._tail is None:
            self._tail = self._stream.tail([TOPIC], since_ms=0)
        for record in self._tail.poll(100, 0.0):
            try:
                order = msgspec.json.decode(record.value, type=StreamOrder)
            except msgspec.MsgspecError:
                continue
            if order.group == self._group:
                yield order

    def close(self) -> None:
        """Let go of the reader; the next one begins with the oldest order again."""
        if self._tail is not None:
            self._tail.close()
            self._tail = None
