"""Encoded polylines, as maps exchange them: steps of 1e-5 degrees in printable characters."""

from collections.abc import Iterable


def encode_polyline(line: Iterable[tuple[float, float]]) -> str:
    """Return a line of lon and lat as an encoded polyline, which holds latitude first."""
    out: list[str] = []
    before = (0, 0)
    for lon, lat in line:
        here = (round(lat * 1e5), round(lon * 1e5))
        out += [_encode(here[i] - before[i]) for i in (0, 1)]
        before = here
    return "".join(out)


def _encode(step: int) -> str:
    value = ~(step << 1) if step < 0 else step << 1
    text = ""
    while value >= 0x20:
        text += chr((0x20 | (value & 0x1F)) + 63)
        value >>= 5
    return text + chr(value + 63)
