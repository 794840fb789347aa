"""Streams that carry no times: a picture's time is when it came in, never its number times an assumed rate."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

import av

TICK = Fraction(1, 90_000)
# Until the second picture came the first is said to last so long; a muxer leaves out what lasts no time.
FIRST_STEP = 3_600
# Their readers number the pictures and make up a rate; no time is in the stream.
NUMBERED = frozenset({"mpjpeg", "mjpeg", "h264", "hevc", "m4v", "jpeg_pipe", "png_pipe", "image2pipe"})
# Of these those that a camera sends while it takes them: motion JPEG over HTTP.
LIVE = frozenset({"mpjpeg"})


def as_received(packets: Iterable["av.Packet[Any]"], now_s: Callable[[], float]) -> Iterator["av.Packet[Any]"]:
    """Give each packet the time at which it came in.

    Parameters
    ----------
    packets : iterable of av.Packet
        As they come.
    now_s : callable
        A clock that never goes back, seconds.

    Yields
    ------
    av.Packet
        The same, counted in `TICK` from the first; each later than the one before.
    """
    begun_s: float | None = None
    last, step = -1, FIRST_STEP
    for packet in packets:
        if packet.size:
            at_s = now_s()
            begun_s = at_s if begun_s is None else begun_s
            at = max(last + 1, round((at_s - begun_s) / TICK))
            step = max(at - last, 1) if last >= 0 else step
            packet.time_base, packet.pts, packet.dts, packet.duration, last = TICK, at, at, step, at
        yield packet
