"""A line across the road that is crossed in one direction: how far past it a place is, and if beside its ends."""

from vision.camera_values import Line, Point


class DirectedLine:
    """A line that is crossed in one direction; what every look asks of it is reckoned once.

    Parameters
    ----------
    line : Line
        Its two ends.
    travel : Point
        The direction of travel, in the same units.
    """

    def __init__(self, line: Line, travel: Point) -> None:
        (self._x, self._y), (x1, y1) = line
        self._dx, self._dy = x1 - self._x, y1 - self._y
        length_2 = self._dx**2 + self._dy**2
        length = float(length_2**0.5)
        self._length, self._span, self._span_2 = length or 1.0, max(length, 1e-9), max(length_2, 1e-9)
        self._sign = 1.0 if travel[0] * self._dy - travel[1] * self._dx >= 0 else -1.0

    def past(self, x: float, y: float) -> float:
        """Return how far past it a point is in the direction of travel, in its units; negative is before it."""
        return self._sign * ((x - self._x) * self._dy - (y - self._y) * self._dx) / self._length

    def is_abreast(self, x: float, y: float, room: float = 0.0) -> bool:
        """Tell whether a point lies before or behind it, not beside its ends, give or take some units."""
        share = ((x - self._x) * self._dx + (y - self._y) * self._dy) / self._span_2
        beyond = room / self._span
        return -beyond <= share <= 1 + beyond
