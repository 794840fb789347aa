"""Patterns: each way of serving a list of stops along one shape, once, however many trips run it."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fleet.gtfs.along import cumulative_m, place_in_order
from fleet.gtfs.frame import LocalFrame

Floats = NDArray[np.float64]
MAX_STOP_OFF_SHAPE_M = 500.0


@dataclass(frozen=True, eq=False)
class Pattern:
    """The stops of a trip along its shape, in metres of the timetable's frame.

    ``stop_index`` points into the timetable's stops; ``stop_distance_m`` never decreases; ``drawn`` tells whether the
    shape is of the feed or only straight lines from stop to stop.
    """

    index: int
    route_index: int
    direction_id: int | None
    stop_index: NDArray[np.int32]
    stop_distance_m: Floats
    x: Floats
    y: Floats
    along_m: Floats
    drawn: bool

    @property
    def length_m(self) -> float:
        """Length of the shape, metres."""
        return float(self.along_m[-1])

    def point_at(self, distance_m: float) -> tuple[float, float, float]:
        """Return the place at a way along the shape.

        Parameters
        ----------
        distance_m : float
            Metres from the first point.

        Returns
        -------
        tuple of float
            x, y in metres and the heading in degrees clockwise from north.
        """
        j = int(np.clip(np.searchsorted(self.along_m, distance_m, side="right") - 1, 0, len(self.x) - 2))
        length = self.along_m[j + 1] - self.along_m[j]
        part = 0.0 if length <= 0 else min(1.0, max(0.0, (distance_m - self.along_m[j]) / length))
        dx, dy = self.x[j + 1] - self.x[j], self.y[j + 1] - self.y[j]
        heading = float(np.degrees(np.arctan2(dx, dy)) % 360.0)
        return float(self.x[j] + part * dx), float(self.y[j] + part * dy), heading


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
