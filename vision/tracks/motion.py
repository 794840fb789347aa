"""Where road users are and how they move in the picture: one constant-velocity filter a road user, all at once."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Deviations, in heights of the box, of what a detector says of middle x, foot y, width and height.
SEEN_SD = np.array([0.08, 0.10, 0.12, 0.12])
# How fast motion changes, in heights a second per root second: road users brake and turn, sizes hardly change.
PUSH = np.array([0.45, 0.45, 0.1, 0.1])
# Who stands is pushed by this share of it (it may start), who goes a height a second by all of it: in a queue the place
# of each is known from a long time, and a neighbour's box does not move it.
STANDING_PUSH = 0.1
# How fast one may move when it is first seen, heights a second.
FIRST_SPEED = np.array([4.0, 4.0, 0.5, 0.5])
SMALLEST_PX = 4.0


def to_state(boxes: Floats) -> Floats:
    """Return middle x, foot y, width and height of boxes (n × 4)."""
    left, top, right, bottom = boxes.T
    return np.column_stack([(left + right) / 2, bottom, right - left, bottom - top])


class Motion:
    """Rows of road users; places and speeds in pixels, variances beside them."""

    def __init__(self) -> None:
        self.place, self.speed = np.zeros((0, 4)), np.zeros((0, 4))
        self._var = np.zeros((3, 0, 4))  # of places, of place and speed together, of speeds

    @property
    def scale(self) -> Floats:
        """Heights of the boxes, pixels, as a column."""
        return np.maximum(self.place[:, 3:], SMALLEST_PX)

    @property
    def boxes(self) -> Floats:
        """Left, top, right, bottom of each."""
        return self.boxes_in(0.0)

    def boxes_in(self, gap_s: float) -> Floats:
        """Return the boxes that are due so many seconds later (n × 4)."""
        x, foot, width, height = (self.place + gap_s * self.speed).T
        return np.column_stack([x - width / 2, foot - height, x + width / 2, foot])

    @property
    def place_var(self) -> Floats:
        """Variances of the places, pixels squared."""
        return np.asarray(self._var[0])

    def predict(self, gap_s: float) -> None:
        """Let so many seconds go by."""
        pp, pv, vv = self._var
        going = np.hypot(self.speed[:, :1], self.speed[:, 1:2]) / self.scale
        push = (PUSH * np.minimum(STANDING_PUSH + going, 1.0) * self.scale) ** 2
        self.place = self.place + self.speed * gap_s
        self.place[:, 2:] = np.maximum(self.place[:, 2:], 2.0)
        self._var = np.stack(
            [
                pp + 2 * gap_s * pv + gap_s**2 * vv + push * gap_s**3 / 3,
                pv + gap_s * vv + push * gap_s**2 / 2,
                vv + push * gap_s,
            ]
        )

    def correct(self, rows: NDArray[np.int64], seen: Floats, noise: Floats) -> None:
        """Take what was seen of some rows, with its variances (both n × 4)."""
        pp, pv, vv = self._var[:, rows]
        gain_p, gain_v = pp / (pp + noise), pv / (pp + noise)
        off = seen - self.place[rows]
        self.place[rows] += gain_p * off
        self.speed[rows] += gain_v * off
        self._var[:, rows] = pp * (1 - gain_p), pv * (1 - gain_p), vv - gain_v * pv

    def add(self, seen: Floats, noise: Floats) -> None:
        """Begin rows for what was seen."""
        speed_var = (FIRST_SPEED * np.maximum(seen[:, 3:], SMALLEST_PX)) ** 2
        self.place = np.concatenate([self.place, seen])
        self.speed = np.concatenate([self.speed, np.zeros_like(seen)])
        self._var = np.concatenate([self._var, np.stack([noise, np.zeros_like(noise), speed_var])], axis=1)

    def keep(self, stay: NDArray[np.bool_]) -> None:
        """Drop the rows that do not stay."""
        self.place, self.speed, self._var = self.place[stay], self.speed[stay], self._var[:, stay]
