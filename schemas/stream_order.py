"""What an operator orders a reader of the log to do."""

from typing import Annotated

import msgspec

from schemas.message import Message
from schemas.units import TimeMs


class StreamOrder(Message, frozen=True):
    """Read a stopped partition on, and set aside what cannot be read before ``until_offset``.

    ``until_offset`` may be the offset of the stop: then nothing is set aside without counting, it is only tried again.
    """

    group: str
    topic: str
    partition: Annotated[int, msgspec.Meta(ge=0)]
    until_offset: Annotated[int, msgspec.Meta(ge=0)]
    time_ms: TimeMs
