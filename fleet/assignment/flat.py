"""A timetable's arrays one behind the other: three arrays go through the door of compiled code faster than twenty."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fleet.assignment.ground import Days, Ground
from fleet.assignment.index import Grid
from fleet.kernels import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Cuts = NDArray[np.int64]


class Flat(NamedTuple):
    """All numbers of a kind in one array; ``cuts`` (arrays, 2) is where each array begins and ends among its kind."""

    floats: Floats
    ints: Ints
    cuts: Cuts


def flatten(ground: Ground, days: Days, grid: Grid) -> Flat:
    """Put the arrays one behind the other, as `open_ground`, `open_days` and `open_grid` find them."""
    parts = [np.atleast_1d(part) for part in (*ground, *days, *grid)]
    kinds: tuple[list[NDArray[np.generic]], list[NDArray[np.generic]]] = ([], [])
    cuts = np.zeros((len(parts), 2), dtype=np.int64)
    for number, part in enumerate(parts):
        kind = kinds[0 if part.dtype == np.float64 else 1]
        begin = sum(other.size for other in kind)
        cuts[number] = begin, begin + part.size
        kind.append(part.ravel())
    return Flat(np.concatenate(kinds[0]), np.concatenate(kinds[1]), cuts)


@compiled
def open_ground(f: Floats, i: Ints, cuts: Cuts) -> Ground:
    """Return the ground that was made flat."""
    return Ground(
        i[cuts[0, 0] : cuts[0, 1]],
        f[cuts[1, 0] : cuts[1, 1]].reshape(-1, 3),
        i[cuts[2, 0] : cuts[2, 1]],
        f[cuts[3, 0] : cuts[3, 1]],
        f[cuts[4, 0] : cuts[4, 1]].reshape(-1, 2),
        f[cuts[5, 0] : cuts[5, 1]],
        i[cuts[6, 0] : cuts[6, 1]].reshape(-1, 3),
        f[cuts[7, 0] : cuts[7, 1]].reshape(-1, 2),
        i[cuts[8, 0] : cuts[8, 1]],
        i[cuts[9, 0] : cuts[9, 1]],
    )


@compiled
def open_days(f: Floats, i: Ints, cuts: Cuts) -> Days:
    """Return the days that were made flat."""
    return Days(
        f[cuts[10, 0] : cuts[10, 1]],
        i[cuts[11, 0] : cuts[11, 1]].reshape(3, -1),
        i[cuts[12, 0] : cuts[12, 1]],
        f[cuts[13, 0] : cuts[13, 1]],
        f[cuts[14, 0] : cuts[14, 1]],
        i[cuts[15, 0] : cuts[15, 1]].reshape(3, -1),
        f[cuts[16, 0]],
    )


@compiled
def open_grid(f: Floats, i: Ints, cuts: Cuts) -> Grid:
    """Return the grid that was made flat."""
    return Grid(
        f[cuts[17, 0] : cuts[17, 1]],
        i[cuts[18, 0] : cuts[18, 1]],
        i[cuts[19, 0] : cuts[19, 1]],
        i[cuts[20, 0] : cuts[20, 1]],
    )
