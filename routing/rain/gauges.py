"""What each gauge said last, and whether that still holds."""

from collections.abc import Iterable
from dataclasses import dataclass

MINUTE_MS = 60_000
STALE_MS = 30 * MINUTE_MS
FORGET_MS = 24 * 60 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class RainReading:
    """What fell into one gauge in the minutes before a time."""

    gauge_id: str
    lon: float
    lat: float
    time_ms: int
    mm: float
    minutes: float

    @property
    def mm_h(self) -> float:
        """How hard it rained, mm/h."""
        return self.mm * 60.0 / self.minutes


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge as it stands now; one that is ``stale`` says nothing about the rain any more."""

    reading: RainReading
    stale: bool


class Gauges:
    """Keeps the newest reading of each gauge; the order in which they come changes nothing."""

    def __init__(self) -> None:
        self._newest: dict[str, RainReading] = {}

    def take(self, readings: Iterable[RainReading]) -> None:
        """Take readings."""
        for new in readings:
            old = self._newest.get(new.gauge_id)
            if old is None or (new.time_ms, new.mm_h) > (old.time_ms, old.mm_h):
                self._newest[new.gauge_id] = new

    def now(self, now_ms: int) -> list[Gauge]:
        """List the gauges by their id; one that said nothing for a day is let go.

        Parameters
        ----------
        now_ms : int
            A reading is stale half an hour after its time, and one of a later day, played before, is none.
        """
        self._newest = {k: r for k, r in self._newest.items() if abs(now_ms - r.time_ms) <= FORGET_MS}
        return [Gauge(r, abs(now_ms - r.time_ms) > STALE_MS) for _, r in sorted(self._newest.items())]
