"""Patterns: each way of serving a list of stops along one shape, once, however many trips run it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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

    @cached_property
    def length_m(self) -> float:
        """Length of the shape, metres."""
        return float(self.along_m[-1])

    @cached_property
    def stops_m(self) -> list[float]:
        """The stops along the shape as plain numbers: one of them is read faster than out of an array."""
        along: list[float] = self.stop_distance_m.tolist()
        return along

    @cached_property
    def begin_xy(self) -> tuple[float, float]:
        """Where the first stop lies on the shape, x and y in metres."""
        return self.point_at(self.stops_m[0])[:2]

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
