"""The order in which a plate's signs are read: upper line first, each line from the left."""

import numpy as np
from numpy.typing import NDArray


def in_order(boxes: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the order of signs on a plate of one or two lines, also when it hangs askew.

    Parameters
    ----------
    boxes : ndarray
        n × 4, one box a sign, pixels.

    Returns
    -------
    ndarray
        Indexes: upper line from the left, then lower line from the left.
    """
    count = len(boxes)
    if count < 5:
        return np.argsort(boxes[:, 0], kind="stable") if count else np.zeros(0, np.int64)
    x = ((boxes[:, 0] + boxes[:, 2]) / 2).astype(np.float64)
    y = ((boxes[:, 1] + boxes[:, 3]) / 2).astype(np.float64)
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    best, best_error = np.zeros(count, bool), _one_line_error(x, y)
    if best_error <= 0.25 * height:
        return np.argsort(x, kind="stable")
    by_y = np.argsort(y - _slope(x, y, height) * x, kind="stable")
    for cut in range(2, count - 2):
        lower = np.zeros(count, bool)
        lower[by_y[cut:]] = True
        error = _two_line_error(x, y, lower)
        gap = y[lower].mean() - y[~lower].mean()
        if error < best_error and gap > 0.5 * height:
            best, best_error = lower, error
    upper_i, lower_i = np.flatnonzero(~best), np.flatnonzero(best)
    return np.concatenate([upper_i[np.argsort(x[upper_i])], lower_i[np.argsort(x[lower_i])]]).astype(np.int64)


def upper_of(boxes: NDArray[np.float32]) -> int:
    """Return how many signs stand in the upper line.

    Parameters
    ----------
    boxes : ndarray
        n × 4, in order.

    Returns
    -------
    int
        0 where all stand in one line.
    """
    back = np.flatnonzero(np.diff(boxes[:, 0]) < 0) if len(boxes) > 1 else np.zeros(0, np.int64)
    return int(back[0]) + 1 if len(back) else 0


def _one_line_error(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    return float(np.abs(y - np.polyval(np.polyfit(x, y, 1), x)).max())


def _two_line_error(x: NDArray[np.float64], y: NDArray[np.float64], lower: NDArray[np.bool_]) -> float:
    """Return the worst distance from two parallel lines."""
    table = np.stack([x, ~lower, lower], axis=1).astype(np.float64)
    fit, *_ = np.linalg.lstsq(table, y.astype(np.float64), rcond=None)
    return float(np.abs(table @ fit - y).max())


def _slope(x: NDArray[np.float64], y: NDArray[np.float64], height: float) -> float:
    """Return the tilt of the lines: the commonest slope between neighbours of one line."""
    dx, dy = x[:, None] - x[None, :], y[:, None] - y[None, :]
    near = (dx > 0.3 * height) & (np.abs(dy) < 0.5 * dx) & (dx < 2.5 * height)
    return float(np.median(dy[near] / dx[near])) if near.any() else 0.0
