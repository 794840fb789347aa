"""Which shapes pass near a point: a grid over all patterns of a timetable."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.ground import Ground
from fleet.gtfs.patterns import Pattern
from fleet.kernels import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
CELL_M = 250.0
STEP_M = 60.0
NEW_PASS_M = 400.0
MAX_PASSES = 256


class Grid(NamedTuple):
    """Cells of 250 m, row by row from the south-west ``corner`` (x, y).

    ``size`` is the number of columns and of rows; the patterns that touch a cell are
    ``cell_pattern[cell_start[cell]:cell_start[cell + 1]]``.
    """

    corner: Floats
    size: Ints
    cell_start: Ints
    cell_pattern: Ints


def lay_grid(patterns: Sequence[Pattern]) -> Grid:
    """Return the grid over the shapes of patterns."""
    low = [min(float(line.min()) for line in lines) for lines in ([p.x for p in patterns], [p.y for p in patterns])]
    high = [max(float(line.max()) for line in lines) for lines in ([p.x for p in patterns], [p.y for p in patterns])]
    min_x, min_y = low[0] - CELL_M, low[1] - CELL_M
    columns, rows = int((high[0] - min_x) / CELL_M) + 2, int((high[1] - min_y) / CELL_M) + 2
    base = len(patterns) + 1
    pairs = []
    for number, p in enumerate(patterns):
        at = np.union1d(p.along_m, np.arange(0.0, p.along_m[-1], STEP_M))
        cx = ((np.interp(at, p.along_m, p.x) - min_x) / CELL_M).astype(np.int64)
        cy = ((np.interp(at, p.along_m, p.y) - min_y) / CELL_M).astype(np.int64)
        pairs.append(np.unique(cy * columns + cx) * base + number)
    both = np.sort(np.concatenate(pairs))
    return Grid(
        corner=np.array([min_x, min_y]),
        size=np.array([columns, rows], dtype=np.int32),
        cell_start=np.searchsorted(both // base, np.arange(columns * rows + 1)).astype(np.int32),
        cell_pattern=(both % base).astype(np.int32),
    )


@compiled
def find_near(grid: Grid, g: Ground, x: float, y: float, within: float, seen: NDArray[np.bool_], found: Floats) -> int:
    """Write every pass of a shape near a point.

    Parameters
    ----------
    grid, g : Grid, Ground
        The timetable.
    x, y : float
        Metres in its frame.
    within : float
        How far beside the shape the point may lie, at most one cell.
    seen : array, shape (patterns,)
        Room to work in.
    found : array, shape (4, passes)
        Where to: pattern, metres along, metres beside, direction there in radians from east; one entry a pass, so a
        loop that comes by twice is there twice.

    Returns
    -------
    int
        How many there are.
    """
    seen[:] = False
    column, row = int((x - grid.corner[0]) // CELL_M), int((y - grid.corner[1]) // CELL_M)
    columns, rows, n = grid.size[0], grid.size[1], 0
    for cy in range(max(0, row - 1), min(rows, row + 2)):
        for cx in range(max(0, column - 1), min(columns, column + 2)):
            cell = cy * columns + cx
            for k in range(grid.cell_start[cell], grid.cell_start[cell + 1]):
                p = grid.cell_pattern[k]
                if not seen[p]:
                    seen[p] = True
                    n = _add_passes(g, p, x, y, within, found, n)
    return n


@compiled
def _add_passes(g: Ground, p: int, x: float, y: float, within: float, found: Floats, n: int) -> int:
    """Add the passes of one shape to ``n`` others; return how many there are."""
    last = -np.inf
    for j in range(g.point_start[p], g.point_start[p + 1] - 1):
        ax, ay, a = g.point[j, 0], g.point[j, 1], g.point[j, 2]
        dx, dy = g.point[j + 1, 0] - ax, g.point[j + 1, 1] - ay
        length2 = max(dx * dx + dy * dy, 1e-9)
        part = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / length2))
        ex, ey = x - ax - part * dx, y - ay - part * dy
        if abs(ex) > within or abs(ey) > within:
            continue
        off = np.hypot(ex, ey)
        if off > within:
            continue
        at = a + part * (g.point[j + 1, 2] - a)
        fresh = at - last > NEW_PASS_M
        if fresh and n >= found.shape[1]:
            return n
        if fresh or off < found[2, n - 1]:
            n += 1 if fresh else 0
            found[0, n - 1], found[1, n - 1], found[2, n - 1], found[3, n - 1] = p, at, off, np.arctan2(dy, dx)
            last = at
    return n
