"""Length-delimited protobuf: one message after another, each behind its length as a varint."""

from collections.abc import Iterator

MSG_TYPE_TAG = 0x08  # field 1 as a varint: how a BaseMessage begins
MAX_VARINT_BYTES = 5


class CutOffError(Exception):
    """A stream that ends inside a message; ``at`` is where that message begins."""

    def __init__(self, at: int) -> None:
        super().__init__(f"the stream ends inside the message that begins at byte {at}")
        self.at = at


def read_varint(data: bytes, at: int) -> tuple[int, int] | None:
    """Return a varint and where it ends, ``None`` where there is none of at most five bytes."""
    value = 0
    for count in range(MAX_VARINT_BYTES):
        if at + count >= len(data):
            return None
        byte = data[at + count]
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value, at + count + 1
    return None


def varint(value: int) -> bytes:
    """Return a number as a varint."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def is_framed(data: bytes) -> bool:
    """Return whether bytes begin with a length and a message that names its type, not with the message itself.

    A message begins with its type, a byte 8. Behind a length that byte comes second or later; a message of eight
    bytes is too short for a position, so ``08 08`` can only be a length and a message. Where the first message is
    spoilt the lengths tell: they lead from one to the next exactly to the end.
    """
    head = read_varint(data, 0)
    if head is None or (data[0] == MSG_TYPE_TAG and data[1:2] != bytes([MSG_TYPE_TAG])):
        return False
    length, start = head
    return (length > 0 and data[start : start + 1] == bytes([MSG_TYPE_TAG])) or lengths_fit(data)


def lengths_fit(data: bytes) -> bool:
    """Return whether lengths lead from one of several messages to the next exactly to the end."""
    try:
        return sum(1 for _ in split_frames(data)) > 1
    except CutOffError:
        return False


def split_frames(data: bytes) -> Iterator[bytes]:
    """Yield the messages of a length-delimited stream.

    Parameters
    ----------
    data : bytes
        Lengths and messages.

    Yields
    ------
    bytes
        Each message without its length.

    Raises
    ------
    CutOffError
        Behind the last whole message, if something is left over.
    """
    at = 0
    while at < len(data):
        head = read_varint(data, at)
        if head is None or head[1] + head[0] > len(data):
            raise CutOffError(at)
        length, start = head
        yield data[start : start + length]
        at = start + length
