"""Whether a camera sees: dark, blurred, frozen, covered and moved pictures are told from good ones."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from schemas.camera import CameraState
from vision.clock_drift import ClockDoubt
from vision.frames import Image
from vision.stillness import Stillness
from vision.view import View, ViewWatcher, shrink

DARK_BELOW = 22.0
SHARP_ABOVE = 12.0
HOLD_MS = 3_000
# What is dark, blurred or still is told from a picture of this size.
SMALL = (160, 120)
# What is looked for lasts seconds: a look each half second costs less than one at each frame.
LOOK_MS = 500
# A lorry that stops in front of the lens covers it too, until the lights change.
COVERED_MS = 40_000


@dataclass(frozen=True)
class Sight:
    """How well a camera sees, and since when (event time; 0 before the first frame).

    ``doubt`` is what it may be beside an ``ok`` that still holds, or ``ok``, and ``doubt_since_ms`` since when: rules
    go on meanwhile and their cases say so.
    """

    state: CameraState
    since_ms: int
    doubt: CameraState = CameraState.OK
    doubt_since_ms: int = 0

    @property
    def is_blind(self) -> bool:
        """Whether rules must rest."""
        return self.state is not CameraState.OK

    @property
    def said(self) -> tuple[CameraState, int]:
        """What cases say of it, and since when."""
        return (self.state, self.since_ms) if self.is_blind else (self.doubt, self.doubt_since_ms)


class HealthWatcher:
    """Follows one camera's pictures, two a second; a state holds once it lasted three seconds, a covered lens forty."""

    def __init__(self) -> None:
        self.sight = Sight(CameraState.OK, 0)
        self.clock_off_ms = 0
        self._clock = ClockDoubt()
        self._still = Stillness()
        self.view = ViewWatcher()
        self._looked_ms = 0
        self._maybe: tuple[CameraState, int] = (CameraState.OK, 0)

    def step(self, time_ms: int, image: Image) -> Sight:
        """Take one frame.

        Parameters
        ----------
        time_ms : int
            Event time.
        image : ndarray
            The picture.

        Returns
        -------
        Sight
            What holds now.
        """
        if self.sight.since_ms and time_ms - self._looked_ms < LOOK_MS:
            return self.sight
        self._looked_ms = time_ms
        gray = shrink(image)
        small = np.asarray(cv2.resize(gray, SMALL, interpolation=cv2.INTER_AREA), np.uint8)
        self._still.step(time_ms, small)
        self._clock.step(self.clock_off_ms, time_ms)
        state = self._look(small, self.view.step(time_ms, gray))
        if state is CameraState.OK and self._clock.since_ms is not None:
            state = CameraState.CLOCK
        if self.sight.since_ms == 0:
            self.sight = Sight(CameraState.OK, time_ms)
        if state is not self._maybe[0]:
            self._maybe = (state, self._since(state) or time_ms)
        self._tell(time_ms)
        return self.sight

    def _since(self, state: CameraState) -> int | None:
        """Return since when a state holds that was seen only after a while."""
        if state is CameraState.FROZEN:
            return self._still.since_ms
        return self._clock.since_ms if state is CameraState.CLOCK else None

    def _tell(self, time_ms: int) -> None:
        state, since_ms = self._maybe
        if state is not self.sight.state and time_ms - since_ms >= (
            COVERED_MS if state is CameraState.BLOCKED else HOLD_MS
        ):
            self.sight = Sight(state, since_ms, doubt_since_ms=since_ms)
        doubt = self._doubt(time_ms)
        if doubt[0] is not self.sight.doubt:
            self.sight = replace(self.sight, doubt=doubt[0], doubt_since_ms=doubt[1])

    def _doubt(self, time_ms: int) -> tuple[CameraState, int]:
        """Return what may be wrong for three seconds already, though it may also end by itself."""
        if self._maybe[0] is CameraState.BLOCKED and time_ms - self._maybe[1] >= HOLD_MS:
            return self._maybe
        if self._still.since_ms is not None:
            return CameraState.FROZEN, self._still.since_ms
        return CameraState.OK, time_ms

    def _look(self, small: Image, view: View) -> CameraState:
        if float(small.mean()) < DARK_BELOW:
            return CameraState.DARK
        if float(cv2.Laplacian(small, cv2.CV_64F).var()) < SHARP_ABOVE:
            return CameraState.BLURRED
        if self._still.is_frozen:
            return CameraState.FROZEN
        if view.is_covered:
            return CameraState.BLOCKED
        if view.is_blurred:
            return CameraState.BLURRED
        return CameraState.MOVED if view.is_moved else CameraState.OK
