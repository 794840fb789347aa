"""Lay the stops of each trip along its shape."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fleet.gtfs.along import cumulative_m, place_in_order
from fleet.gtfs.frame import LocalFrame

Floats = NDArray[np.float64]
MAX_STOP_OFF_SHAPE_M = 500.0


def shape_lines(shapes: pl.DataFrame, frame: LocalFrame) -> dict[str, tuple[Floats, Floats]]:
    """Return each shape of the feed in metres, repeated points left out."""
    lines: dict[str, tuple[Floats, Floats]] = {}
    for (shape_id,), part in shapes.group_by("shape_id", maintain_order=True):
        x, y = frame.to_metres(part["lon"].to_numpy(), part["lat"].to_numpy())
        keep = np.ones(len(x), dtype=bool)
        keep[1:] = (np.diff(x) != 0) | (np.diff(y) != 0)
        if keep.sum() >= 2:
            lines[str(shape_id)] = (np.ascontiguousarray(x[keep]), np.ascontiguousarray(y[keep]))
    return lines


def lay_stops(
    sx: Floats, sy: Floats, line: tuple[Floats, Floats] | None
) -> tuple[Floats, Floats, Floats, Floats, bool]:
    """Lay stops along their shape, or along straight lines where there is none that fits.

    Parameters
    ----------
    sx, sy : array
        The stops in metres, in the order they are served.
    line : tuple of array, optional
        The shape in metres.

    Returns
    -------
    tuple
        Way along of each stop, the line's x, y and way along, and whether the line is the feed's.
    """
    straight = cumulative_m(sx, sy)
    if line is not None:
        x, y = line
        along = cumulative_m(x, y)
        expected = straight / max(straight[-1], 1.0) * along[-1]
        at = place_in_order(sx, sy, expected, x, y, along)
        off = np.hypot(np.interp(at, along, x) - sx, np.interp(at, along, y) - sy)
        if float(np.median(off)) <= MAX_STOP_OFF_SHAPE_M:
            return at, x, y, along, True
    x, y = sx.copy(), sy.copy()
    if straight[-1] <= 0.0:
        x[-1] += 1.0
        straight = cumulative_m(x, y)
    return straight, x, y, straight, False
