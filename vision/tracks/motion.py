"""Where road users are and how they move in the picture: one constant-velocity filter a road user, all at once."""

import numba
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
        return np.asarray(_boxes(self.place, self.speed, gap_s))

    @property
    def place_var(self) -> Floats:
        """Variances of the places, pixels squared."""
        return np.asarray(self._var[0])

    def predict(self, gap_s: float) -> None:
        """Let so many seconds go by."""
        _predict(self.place, self.speed, self._var, np.hypot(*self.speed.T[:2]), (gap_s, gap_s**2, gap_s**3))

    def correct(self, rows: NDArray[np.int64], seen: Floats, noise: Floats) -> None:
        """Take what was seen of some rows, with its variances (both n × 4)."""
        _correct(self.place, self.speed, self._var, rows, seen, noise)

    def add(self, seen: Floats, noise: Floats) -> None:
        """Begin rows for what was seen."""
        speed_var = (FIRST_SPEED * np.maximum(seen[:, 3:], SMALLEST_PX)) ** 2
        self.place = np.concatenate([self.place, seen])
        self.speed = np.concatenate([self.speed, np.zeros_like(seen)])
        self._var = np.concatenate([self._var, np.stack([noise, np.zeros_like(noise), speed_var])], axis=1)

    def keep(self, stay: NDArray[np.bool_]) -> None:
        """Drop the rows that do not stay."""
        self.place, self.speed, self._var = self.place[stay], self.speed[stay], self._var.compress(stay, axis=1)


@numba.njit(cache=True)
def _boxes(place: Floats, speed: Floats, gap_s: float) -> Floats:
    boxes = np.empty_like(place)
    for i in range(len(place)):
        x, foot = place[i, 0] + gap_s * speed[i, 0], place[i, 1] + gap_s * speed[i, 1]
        width, height = place[i, 2] + gap_s * speed[i, 2], place[i, 3] + gap_s * speed[i, 3]
        boxes[i] = x - width / 2, foot - height, x + width / 2, foot
    return boxes


@numba.njit(cache=True)
def _predict(place: Floats, speed: Floats, var: Floats, pace: Floats, gaps: tuple[float, float, float]) -> None:
    """Move road users on; ``pace`` is how fast each is, ``gaps`` are the seconds, their square and their cube."""
    gap_s, gap_s2, gap_s3 = gaps
    for i in range(len(place)):
        scale = max(place[i, 3], SMALLEST_PX)
        share = min(STANDING_PUSH + pace[i] / scale, 1.0)
        for side in range(4):
            push = (PUSH[side] * share * scale) ** 2
            pp, pv, vv = var[0, i, side], var[1, i, side], var[2, i, side]
            var[0, i, side] = pp + 2 * gap_s * pv + gap_s2 * vv + push * gap_s3 / 3
            var[1, i, side] = pv + gap_s * vv + push * gap_s2 / 2
            var[2, i, side] = vv + push * gap_s
            place[i, side] += speed[i, side] * gap_s
            if side >= 2:
                place[i, side] = max(place[i, side], 2.0)


@numba.njit(cache=True)
def _correct(place: Floats, speed: Floats, var: Floats, rows: NDArray[np.int64], seen: Floats, noise: Floats) -> None:
    for k in range(len(rows)):
        i = rows[k]
        for side in range(4):
            pp, pv = var[0, i, side], var[1, i, side]
            gain_p, gain_v = pp / (pp + noise[k, side]), pv / (pp + noise[k, side])
            off = seen[k, side] - place[i, side]
            place[i, side] += gain_p * off
            speed[i, side] += gain_v * off
            var[0, i, side], var[1, i, side] = pp * (1 - gain_p), pv * (1 - gain_p)
            var[2, i, side] -= gain_v * pv
