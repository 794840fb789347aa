"""The colour of a signal, read from the pixels of its lamps, as spans of event time."""

from collections import deque

import msgspec
import numpy as np

from schemas.violation import LampSpan
from vision.camera import Lamps, Point
from vision.frames import Image

UNKNOWN = "unknown"
# A lamp is lit when its telling colour stands out by so much of 255 from the others.
LIT = {"red": 55.0, "yellow": 50.0, "green": 35.0}
BRIDGE_S = 0.5
KEPT_S = 600.0


def read_lamp(image: Image, lamps: Lamps) -> str:
    """Tell which lamp is lit in one picture.

    Parameters
    ----------
    image : ndarray
        Height × width × 3, blue green red.
    lamps : Lamps
        Where the lamps are.

    Returns
    -------
    str
        ``red``, ``yellow``, ``green``, or ``unknown`` where none or several stand out.
    """
    places = {"red": lamps.red, "yellow": lamps.yellow, "green": lamps.green}
    lit = [
        colour
        for colour, at in places.items()
        if at is not None and _stands_out(image, at, lamps.radius_px, colour) >= LIT[colour]
    ]
    return lit[0] if len(lit) == 1 else UNKNOWN


def _stands_out(image: Image, at: Point, radius_px: float, colour: str) -> float:
    x, y, r = round(at[0]), round(at[1]), max(1, round(radius_px))
    patch = image[max(0, y - r) : y + r + 1, max(0, x - r) : x + r + 1].reshape(-1, 3).astype(np.float32)
    if len(patch) == 0:
        return 0.0
    blue, green, red = (float(v) for v in patch.mean(axis=0))
    if colour == "red":
        return red - max(green, blue)
    if colour == "yellow":
        return min(red, 2 * green) - blue if green > 0.3 * red else 0.0
    return green - red


class LampReader:
    """Follows one signal; a colour counts from its first frame once a second frame agrees.

    The lamp changed somewhere between the last frame of one colour and the first of the next: a span starts in the
    middle, give or take half the gap.
    """

    def __init__(self) -> None:
        self._spans: deque[LampSpan] = deque()
        self._new: tuple[str, int, int] | None = None  # colour, its first frame, the last frame before

    @property
    def error_s(self) -> float:
        """How far the last switch may be off, seconds."""
        return self._spans[-1].error_ms / 1000 if self._spans else 0.0

    def take(self, time_ms: int, colour: str) -> str:
        """Take the colour of one frame; return the one that holds now."""
        if not self._spans:
            self._spans.append(LampSpan(colour=colour, start_ms=time_ms, end_ms=time_ms))
            return colour
        now = self._spans[-1]
        if colour == now.colour:
            self._new = None
            self._spans[-1] = msgspec.structs.replace(now, end_ms=time_ms)
        elif self._new is None or self._new[0] != colour:
            # An unreadable lamp between two colours is part of the doubt about when it changed.
            before_ms = self._new[2] if self._new is not None and self._new[0] == UNKNOWN else None
            self._new = (colour, time_ms, before_ms if before_ms is not None else now.end_ms)
        elif colour != UNKNOWN or (time_ms - self._new[1]) / 1000 > BRIDGE_S:
            self._switch(now, *self._new, time_ms)
        while self._spans[0].end_ms < time_ms - KEPT_S * 1000:
            self._spans.popleft()
        return self._spans[-1].colour

    def _switch(self, now: LampSpan, colour: str, first_ms: int, before_ms: int, time_ms: int) -> None:
        at_ms, error_ms = (first_ms + before_ms + 1) // 2, (first_ms - before_ms + 1) // 2
        self._spans[-1] = msgspec.structs.replace(now, end_ms=at_ms)
        self._spans.append(LampSpan(colour=colour, start_ms=at_ms, end_ms=time_ms, error_ms=error_ms))
        self._new = None

    def span_at(self, time_ms: float) -> LampSpan | None:
        """Return the span that holds at an event time, ``None`` where nothing was seen."""
        return next((s for s in reversed(self._spans) if s.start_ms <= time_ms <= s.end_ms), None)

    def spans(self, start_ms: int, end_ms: int) -> tuple[LampSpan, ...]:
        """Return the spans that touch a stretch of event time, not cut."""
        return tuple(s for s in self._spans if s.end_ms >= start_ms and s.start_ms <= end_ms)

    @property
    def seen_until_ms(self) -> int:
        """Event time up to which the colour is settled; 0 before the first frame."""
        return self._spans[-1].end_ms if self._spans else 0
