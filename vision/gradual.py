"""Whether a "key" picture of H.264 is none: cameras that refresh their picture strip by strip send no whole one again.

They mark where a refresh begins (a recovery point, ITU-T H.264 D.2.8), and demuxers call that a key frame. What is cut
there cannot be decoded until the refresh is through, so such a stream must not be cut by copying.
"""

import re
from collections.abc import Iterator

_SEI, _RECOVERY_POINT = 6, 6
_START = re.compile(rb"\x00\x00\x01")


def refreshes_gradually(picture: bytes, extradata: bytes | None) -> bool:
    """Tell whether a coded picture begins a refresh that takes more than itself.

    Parameters
    ----------
    picture : bytes
        One H.264 picture as it lies in its container.
    extradata : bytes, optional
        The stream's parameters: those of MP4 and Matroska begin with 1 and name the size of lengths.

    Returns
    -------
    bool
        Whether it holds a recovery point with a frame count above 0.
    """
    for unit in _units(picture, extradata or b""):
        if unit and unit[0] & 31 == _SEI and any(_later(body) for body in _messages(unit[1:])):
            return True
    return False


def _units(picture: bytes, extradata: bytes) -> Iterator[bytes]:
    if extradata[:1] != b"\1" or len(extradata) < 5:
        starts = [found.end() for found in _START.finditer(picture)]
        yield from (picture[at:end] for at, end in zip(starts, [*(s - 3 for s in starts[1:]), None], strict=True))
        return
    size, at = (extradata[4] & 3) + 1, 0
    while at + size <= len(picture):
        length = int.from_bytes(picture[at : at + size])
        yield picture[at + size : at + size + length]
        at += size + length


def _messages(body: bytes) -> Iterator[bytes]:
    """Go through the recovery points of an SEI unit."""
    body, at = body.replace(b"\0\0\3", b"\0\0"), 0
    while at + 2 < len(body):  # what is left then is the closing bit
        kind, at = _number(body, at)
        length, at = _number(body, at)
        if kind == _RECOVERY_POINT:
            yield body[at : at + length]
        at += length


def _number(body: bytes, at: int) -> tuple[int, int]:
    """Return a number that is written as bytes of 255 and a last one, and where what follows begins."""
    value = 0
    while at < len(body) and body[at] == 255:
        value, at = value + 255, at + 1
    return (value + body[at], at + 1) if at < len(body) else (value, at)


def _later(recovery_point: bytes) -> bool:
    """Tell whether its first number, an Exp-Golomb code, is above 0: 0 is written as a single 1."""
    return bool(recovery_point) and not recovery_point[0] & 0x80
