"""Places along a line: stops onto shapes in order, and one point onto a stretch of a shape."""

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@numba.njit(cache=True)
def on_segment(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> tuple[float, float]:
    """Return which part of a segment lies nearest to a point, 0 to 1, and the square of the distance."""
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    part = 0.0
    if length2 > 0.0:
        part = min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / length2))
    ex, ey = px - (ax + part * dx), py - (ay + part * dy)
    return part, ex * ex + ey * ey


@numba.njit(cache=True)
def cumulative_m(x: Floats, y: Floats) -> Floats:
    """Return the way along a line at each of its points, metres."""
    out = np.zeros(len(x))
    for i in range(1, len(x)):
        out[i] = out[i - 1] + np.hypot(x[i] - x[i - 1], y[i] - y[i - 1])
    return out


@numba.njit(cache=True)
def place_in_order(sx: Floats, sy: Floats, expected: Floats, x: Floats, y: Floats, cum: Floats) -> Floats:
    """Return where stops lie along a line so that they never go back.

    Each stop may take any segment of the line; the chain with the smallest sum of squared distances wins, so a loop
    that passes a stop twice is read in the order of the timetable. Where a street is driven twice ``expected`` decides.

    Parameters
    ----------
    sx, sy : array, shape (stops,)
        Stops in metres.
    expected : array, shape (stops,)
        Where each stop should be along the line, roughly, metres.
    x, y, cum : array, shape (points,)
        The line and the way along it, metres.

    Returns
    -------
    array, shape (stops,)
        Metres along the line, never decreasing.
    """
    stops, segments = len(sx), len(x) - 1
    best = np.zeros(segments)
    place = np.zeros((stops, segments))
    back = np.zeros((stops, segments), dtype=np.int32)
    scale = 0.02
    for i in range(stops):
        run, arg = np.inf, 0
        new = np.empty(segments)
        for j in range(segments):
            part, d2 = on_segment(sx[i], sy[i], x[j], y[j], x[j + 1], y[j + 1])
            along = cum[j] + part * (cum[j + 1] - cum[j])
            before = 0.0
            if i > 0:
                # From an earlier segment nothing goes back; two stops on one segment may, and that costs its square.
                step = max(0.0, place[i - 1, j] - along)
                stay = best[j] + step * step
                before, back[i, j] = (stay, j) if stay < run else (run, arg)
                if best[j] < run:
                    run, arg = best[j], j
            off = (along - expected[i]) * scale
            new[j] = before + d2 + off * off
            place[i, j] = along
        best = new
    out = np.zeros(stops)
    j = int(np.argmin(best))
    for i in range(stops - 1, -1, -1):
        out[i] = place[i, j]
        j = back[i, j]
    for i in range(1, stops):
        out[i] = max(out[i], out[i - 1])
    return out


@numba.njit(cache=True)
def match_point(
    px: float, py: float, x: Floats, y: Floats, cum: Floats, low: float, high: float, expected: float, slack: float
) -> tuple[float, float, float]:
    """Return the best place of a point on a stretch of a line.

    Parameters
    ----------
    px, py : float
        The point, metres.
    x, y, cum : array, shape (points,)
        The line and the way along it, metres.
    low, high : float
        The stretch that may be chosen, metres along.
    expected, slack : float
        Where the point should be and how far from there is as bad as 30 m beside the line; a negative slack: anywhere.

    Returns
    -------
    tuple of float
        Metres along, metres beside the line, and the direction of the line there in radians from east.
    """
    count = len(x)
    j = max(0, int(np.searchsorted(cum, low)) - 1)
    best, along, off, angle = np.inf, low, np.inf, 0.0
    while j < count - 1 and (cum[j] <= high or off == np.inf):
        part, d2 = on_segment(px, py, x[j], y[j], x[j + 1], y[j + 1])
        at = min(max(cum[j] + part * (cum[j + 1] - cum[j]), low), max(high, low))
        length = cum[j + 1] - cum[j]
        if length > 0.0:
            part = min(1.0, max(0.0, (at - cum[j]) / length))
            ex = px - (x[j] + part * (x[j + 1] - x[j]))
            ey = py - (y[j] + part * (y[j + 1] - y[j]))
            d2 = ex * ex + ey * ey
            cost = d2 / 900.0
            if slack > 0.0:
                cost += ((at - expected) / slack) ** 2
            if cost < best:
                best, along, off = cost, at, np.sqrt(d2)
                angle = np.arctan2(y[j + 1] - y[j], x[j + 1] - x[j])
        j += 1
    return along, off, angle
