"""Events that are encoded once and sent to thousands, plain or compressed.

A gzip stream may be put together from blocks that know nothing of one another: each event is deflated once with a
full flush, and every client's stream is the same header followed by the same blocks. So compression costs the same
for one client and for a thousand, and no client keeps a compressor.
"""

import zlib
from functools import cached_property

from pydantic import BaseModel

# RFC 1952: magic, deflate, no flags, no time, no extra flags, unknown system.
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
LEVEL = 6


class Event:
    """One or more server-sent events as bytes.

    Parameters
    ----------
    plain : bytes
        As they are without compression.
    """

    def __init__(self, plain: bytes) -> None:
        self.plain = plain

    @cached_property
    def packed(self) -> bytes:
        """The same as blocks of a gzip stream."""
        squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return squeeze.compress(self.plain) + squeeze.flush(zlib.Z_FULL_FLUSH)


def named(name: str, json: bytes) -> Event:
    """Return the event of a name with a body of JSON."""
    return Event(b"event: %b\ndata: %b\n\n" % (name.encode(), json))


def event(name: str, body: BaseModel) -> Event:
    """Return the event of a name with a model as its body."""
    return named(name, body.model_dump_json(by_alias=True).encode())
