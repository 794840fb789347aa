"""Whether a camera sees: dark, blurred, frozen, covered and moved pictures are told from good ones."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.camera import CameraState
from vision.frames import Image
from vision.view import View, ViewWatcher, shrink

DARK_BELOW = 22.0
SHARP_ABOVE = 12.0
# A frozen stream repeats its picture, give or take the encoder's rounding; a clock in the corner or noise does more.
MOVES_ABOVE = 1
HOLD_MS = 3_000
# What is looked for lasts seconds: a look each half second costs less than one at each frame.
LOOK_MS = 500
# A lorry that stops in front of the lens covers it too, until the lights change.
COVERED_MS = 40_000


@dataclass(frozen=True)
class Sight:
    """How well a camera sees, and since when (event time; 0 before the first frame)."""

    state: CameraState
    since_ms: int

    @property
    def is_blind(self) -> bool:
        """Whether rules must rest."""
        return self.state is not CameraState.OK


class HealthWatcher:
    """Follows one camera's pictures, two a second; a state holds once it lasted three seconds, a covered lens forty."""

    def __init__(self) -> None:
        self.sight = Sight(CameraState.OK, 0)
        self.clock_is_off = False
        self._small: NDArray[np.uint8] | None = None
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
        small = np.asarray(cv2.resize(gray, (160, 120), interpolation=cv2.INTER_AREA), np.uint8)
        state = self._look(small, self.view.step(time_ms, gray))
        if state is CameraState.OK and self.clock_is_off:
            state = CameraState.CLOCK
        self._small = small
        if self.sight.since_ms == 0:
            self.sight = Sight(CameraState.OK, time_ms)
        if state is not self._maybe[0]:
            self._maybe = (state, time_ms)
        hold_ms = COVERED_MS if state is CameraState.BLOCKED else HOLD_MS
        if state is not self.sight.state and time_ms - self._maybe[1] >= hold_ms:
            self.sight = Sight(state, self._maybe[1])
        return self.sight

    def _look(self, small: NDArray[np.uint8], view: View) -> CameraState:
        if float(small.mean()) < DARK_BELOW:
            return CameraState.DARK
        if float(cv2.Laplacian(small, cv2.CV_64F).var()) < SHARP_ABOVE:
            return CameraState.BLURRED
        if self._small is not None and int(cv2.absdiff(small, self._small).max()) <= MOVES_ABOVE:
            return CameraState.FROZEN
        if view.is_covered:
            return CameraState.BLOCKED
        if view.is_blurred:
            return CameraState.BLURRED
        return CameraState.MOVED if view.is_moved else CameraState.OK
