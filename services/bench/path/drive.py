"""Plays a recording through the doors in its own clock and notes when each fix was sent."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schemas.feed import ClockTick
from schemas.fix import Fix
from services.bench.path.ledger import Ledger
from services.play.bodies import Body, write_csv
from services.play.player import Door

STEP_WALL_S = 0.2
TICK_EVERY = 5


@dataclass
class Driven:
    """What a drive led to: fixes sent, milliseconds each body took, and how late the sender was at worst."""

    fixes: int
    acknowledged_ms: list[float]
    behind_s: float


class Driver:
    """One source that plays a recording; goes on where it stopped.

    Parameters
    ----------
    fixes : sequence of Fix
        Sorted by time.
    door : Door
        Where bodies and ticks go.
    ledger : Ledger
        Told of every fix before its body leaves.
    source : str
        Name of the player.
    clock, wait : callable
        Monotonic seconds, and what passes them.
    """

    def __init__(
        self,
        fixes: Sequence[Fix],
        door: Door,
        ledger: Ledger,
        source: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._clock, self._wait = clock, wait
        self._fixes = fixes
        self._door = door
        self._ledger = ledger
        self._source = source
        self._at = 0
        self._event_ms = fixes[0].time_ms

    @property
    def left_s(self) -> float:
        """Seconds of the recording that were not played yet."""
        return (self._fixes[-1].time_ms - self._event_ms) / 1000

    def drive(self, seconds: float, speed: float, *, watch: Callable[[], bool] = lambda: True) -> Driven:
        """Play for some time.

        Parameters
        ----------
        seconds : float
            Of the wall clock.
        speed : float
            Seconds of the recording per wall second.
        watch : callable
            Asked after each step; the drive ends when it says no.

        Returns
        -------
        Driven
            What it led to.
        """
        driven = Driven(0, [], 0.0)
        began_s = self._clock()
        for step in range(1, round(seconds / STEP_WALL_S) + 1):
            behind_s = self._clock() - began_s - step * STEP_WALL_S
            driven.behind_s = max(driven.behind_s, behind_s)
            if behind_s < 0:
                self._wait(-behind_s)
            self._event_ms += round(STEP_WALL_S * speed * 1000)
            self._send_due(driven)
            if step % TICK_EVERY == 0:
                self._tick(speed)
            if self._at >= len(self._fixes) or not watch():
                break
        return driven

    def _send_due(self, driven: Driven) -> None:
        start = self._at
        while self._at < len(self._fixes) and self._fixes[self._at].time_ms < self._event_ms:
            self._at += 1
        batch = self._fixes[start : self._at]
        if not batch:
            return
        began_s = self._clock()
        self._ledger.sent(batch, began_s)
        self._door.send_body(Body("csv", "text/csv", write_csv(batch)))
        driven.acknowledged_ms.append((self._clock() - began_s) * 1000)
        driven.fixes += len(batch)

    def _tick(self, speed: float) -> None:
        wall_ms = time.time_ns() // 1_000_000
        self._door.send_tick(ClockTick(event_ms=self._event_ms, wall_ms=wall_ms, speed=speed, source=self._source))
