"""The way of one road user through the junction, as a line with its length."""

import bisect
import math
from collections.abc import Sequence

from vision.scenes.layout import ROAD_M, Arm, Place

CURVE_STEPS = 14
CURVE_FROM_M = 0.5


class Path:
    """A polyline; ``s`` counts metres from the inbound stop line, negative before it.

    Parameters
    ----------
    points : sequence of tuple of float
        Places, metres.
    before_m : float
        How much of it lies before the stop line.
    """

    def __init__(self, points: Sequence[Place], before_m: float = 0.0) -> None:
        self._points = list(points)
        self._at = [-before_m]
        for (x0, y0), (x1, y1) in zip(self._points, self._points[1:], strict=False):
            self._at.append(self._at[-1] + math.hypot(x1 - x0, y1 - y0))

    @property
    def start_m(self) -> float:
        """Where it begins."""
        return self._at[0]

    @property
    def end_m(self) -> float:
        """Where it ends."""
        return self._at[-1]

    def at(self, s: float, aside_m: float = 0.0) -> tuple[float, float, float]:
        """Return x, y and the heading (radians, 0 east, anticlockwise) so far along and so far right of the line."""
        i = min(max(bisect.bisect_right(self._at, s) - 1, 0), len(self._points) - 2)
        (x0, y0), (x1, y1) = self._points[i], self._points[i + 1]
        length = self._at[i + 1] - self._at[i]
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        ahead = s - self._at[i]
        return x0 + ux * ahead + uy * aside_m, y0 + uy * ahead - ux * aside_m, math.atan2(uy, ux)


def through(enter: Arm, across_in: float, leave: Arm, across_out: float) -> Path:
    """Return the way from one arm into another (or back into the same: a U-turn).

    Parameters
    ----------
    enter : Arm
        Where it comes in.
    across_in : float
        Metres right of the centre line there.
    leave : Arm
        Where it goes out.
    across_out : float
        Metres right of the centre line there as seen by traffic that drives in: who leaves by the right side has a
        negative one.
    """
    start, turn_in = enter.place(-ROAD_M, across_in), enter.place(CURVE_FROM_M, across_in)
    turn_out, end = leave.place(CURVE_FROM_M, across_out), leave.place(-ROAD_M, across_out)
    points = [start, *_curve(turn_in, enter.heading, turn_out, (-leave.heading[0], -leave.heading[1])), end]
    return Path(points, before_m=ROAD_M)


def _curve(start: Place, go: Place, end: Place, come: Place) -> list[Place]:
    """Return a Bézier curve that leaves along ``go`` and arrives along ``come``."""
    pull = 0.45 * math.hypot(end[0] - start[0], end[1] - start[1])
    if go[0] * come[0] + go[1] * come[1] < -0.5:
        pull = max(pull, 7.0)  # a U-turn goes on for a while before it turns
    a = start[0] + go[0] * pull, start[1] + go[1] * pull
    b = end[0] - come[0] * pull, end[1] - come[1] * pull
    made = []
    for k in range(CURVE_STEPS + 1):
        t = k / CURVE_STEPS
        w = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        made.append(
            (
                w[0] * start[0] + w[1] * a[0] + w[2] * b[0] + w[3] * end[0],
                w[0] * start[1] + w[1] * a[1] + w[2] * b[1] + w[3] * end[1],
            )
        )
    return made
