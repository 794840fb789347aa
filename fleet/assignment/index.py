"""Which shapes pass near a point: a grid over all patterns of a timetable."""

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.gtfs.timetable import Timetable

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
CELL_M = 250.0
STEP_M = 60.0
NEW_PASS_M = 400.0
MAX_PASSES = 256


class PatternIndex:
    """The shapes of a timetable in a grid of cells of 250 m.

    Parameters
    ----------
    timetable : Timetable
        Whose patterns to index.
    """

    def __init__(self, timetable: Timetable) -> None:
        patterns = timetable.patterns
        counts = [len(p.x) for p in patterns]
        self.start: Ints = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        self.x: Floats = np.concatenate([p.x for p in patterns])
        self.y: Floats = np.concatenate([p.y for p in patterns])
        self.along: Floats = np.concatenate([p.along_m for p in patterns])
        self.min_x, self.min_y = float(self.x.min()) - CELL_M, float(self.y.min()) - CELL_M
        self.columns = int((self.x.max() - self.min_x) / CELL_M) + 2
        self.rows = int((self.y.max() - self.min_y) / CELL_M) + 2
        self._fill()

    def _fill(self) -> None:
        pairs = []
        for i in range(len(self.start) - 1):
            part = slice(self.start[i], self.start[i + 1])
            at = np.union1d(self.along[part], np.arange(0.0, self.along[part][-1], STEP_M))
            cx = ((np.interp(at, self.along[part], self.x[part]) - self.min_x) / CELL_M).astype(np.int64)
            cy = ((np.interp(at, self.along[part], self.y[part]) - self.min_y) / CELL_M).astype(np.int64)
            pairs.append(np.unique(cy * self.columns + cx) * len(self.start) + i)
        both = np.sort(np.concatenate(pairs))
        cells = both // len(self.start)
        self.cell_pattern: Ints = (both % len(self.start)).astype(np.int32)
        self.cell_start: Ints = np.searchsorted(cells, np.arange(self.columns * self.rows + 1)).astype(np.int32)

    def near(self, x: float, y: float, within_m: float) -> Floats:
        """Return every pass of a shape near a point.

        Parameters
        ----------
        x, y : float
            Metres in the timetable's frame.
        within_m : float
            How far beside the shape the point may lie, at most one cell.

        Returns
        -------
        array, shape (4, passes)
            Pattern, metres along, metres beside, direction there in radians from east; one entry a pass, so a loop that
            comes by twice is there twice.
        """
        column, row = int((x - self.min_x) // CELL_M), int((y - self.min_y) // CELL_M)
        return _near(
            x, y, within_m, column, row, self.columns, self.rows, self.cell_start, self.cell_pattern,
            self.start, self.x, self.y, self.along,
        )  # fmt: skip


@numba.njit(cache=True)
def _near(
    px: float, py: float, within: float, column: int, row: int, columns: int, rows: int, cell_start: Ints,
    cell_pattern: Ints, start: Ints, x: Floats, y: Floats, along: Floats,
) -> Floats:  # fmt: skip
    seen = np.zeros(len(start), dtype=np.bool_)
    found = np.empty((4, MAX_PASSES))
    n = 0
    for cy in range(max(0, row - 1), min(rows, row + 2)):
        for cx in range(max(0, column - 1), min(columns, column + 2)):
            cell = cy * columns + cx
            for k in range(cell_start[cell], cell_start[cell + 1]):
                p = cell_pattern[k]
                if seen[p]:
                    continue
                seen[p] = True
                begin, end = start[p], start[p + 1]
                more = _passes(px, py, within, x[begin:end], y[begin:end], along[begin:end], found[1:], n)
                found[0, n:more] = p
                n = more
    return found[:, :n].copy()


@numba.njit(cache=True)
def _passes(px: float, py: float, within: float, x: Floats, y: Floats, along: Floats, found: Floats, n: int) -> int:
    """Write each pass of a line near a point into ``found`` (along, beside, direction) from ``n``; return the end."""
    last = -np.inf
    for j in range(len(x) - 1):
        dx, dy = x[j + 1] - x[j], y[j + 1] - y[j]
        length2 = max(dx * dx + dy * dy, 1e-9)
        part = min(1.0, max(0.0, ((px - x[j]) * dx + (py - y[j]) * dy) / length2))
        off = np.hypot(px - x[j] - part * dx, py - y[j] - part * dy)
        if off > within:
            continue
        at = along[j] + part * (along[j + 1] - along[j])
        fresh = at - last > NEW_PASS_M
        if fresh and n >= found.shape[1]:
            return n
        if fresh or off < found[1, n - 1]:
            n += 1 if fresh else 0
            found[0, n - 1], found[1, n - 1], found[2, n - 1] = at, off, np.arctan2(dy, dx)
            last = at
    return n
