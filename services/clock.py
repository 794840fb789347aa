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


class Steadiness:
    """Says whether a clock has gone evenly for a while; what goes by age waits until it has.

    Parameters
    ----------
    hold_s : float
        How long after a jump a clock is not trusted.
    slack_ms : int
        What is no jump.
    """

    def __init__(self, hold_s: float = 600.0, slack_ms: int = 60_000) -> None:
        self._hold_s, self._slack_ms = hold_s, slack_ms
        self._last: tuple[int, float] | None = None
        self._jumped_s = float("-inf")

    def look(self, now_ms: int, monotonic_s: float, speed: float = 1.0) -> bool:
        """Take a look at the clock; return whether it is steady.

        Parameters
        ----------
        now_ms : int
            What the clock says.
        monotonic_s : float
            A clock that nobody sets.
        speed : float
            Seconds the first is to go in one of the second.

        Returns
        -------
        bool
            Whether it went as it should for ``hold_s``; a clock is trusted from its first look.
        """
        if self._last is not None:
            expected_ms = self._last[0] + (monotonic_s - self._last[1]) * 1000 * speed
            if abs(now_ms - expected_ms) > self._slack_ms:
                self._jumped_s = monotonic_s
        self._last = now_ms, monotonic_s
        return monotonic_s - self._jumped_s >= self._hold_s
