"""How long road users have been standing, by the clock of the frames."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot

from vision.tracks import Look

# A foot that stays within so many heights of its box stands: half a metre of a motorcycle.
STILL_HEIGHTS = 0.3
# Boxes jump for single frames; who is away for so long has moved.
AWAY_MS = 500
# A track that is lost and another that begins where it stood are the same vehicle.
LOST_MS = 10_000


@dataclass
class _Stand:
    x: float
    y: float
    since_ms: int
    seen_ms: int
    away_ms: int | None = None

    def is_at(self, look: Look) -> bool:
        x, y = look.ground
        return hypot(x - self.x, y - self.y) <= STILL_HEIGHTS * look.height_px


class Standing:
    """Follows since when each road user of one view has not moved."""

    def __init__(self) -> None:
        self._stands: dict[int, _Stand] = {}

    def step(self, time_ms: int, looks: Iterable[Look]) -> float:
        """Take the looks of one frame; return the seconds for which the longest of them has been standing.

        Parameters
        ----------
        time_ms : int
            The frame's time, later than the last.
        looks : iterable of Look
            Of that frame.
        """
        longest_ms = 0
        for look in looks:
            stand = self._stand_of(look)
            if stand.is_at(look):
                stand.away_ms = None
            elif stand.away_ms is None:
                stand.away_ms = time_ms
            elif time_ms - stand.away_ms >= AWAY_MS:
                stand.x, stand.y = look.ground
                stand.since_ms, stand.away_ms = time_ms, None
            stand.seen_ms = time_ms
            if stand.away_ms is None:
                longest_ms = max(longest_ms, time_ms - stand.since_ms)
        self._stands = {i: s for i, s in self._stands.items() if time_ms - s.seen_ms <= LOST_MS}
        return longest_ms / 1000.0

    def _stand_of(self, look: Look) -> _Stand:
        known = self._stands.get(look.track_id)
        if known is None:
            lost = [i for i, s in self._stands.items() if 0 < look.time_ms - s.seen_ms <= LOST_MS and s.is_at(look)]
            known = self._stands.pop(lost[0]) if lost else _Stand(*look.ground, look.time_ms, look.time_ms)
            self._stands[look.track_id] = known
        return known
