"""Traffic signals along the paths: where a bus meets one, and whether it shows red."""

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from fleet.simulation.plan import Course, Floats, Ints
from schemas.earth import METRES_PER_DEGREE

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
    scale = float(np.cos(np.radians(path.lat.mean())))
    margin = 30.0 / METRES_PER_DEGREE
    inside = (
        (points[:, 0] > path.lon.min() - margin / scale)
        & (points[:, 0] < path.lon.max() + margin / scale)
        & (points[:, 1] > path.lat.min() - margin)
        & (points[:, 1] < path.lat.max() + margin)
    )
    numbers = np.flatnonzero(inside)
    if not len(numbers):
        return np.empty(0), np.empty(0, dtype=np.int64), np.empty(0)
    origin = np.array([path.lon[0], path.lat[0]])
    metres = np.array([scale, 1.0]) * METRES_PER_DEGREE
    vertex = (np.column_stack([path.lon, path.lat]) - origin) * metres
    found = _nearest(vertex, path.along_m, (points[numbers] - origin) * metres)
    good = found[:, 0] <= NEAR_M
    return found[good, 1], numbers[good].astype(np.int64), found[good, 2]


@numba.njit(cache=True)
def _nearest(vertex: Floats, along_m: Floats, points: Floats) -> Floats:
    """Return for each point how far it is from a line, at which metre, and the line's heading there."""
    out = np.full((len(points), 3), np.inf)
    for p in range(len(points)):
        for k in range(len(vertex) - 1):
            east, north = vertex[k + 1, 0] - vertex[k, 0], vertex[k + 1, 1] - vertex[k, 1]
            right, up = points[p, 0] - vertex[k, 0], points[p, 1] - vertex[k, 1]
            share = min(max((right * east + up * north) / max(east * east + north * north, 1e-9), 0.0), 1.0)
            away = np.hypot(right - share * east, up - share * north)
            if away < out[p, 0]:
                out[p, 0] = away
                out[p, 1] = along_m[k] + share * (along_m[k + 1] - along_m[k])
                out[p, 2] = np.degrees(np.arctan2(east, north)) % 360.0
    return out
