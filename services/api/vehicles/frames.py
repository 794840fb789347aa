"""Frames: what changed of all buses, in columns of small integers, encoded once for all who listen.

A ``Board`` holds what was last told of each bus, in a numbered slot. A whole frame tells everything, the frames after
it only what changed; each has a number, and one fits only on the one before. ``reader.py`` is the other side, in
Python; ``services/web/src/core/frames.ts`` the pages' own. The wire is described at ``VehicleFrameOut``.
"""

import itertools
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from schemas.position import BusPosition, Quality
from schemas.trip import Phase

DEGREES = 100_000
QUALITY_STEPS = 20
PHASES = [phase.value for phase in Phase]
MOTION = ("t", "x", "y", "h", "v", "d")
RARE = ("line", "shape", "phase", "sure", "delay", "quality", "source")

Frame = dict[str, Any]


class Row(NamedTuple):
    """One bus as it is told: whole numbers, ``None`` for what is not known."""

    time_ms: int
    x: int
    y: int
    h: int | None
    v: int | None
    d: int | None
    line: int | None
    shape: int | None
    phase: int
    sure: int
    delay: int | None
    quality: int
    source: int


NOTHING = Row(0, 0, 0, None, None, None, None, None, -1, -1, None, -1, -1)


def pack_quality(quality: Quality) -> int:
    """Return the four scores in steps of a twentieth as one number, the first the most significant (base 21)."""
    packed = 0
    for score in (quality.correct, quality.complete, quality.clean, quality.live):
        packed = packed * (QUALITY_STEPS + 1) + round(score * QUALITY_STEPS)
    return packed


def row_of(p: BusPosition, *, line: int | None, shape: int | None, source: int) -> Row:
    """Turn a position into a row.

    Parameters
    ----------
    p : BusPosition
        The newest of a bus.
    line, shape : int or None
        Numbers of its line and of the line it is drawn along.
    source : int
        Number of its source.

    Returns
    -------
    Row
        Rounded to what a map can show.
    """
    a = p.assignment
    return Row(
        time_ms=p.time_ms,
        x=round(p.lon * DEGREES),
        y=round(p.lat * DEGREES),
        h=_whole(p.heading_deg),
        v=None if p.speed_mps is None else round(p.speed_mps * 10),
        d=_whole(a.distance_m),
        line=line,
        shape=shape,
        phase=PHASES.index(a.phase.value),
        sure=round(a.probability * 100),
        delay=None if a.trip_id is None else _whole(p.delay_s),
        quality=pack_quality(p.quality),
        source=source,
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


class Board:
    """What was told of each bus; safe to read from other threads.

    Parameters
    ----------
    words : mapping
        What every whole frame carries beside the columns: names of lines, version of the shapes.
    """

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._words = dict(words)
        self._slots: dict[str, int] = {}
        self._rows: dict[int, Row] = {}
        self._sources: dict[str, int] = {}
        self._free: list[int] = []
        self._seq = 0
        self._told_sources = 0
        self._lock = threading.RLock()

    @property
    def seq(self) -> int:
        """Number of the newest frame."""
        return self._seq

    def source_number(self, name: str) -> int:
        """Return the number of a source, a new one for a name that was never heard."""
        with self._lock:
            return self._sources.setdefault(name, len(self._sources))

    def clear(self) -> None:
        """Forget all buses; whoever listens needs a whole frame."""
        with self._lock:
            self._slots.clear()
            self._rows.clear()
            self._free.clear()
            self._seq += 1

    def change(self, rows: Mapping[str, Row], now_ms: int, gone: Iterable[str] = ()) -> Frame | None:
        """Take new rows, forget buses that are gone, and return the frame that tells it, ``None`` if nothing changed.

        Parameters
        ----------
        rows : mapping of str to Row
            The newest of some buses by their id.
        now_ms : int
            The city's time.
        gone : iterable of str
            Buses that are not shown any more.

        Returns
        -------
        dict or None
            The frame.
        """
        with self._lock:
            sources = len(self._sources)
            left = self._let_go(gone)
            new = {self._slot(bus): bus for bus in rows if bus not in self._slots}
            after = {self._slots[bus]: row for bus, row in rows.items()}
            before = {slot: self._rows.get(slot, NOTHING) for slot in after}
            changed = sorted(slot for slot, row in after.items() if row != before[slot])
            if not changed and not left:
                return None
            self._rows.update(after)
            self._seq += 1
            frame = self._frame(changed, before, now_ms)
            frame["gone"] = _gaps(left)
            if new:
                frame["ids"] = [_gaps(sorted(new)), [new[slot] for slot in sorted(new)]]
            if sources != self._told_sources:
                frame["sources"] = list(self._sources)
                self._told_sources = sources
            return {key: value for key, value in frame.items() if value != []}

    def whole(self, now_ms: int) -> Frame:
        """Return the frame that tells everything; it has the number of the newest frame."""
        with self._lock:
            slots = sorted(self._rows)
            names = {slot: bus for bus, slot in self._slots.items()}
            frame = self._frame(slots, dict.fromkeys(slots, NOTHING), now_ms)
            return {
                **frame,
                "whole": True,
                **self._words,
                "phases": PHASES,
                "sources": list(self._sources),
                "ids": [_gaps(slots), [names[slot] for slot in slots]],
            }

    def _let_go(self, buses: Iterable[str]) -> list[int]:
        left = sorted(self._slots.pop(bus) for bus in buses if bus in self._slots)
        for slot in left:
            del self._rows[slot]
        self._free += left
        return left

    def _slot(self, bus: str) -> int:
        slot = self._free.pop() if self._free else len(self._slots)
        self._slots[bus] = slot
        return slot

    def _frame(self, slots: list[int], before: Mapping[int, Row], now_ms: int) -> Frame:
        now_ms = now_ms // 100 * 100
        pairs = [(slot, before[slot], self._rows[slot]) for slot in slots]
        moved = [(slot, old, new) for slot, old, new in pairs if old[:6] != new[:6]]
        frame: Frame = {"seq": self._seq, "now_ms": now_ms, "n": _gaps(slot for slot, _, _ in moved)}
        frame["t"] = [now_ms - new.time_ms for _, _, new in moved]
        frame["x"] = [new.x - old.x for _, old, new in moved]
        frame["y"] = [new.y - old.y for _, old, new in moved]
        for key in ("h", "v", "d"):
            frame[key] = [getattr(new, key) for _, _, new in moved]
        for at, key in enumerate(RARE, start=len(MOTION)):
            told = [(slot, new[at]) for slot, old, new in pairs if old[at] != new[at]]
            if told:
                frame[key] = [_gaps(slot for slot, _ in told), [value for _, value in told]]
        return frame


def _gaps(slots: Iterable[int]) -> list[int]:
    """Return rising slots as steps from one to the next, which is shorter and packs better."""
    return list(_steps(slots))


def _steps(slots: Iterable[int]) -> Iterator[int]:
    for before, slot in itertools.pairwise(itertools.chain([0], slots)):
        yield slot - before
