"""Where services read the time; domain code gets ``now_ms`` as an argument."""

import time
from typing import Protocol

from schemas.feed import ClockTick

TICK_VALID_MS = 30_000


class Clock(Protocol):
    """Something that knows what time it is in the city."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970, UTC."""


class WallClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000


class CityClock:
    """The wall clock, or the played day's clock while its ticks keep coming.

    Parameters
    ----------
    wall : Clock
        The clock to fall back on and to measure with.
    """

    def __init__(self, wall: Clock | None = None) -> None:
        self._wall = wall or WallClock()
        self._tick: ClockTick | None = None

    def take(self, tick: ClockTick) -> None:
        """Follow a tick from ``city.clock``."""
        self._tick = tick

    @property
    def speed(self) -> float:
        """Seconds of the city's time per wall second; 1 on the wall clock."""
        return self._tick.speed if self._tick is not None and self._valid(self._tick) else 1.0

    @property
    def is_played(self) -> bool:
        """Whether a recorded day is being played."""
        return self._tick is not None and self._valid(self._tick)

    def now_ms(self) -> int:
        """Return the city's time in milliseconds since 1970, UTC."""
        wall_ms = self._wall.now_ms()
        tick = self._tick
        if tick is None or not self._valid(tick):
            return wall_ms
        return tick.event_ms + round((wall_ms - tick.wall_ms) * tick.speed)

    def _valid(self, tick: ClockTick) -> bool:
        return self._wall.now_ms() - tick.wall_ms <= TICK_VALID_MS
