"""Event time of a recording's frames: its own clock, or as of now."""

from collections.abc import Callable

LATE_MS = 5_000
# The camera's clock and ours go apart by so much at most; event times follow ours that slowly.
ORDINARY_MS_PER_S = 0.1


class RecordedTime:
    """A recording with a known beginning keeps its own time.

    Parameters
    ----------
    start_ms : int
        Event time of presentation time zero.
    """

    name = "recorded"

    def __init__(self, start_ms: int) -> None:
        self._start_ms = start_ms

    def frame_ms(self, frame_s: tuple[float, ...]) -> tuple[int, ...]:
        """Return the event time of each frame of one piece."""
        return tuple(self._start_ms + round(s * 1000) for s in frame_s)


class LiveTime:
    """Frames happen now: presentation times are laid onto the clock, steadily, and never backwards.

    Where the source falls behind or runs ahead by five seconds it is laid anew.

    Parameters
    ----------
    now_ms : callable
        The clock.
    """

    name = "live"

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._base_ms: float | None = None
        self._last_ms = 0
        self._last_s = 0.0

    def restart(self) -> None:
        """Lay the next piece anew: the source began again."""
        self._base_ms = None

    def frame_ms(self, frame_s: tuple[float, ...], *, ends_now: bool) -> tuple[int, ...]:
        """Return the event time of each frame of one piece.

        Parameters
        ----------
        frame_s : tuple of float
            Presentation times in the source.
        ends_now : bool
            Whether the last frame was received just now (a stream) or the first one shall be (a file that is played).

        Returns
        -------
        tuple of int
            Milliseconds UTC, rising.
        """
        now = self._now_ms()
        fresh = now - round((frame_s[-1] if ends_now else frame_s[0]) * 1000)
        if self._base_ms is None or abs(fresh - self._base_ms) > LATE_MS:
            self._base_ms = fresh
        else:
            room = ORDINARY_MS_PER_S * max(0.0, frame_s[-1] - self._last_s)
            self._base_ms += min(room, max(-room, fresh - self._base_ms))
        self._base_ms = max(self._base_ms, self._last_ms + 1 - round(frame_s[0] * 1000))
        base_ms = round(self._base_ms)
        times = tuple(base_ms + round(s * 1000) for s in frame_s)
        self._last_ms, self._last_s = times[-1], frame_s[-1]
        return times
