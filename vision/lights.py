"""The light of one approach: its lamps and arrows read in the pictures, fused with the controller's own word."""

from collections.abc import Iterator, Sequence

import msgspec

from schemas.violation import LampSpan
from vision.camera_values import Approach
from vision.frames import Image
from vision.signals import UNKNOWN, LampReader, read_lamp

# Camera and controller may differ by so long at a switch; beyond it neither is believed.
AGREE_MS = 1_500
ARROW_MS = 1_000
KEPT_MS = 600_000


class Light:
    """What rules ask of a signal: which colour held when, from when, and how sure that is.

    Parameters
    ----------
    approach : Approach
        With the places of its lamps, or without where only a controller tells.
    """

    def __init__(self, approach: Approach) -> None:
        self._main = LampReader() if approach.lamps else None
        self._arrows = {arrow.turn: arrow for arrow in approach.arrows}
        self._readers = {arrow.turn: LampReader() for arrow in approach.arrows}
        main = [approach.lamps] if approach.lamps else []
        self._lamps = [*main, *(arrow.lamps for arrow in approach.arrows)]
        self._told: list[LampSpan] = []

    def read(self, image: Image) -> list[str]:
        """Return the colour that each of its lamps shows in one picture, the signal's own first, then its arrows'."""
        return [read_lamp(image, lamps) for lamps in self._lamps]

    def take(self, time_ms: int, colours: Sequence[str]) -> None:
        """Take what `read` said of one frame."""
        for reader, colour in zip(self._all(), colours, strict=True):
            reader.take(time_ms, colour)

    def _all(self) -> Iterator[LampReader]:
        if self._main is not None:
            yield self._main
        yield from self._readers.values()

    def tell(self, span: LampSpan) -> None:
        """Take what the controller says: a colour from ``start_ms`` until at least ``end_ms``.

        The same colour again lengthens its span; ``error_ms`` is how far the controller's clock may be off.
        """
        last = self._told[-1] if self._told else None
        if last is not None and span.start_ms < last.start_ms:
            return
        if last is not None and last.colour == span.colour and span.start_ms <= last.end_ms:
            self._told[-1] = msgspec.structs.replace(last, end_ms=max(last.end_ms, span.end_ms))
            return
        if last is not None and last.end_ms > span.start_ms:
            self._told[-1] = msgspec.structs.replace(last, end_ms=span.start_ms)
        self._told = [s for s in self._told if s.end_ms >= span.start_ms - KEPT_MS]
        self._told.append(span)

    @property
    def seen_until_ms(self) -> int:
        """Event time up to which the colour is settled; 0 before the first frame."""
        if self._main is not None:
            return self._main.seen_until_ms
        return self._told[-1].end_ms if self._told else 0

    @property
    def error_s(self) -> float:
        """How far the last switch may be off, seconds."""
        return self._main.error_s if self._main is not None else 0.0

    def span_at(self, time_ms: float) -> LampSpan | None:
        """Return the span that holds at an event time; ``None`` where nothing was seen yet.

        Where camera and controller contradict each other for longer than a switch may differ, it is ``unknown``.
        """
        own = self._main.span_at(time_ms) if self._main is not None else None
        told = _at(self._told, time_ms)
        if told is None:
            return own
        if own is None or own.colour == UNKNOWN:
            return told if own is not None or self._main is None else None
        if own.colour == told.colour:
            return msgspec.structs.replace(own, source="both")
        if _at(self._told, time_ms - AGREE_MS, own.colour) or _at(self._told, time_ms + AGREE_MS, own.colour):
            return own
        return msgspec.structs.replace(own, colour=UNKNOWN, source="both")

    def spans(self, start_ms: int, end_ms: int) -> tuple[LampSpan, ...]:
        """Return the spans that touch a stretch of event time, not cut; the controller's where there are no lamps."""
        if self._main is not None:
            return self._main.spans(start_ms, end_ms)
        return tuple(s for s in self._told if s.end_ms >= start_ms and s.start_ms <= end_ms)

    def arrow_at(self, turn: str, time_ms: float) -> str | None:
        """Return the colour of a turn's arrow, ``None`` where the turn has none.

        Around a switch it is the friendlier one: ``green`` within a second of green. An arrow without a red lamp is
        ``off`` where its green is not lit.
        """
        arrow, reader = self._arrows.get(turn), self._readers.get(turn)
        if arrow is None or reader is None:
            return None
        near = {span.colour for span in reader.spans(round(time_ms) - ARROW_MS, round(time_ms) + ARROW_MS)}
        if "green" in near:
            return "green"
        if UNKNOWN in near or not near:
            return "off" if arrow.lamps.red is None and near else UNKNOWN
        return "red" if "red" in near else "yellow"

    def may_go(self, time_ms: float) -> list[str]:
        """Return the turns whose arrow is, or may be, green at a moment."""
        return [turn for turn in self._arrows if self.arrow_at(turn, time_ms) in ("green", "yellow", UNKNOWN)]

    def green_s(self, start_ms: int, end_ms: int) -> float:
        """Return for how many seconds of a stretch it was green."""
        cut = [
            (max(s.start_ms, start_ms), min(s.end_ms, end_ms))
            for s in self.spans(start_ms, end_ms)
            if s.colour == "green"
        ]
        return sum(max(0, end - start) for start, end in cut) / 1000


def _at(spans: Sequence[LampSpan], time_ms: float, colour: str | None = None) -> LampSpan | None:
    for span in reversed(spans):
        if span.start_ms <= time_ms <= span.end_ms and colour in (None, span.colour):
            return span
    return None
