"""The other side of the frames: keeps the buses of a city up to date from what the stream tells."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.api.vehicles.frames import DEGREES, QUALITY_STEPS, RARE


class GapError(Exception):
    """A frame was missed: the next whole one is needed."""


@dataclass
class Told:
    """One bus as the frames tell it."""

    vehicle_id: str = ""
    time_ms: int = 0
    x: int = 0
    y: int = 0
    h: int | None = None
    v: int | None = None
    d: int | None = None
    line: int | None = None
    shape: int | None = None
    phase: int = -1
    sure: int = -1
    delay: int | None = None
    quality: int = -1
    source: int = -1

    @property
    def lonlat(self) -> tuple[float, float]:
        """Where it is, degrees, WGS 84."""
        return self.x / DEGREES, self.y / DEGREES

    @property
    def scores(self) -> tuple[float, float, float, float]:
        """Correct, complete, clean, live, each 0 to 1 in steps of a twentieth."""
        rest, found = self.quality, []
        for _ in range(4):
            rest, score = divmod(rest, QUALITY_STEPS + 1)
            found.append(score / QUALITY_STEPS)
        return found[3], found[2], found[1], found[0]


class FrameReader:
    """Takes frames in order; ``buses`` is what is known, by slot."""

    def __init__(self) -> None:
        self.buses: dict[int, Told] = {}
        self.sources: list[str] = []
        self.routes: list[list[str]] = []
        self.seq = -1

    def take(self, frame: dict[str, Any]) -> list[Told]:
        """Take a frame and return the buses it speaks of.

        Parameters
        ----------
        frame : dict
            Decoded JSON of one ``vehicles`` event.

        Returns
        -------
        list of Told
            Buses that moved; empty for a frame that was taken before.

        Raises
        ------
        GapError
            If frames between the last one and this one were missed.
        """
        if frame.get("whole"):
            self.buses.clear()
            self.routes = frame.get("routes", [])
        elif frame["seq"] <= self.seq:
            return []
        elif frame["seq"] != self.seq + 1:
            raise GapError(f"frame {frame['seq']} came after {self.seq}")
        self.seq = frame["seq"]
        self.sources = frame.get("sources", self.sources)
        for slot in _slots(frame.get("gone", ())):
            self.buses.pop(slot, None)
        for slot, name in _column(frame.get("ids")):
            self.buses[slot] = Told(name)
        for key in RARE:
            for slot, value in _column(frame.get(key)):
                setattr(self.buses[slot], key, value)
        return self._move(frame)

    def _move(self, frame: dict[str, Any]) -> list[Told]:
        moved = []
        columns = (frame.get(key, ()) for key in ("t", "x", "y", "h", "v", "d"))
        for slot, (age, x, y, h, v, d) in zip(_slots(frame.get("n", ())), zip(*columns, strict=True), strict=True):
            bus = self.buses[slot]
            bus.time_ms = frame["now_ms"] - age
            bus.x, bus.y = bus.x + x, bus.y + y
            bus.h, bus.v, bus.d = h, v, d
            moved.append(bus)
        return moved


def _slots(gaps: Iterable[int]) -> Iterable[int]:
    return itertools.accumulate(gaps)


def _column(pair: list[list[Any]] | None) -> Iterable[tuple[int, Any]]:
    return () if pair is None else zip(_slots(pair[0]), pair[1], strict=True)
