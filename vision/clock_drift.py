"""Whether a camera's clock keeps up with ours: the times in its pictures beside the times they were received.

A network only ever makes pictures late, so the earliest of half a minute tells where the camera's clock stands; it is
held against the earliest of the first half minute, which follows as slowly as ordinary clocks go apart. What stays off
is taken for right after a minute, and told until then.
"""

from collections import deque

WINDOW_MS = 30_000
OFF_MS = 500
# A clock that is off by less than this is right: what a network and half a minute of looking leave open.
RIGHT_MS = 100
# What is told of a clock stands for the pictures of a piece: so much earlier it may have gone wrong.
PIECE_MS = 2_000
# A new offset holds when it moved by less than this for so long.
SETTLED_MS, SETTLE_MS = 200, 60_000
# How fast ordinary clocks go apart: 100 millionths.
ORDINARY = 1e-4


class ClockDoubt:
    """Since when a clock that is told to be off may have been so, by the times of the frames.

    A clock that falls behind is known after half a minute, one that leaps ahead at once: before the time when it was
    last right, and so much earlier, nothing was wrong.
    """

    def __init__(self) -> None:
        self._right_ms: int | None = None
        self.since_ms: int | None = None

    def step(self, off_ms: int, time_ms: int) -> None:
        """Take how far the clock was off in the pictures that end at an event time."""
        if abs(off_ms) < RIGHT_MS or self._right_ms is None:
            self._right_ms = time_ms
        if abs(off_ms) < OFF_MS:
            self.since_ms = None
        elif self.since_ms is None:
            self.since_ms = self._right_ms - PIECE_MS - (WINDOW_MS if off_ms > 0 else 0)


class ClockWatcher:
    """Follows one stream's clock from its (re)start on."""

    def __init__(self) -> None:
        self._recent: deque[tuple[int, float]] = deque()
        self._began_ms: int | None = None
        self._reference: float | None = None
        self._seen_ms = 0
        self._settling: tuple[int, float] | None = None

    def see(self, presented_s: float, received_ms: int) -> int:
        """Take one picture and return how far the camera's clock is off, milliseconds.

        Parameters
        ----------
        presented_s : float
            Its time by the camera's clock, seconds from any beginning.
        received_ms : int
            When it was received, milliseconds UTC by a clock that is kept right.

        Returns
        -------
        int
            Positive where the camera's clock fell behind; 0 for the first half minute.
        """
        late = received_ms - presented_s * 1000
        self._began_ms = received_ms if self._began_ms is None else self._began_ms
        self._recent.append((received_ms, late))
        while self._recent[0][0] < received_ms - WINDOW_MS:
            self._recent.popleft()
        now = min(value for _, value in self._recent)
        if self._reference is None or received_ms - self._began_ms < WINDOW_MS:
            self._reference, self._seen_ms = now, received_ms
            return 0
        room = ORDINARY * (received_ms - self._seen_ms)
        self._reference += min(room, max(-room, now - self._reference))
        self._seen_ms = received_ms
        off = now - self._reference
        self._settle(now, received_ms, is_off=abs(off) >= OFF_MS)
        return round(off)

    def _settle(self, now: float, received_ms: int, *, is_off: bool) -> None:
        if not is_off:
            self._settling = None
        elif self._settling is None or abs(now - self._settling[1]) > SETTLED_MS:
            self._settling = received_ms, now
        elif received_ms - self._settling[0] >= SETTLE_MS:
            self._reference, self._settling = now, None
