"""Places that move and hold nobody (leaves, lamps, a clock in the picture) are looked at less and less often."""

import numpy as np

from vision.motion import PixelBox

CELLS = 32
FIRST_MS = 200
PATIENCE = 2


class Barren:
    """A grid over the picture: how often a look at a cell found nobody, and until when it rests.

    Parameters
    ----------
    longest_s : float
        No cell rests longer.
    """

    def __init__(self, longest_s: float) -> None:
        self._longest_ms = longest_s * 1000
        self._misses = np.zeros((CELLS, CELLS), np.int64)
        self._until_ms = np.zeros((CELLS, CELLS), np.int64)

    def rests(self, time_ms: int, place: PixelBox, size: tuple[int, int]) -> bool:
        """Return whether all of a place rests at a time."""
        return bool((self._until_ms[_cells(place, size)] > time_ms).all())

    def step(self, time_ms: int, place: PixelBox, size: tuple[int, int], *, is_empty: bool) -> None:
        """Take what a look at a place gave.

        Parameters
        ----------
        time_ms : int
            Time of the frame.
        place : tuple of float
            Left, top, right, foot, pixels.
        size : tuple of int
            Width and height of the picture.
        is_empty : bool
            Whether nobody was there.
        """
        cells = _cells(place, size)
        if not is_empty:
            self._misses[cells] = self._until_ms[cells] = 0
            return
        self._misses[cells] += 1
        waits = np.minimum(FIRST_MS * 2.0 ** np.minimum(self._misses[cells] - PATIENCE, 20), self._longest_ms)
        self._until_ms[cells] = np.where(self._misses[cells] > PATIENCE, time_ms + waits, 0)


def _cells(place: PixelBox, size: tuple[int, int]) -> tuple[slice, slice]:
    left, top, right, foot = place
    across = slice(int(left / size[0] * CELLS), int(right / size[0] * CELLS) + 1)
    return slice(int(top / size[1] * CELLS), int(foot / size[1] * CELLS) + 1), across
