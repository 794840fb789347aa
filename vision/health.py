"""Whether a camera sees: dark, blurred and frozen pictures are told from good ones."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.camera import CameraState
from vision.frames import Image

DARK_BELOW = 22.0
SHARP_ABOVE = 12.0
MOVES_ABOVE = 0.02
HOLD_MS = 3_000


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
    """Follows one camera's pictures; a state holds once it lasted three seconds."""

    def __init__(self) -> None:
        self.sight = Sight(CameraState.OK, 0)
        self._small: NDArray[np.uint8] | None = None
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
        small = np.asarray(
            cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (160, 120), interpolation=cv2.INTER_AREA), np.uint8
        )
        state = self._look(small)
        self._small = small
        if self.sight.since_ms == 0:
            self.sight = Sight(CameraState.OK, time_ms)
        if state is not self._maybe[0]:
            self._maybe = (state, time_ms)
        if state is not self.sight.state and time_ms - self._maybe[1] >= HOLD_MS:
            self.sight = Sight(state, self._maybe[1])
        return self.sight

    def _look(self, small: NDArray[np.uint8]) -> CameraState:
        if float(small.mean()) < DARK_BELOW:
            return CameraState.DARK
        if float(cv2.Laplacian(small, cv2.CV_64F).var()) < SHARP_ABOVE:
            return CameraState.BLURRED
        if self._small is not None and float(cv2.absdiff(small, self._small).mean()) < MOVES_ABOVE:
            return CameraState.FROZEN
        return CameraState.OK
