"""Whether a picture stands still for longer than this camera's pictures do by themselves.

A stream that froze repeats its picture, give or take what its encoder does at key frames. So does a quiet street by
night before an encoder that leaves out what hardly changed. What tells them apart is what this camera did before: a
street gets quiet by and by, its pauses growing, and it goes on from the very picture it paused at.
"""

from collections import deque
from dataclasses import dataclass

import cv2

from vision.frames import Image

# Grey levels by which a still picture differs at most: by the encoder's rounding, and by its next key frame.
ROUNDING, KEY_FRAME = 1, 16
# So many looks in a row may lie between: a key frame is made good within a second and a half.
KEY_LOOKS = 3
HOLD_MS = 3_000
# Pauses of this camera so long or longer are remembered for so long; one that stands still for three times as long
# as it ever paused is frozen.
PAUSE_MS, REMEMBER_MS, TIMES = 1_000, 30 * 60_000, 3
# A street that goes on after a pause differs in little; a stream that does, in all that drove on meanwhile.
GOES_ON_SHARE = 0.02


@dataclass
class _Pause:
    since_ms: int
    last_ms: int
    doubtful: int = 0


class Stillness:
    """Follows one camera's pictures, two a second."""

    def __init__(self) -> None:
        self._before: Image | None = None
        self._before_ms = 0
        self._pause: _Pause | None = None
        self._pauses: deque[tuple[int, int]] = deque()

    @property
    def since_ms(self) -> int | None:
        """Since when the picture stands still, ``None`` while it moves or did so within three seconds."""
        pause = self._pause
        return pause.since_ms if pause is not None and pause.last_ms - pause.since_ms >= HOLD_MS else None

    @property
    def is_frozen(self) -> bool:
        """Whether it does so for longer than this camera's pictures do by themselves."""
        pause = self._pause
        longest = max((length for _, length in self._pauses), default=0)
        return pause is not None and pause.last_ms - pause.since_ms >= max(HOLD_MS, TIMES * longest)

    def step(self, time_ms: int, small: Image) -> None:
        """Take one picture.

        Parameters
        ----------
        time_ms : int
            Event time.
        small : ndarray
            In grey, all of one size.
        """
        before, before_ms = self._before, self._before_ms
        self._before, self._before_ms = small, time_ms
        if before is None or before.shape != small.shape:
            self._pause = None
            return
        changed = cv2.absdiff(small, before)
        most = int(changed.max())
        if most <= ROUNDING:
            self._pause = self._pause or _Pause(before_ms, time_ms)
            self._pause.last_ms, self._pause.doubtful = time_ms, 0
        elif self._pause is not None:
            self._pause.doubtful += 1
            if most > KEY_FRAME or self._pause.doubtful > KEY_LOOKS:
                self._end(float((changed > KEY_FRAME).mean()), time_ms)
        while self._pauses and self._pauses[0][0] < time_ms - REMEMBER_MS:
            self._pauses.popleft()

    def _end(self, changed_share: float, time_ms: int) -> None:
        pause, self._pause = self._pause, None
        assert pause is not None
        length = pause.last_ms - pause.since_ms
        if length >= PAUSE_MS and changed_share <= GOES_ON_SHARE:
            self._pauses.append((time_ms, length))
