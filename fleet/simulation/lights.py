"""Traffic signals along the paths: where a bus meets one, and whether it shows red."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.simulation.plan import METRES_PER_DEGREE, Course, Floats, Ints

NEAR_M = 20.0
APART_M = 60.0
CYCLES_S = (60, 70, 80, 90, 100, 120)
GREEN_SHARE = 0.5


@dataclass(frozen=True)
class Lights:
    """Signals in order along each path, one list after the other.

    ``first[p]`` to ``first[p + 1]`` are those of path ``p``; the last entry of each
    path is a guard at infinity that is never red.
    """

    at_m: Floats
    cycle_s: Ints
    offset_s: Ints
    first: Ints

    def is_red(self, index: Ints, now_ms: int) -> NDArray[np.bool_]:
        """Return whether each signal shows red now."""
        cycle = self.cycle_s[index]
        return (now_ms // 1000 + self.offset_s[index]) % cycle >= cycle * GREEN_SHARE


def place_lights(seed: int, paths: Sequence[Course], signals: Sequence[tuple[float, float]]) -> Lights:
    """Find the signals that lie on each path and give each its cycle.

    Two roads of one junction are green in turn: the half of the cycle follows
    from the heading of the path there.

    Parameters
    ----------
    seed : int
        Same seed, same cycles.
    paths : sequence of Course
        The ways.
    signals : sequence of (lon, lat)
        Traffic signals of the city, degrees (WGS 84).

    Returns
    -------
    Lights
        In order along each path.
    """
    rng = np.random.default_rng([seed, 3])
    points = np.array(signals, dtype=float).reshape(-1, 2)
    cycle = rng.choice(CYCLES_S, len(points))
    offset = rng.integers(0, 120, len(points))
    at_m, cycles, offsets, first = [], [], [], [0]
    for path in paths:
        where, which, heading = _on_path(path, points)
        order = np.argsort(where, kind="stable")
        last = -np.inf
        for k in order:
            if where[k] - last < APART_M:
                continue
            last = where[k]
            crosswise = bool(np.floor((heading[k] + 45.0) / 90.0) % 2)
            at_m.append(float(where[k]))
            cycles.append(int(cycle[which[k]]))
            offsets.append(int(offset[which[k]]) + (int(cycle[which[k]]) // 2 if crosswise else 0))
        at_m.append(np.inf)
        cycles.append(60)
        offsets.append(0)
        first.append(len(at_m))
    return Lights(np.array(at_m), np.array(cycles), np.array(offsets), np.array(first))


def _on_path(path: Course, points: Floats) -> tuple[Floats, Ints, Floats]:
    """Return metres along, signal number and heading for the signals within 20 m of a path."""
    if not len(points):
        return np.empty(0), np.empty(0, dtype=np.int64), np.empty(0)
    scale = np.cos(np.radians(path.lat.mean()))
    margin = 30.0 / METRES_PER_DEGREE
    inside = (
        (points[:, 0] > path.lon.min() - margin / scale)
        & (points[:, 0] < path.lon.max() + margin / scale)
        & (points[:, 1] > path.lat.min() - margin)
        & (points[:, 1] < path.lat.max() + margin)
    )
    numbers = np.flatnonzero(inside)
    vertex = np.column_stack([path.lon * scale, path.lat]) * METRES_PER_DEGREE
    origin = vertex[0].copy()
    vertex -= origin
    near = points[numbers] * [scale * METRES_PER_DEGREE, METRES_PER_DEGREE] - origin
    begin, step = vertex[:-1], np.diff(vertex, axis=0)
    square = np.maximum((step**2).sum(axis=1), 1e-9)
    share = ((near[:, None, :] - begin[None]) * step[None]).sum(axis=2) / square[None]
    share = np.clip(share, 0.0, 1.0)
    away = np.linalg.norm(begin[None] + share[..., None] * step[None] - near[:, None, :], axis=2)
    piece = away.argmin(axis=1) if len(numbers) else np.empty(0, dtype=np.int64)
    rows = np.arange(len(numbers))
    good = away[rows, piece] <= NEAR_M
    rows, piece = rows[good], piece[good]
    along = path.along_m[piece] + share[rows, piece] * np.diff(path.along_m)[piece]
    heading = np.degrees(np.arctan2(step[piece, 0], step[piece, 1])) % 360.0
    return along, numbers[good].astype(np.int64), heading
