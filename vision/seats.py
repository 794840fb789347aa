"""Who rides which two-wheeler: how riders sit, and who rode together a moment ago."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
# Share of a two-wheeler's width a rider must cover, and how far apart their middles may be, in two-wheeler heights.
WIDTH_SHARE = 0.4
MIDDLE_HEIGHTS = 1.2
# How riders sit on a two-wheeler's box, of scenes and of 263 riders in two real clips: their middle beside its middle,
# in widths (the last of three sits far behind); their foot above its foot and their head above its top, in heights.
ASIDE_SD, MOST_ASIDE = 0.2, 0.55
SEAT, SEAT_RANGE = (0.33, 0.2), (-0.15, 0.95)
HEAD, HEAD_RANGE = (0.4, 0.4), (-0.15, 1.4)
# Less odd than this (squares of deviations, summed) somebody may drive, or ride along where there is a driver.
DRIVES_BELOW, RIDES_BELOW = 40.0, 12.0
# Sides of a two-wheeler with its driver differ from those that are due by so much, in heights; a pair that is so far
# off (squares of deviations, summed) is of no track, one that is so near is of one however badly the driver sits.
DUE_SD, OF_NONE, OF_ONE = 0.16, 30.0, 12.0
# How far below the driver's head a two-wheeler begins, in heights of both.
WHEELS_TOP = HEAD[0] / (1 + HEAD[0])
# The foot or the top of a tracked two-wheeler that is found is so near to where it is due, in heights. Where it is not
# found its driver (less than so far from the head that is due, squared deviations) stays alone, at this price.
FOUND_HEIGHTS, SITS_DUE, WITHOUT = 0.28, 2.0, 15.0
# Who rides along makes a tracked two-wheeler with its driver no stranger than so.
WIDER = 6.0
# Who rides along has the head hardly higher than the driver's, in heights of the driver: who is higher rides behind.
ABOVE_DRIVER = 0.25
# What is due counts for so much beside how they sit, which counts for no more than this.
DUE_WEIGHT, MOST_ODD = 2.0, 60.0


def two_wheelers_of(people: NDArray[np.float32], wheels: NDArray[np.float32], due: Floats | None) -> NDArray[np.int64]:
    """Return for each person the two-wheeler it rides, -1 for one on foot.

    Each two-wheeler is given one driver first, so that all fit best together: the nearest for each alone would give one
    the riders of two where they stand close. A pair that looks as one did that is tracked comes before others. Who is
    left rides along where it sits well, else on the nearest.

    Parameters
    ----------
    people, wheels : ndarray
        n × 4 and m × 4.
    due : ndarray or None
        k × 4, where tracked two-wheelers with their riders should be.

    Returns
    -------
    ndarray
        n.
    """
    if not len(people):
        return np.zeros(0, np.int64)
    width = np.maximum(wheels[:, 2] - wheels[:, 0], 1.0).astype(np.float64)
    height = np.maximum(wheels[:, 3] - wheels[:, 1], 1.0).astype(np.float64)
    aside = np.abs(people[:, None, [0, 2]].sum(axis=2) - wheels[None, :, [0, 2]].sum(axis=2)) / 2
    odd = _oddness(people, wheels, aside / np.maximum(width, height / 2), height)
    touches = _touches(people, wheels) & (aside < MIDDLE_HEIGHTS * height)
    strange = _strangeness(people, wheels, np.isfinite(odd) | touches, due)
    owner = np.full(len(people), -1, np.int64)
    cost = np.minimum(odd, MOST_ODD) + DUE_WEIGHT * (strange - OF_NONE) - DRIVES_BELOW
    cost[~np.isfinite(odd) & (strange >= OF_ONE)] = 0.0
    cost = np.minimum(np.concatenate([cost, _alone(people, wheels, due)], axis=1), 0.0)
    drivers, driven = linear_sum_assignment(cost)
    real = cost[drivers, driven] < 0
    owner[drivers[real]] = driven[real]
    may = (np.isfinite(odd) | touches) & _may_join(people, _with_drivers(people, wheels, owner), due)
    may &= _beside_driver(people, len(wheels), owner)
    near = np.where(touches, aside, np.inf)
    for choice, most in ((odd, RIDES_BELOW), (near, np.inf)):
        left = np.flatnonzero(owner < 0)
        worth = np.where(may[left], choice[left], np.inf)
        best = worth.argmin(axis=1)
        owner[left] = np.where(worth[np.arange(len(left)), best] < most, best, -1)
    return np.where(owner < len(wheels), owner, -1)


def _with_drivers(
    people: NDArray[np.float32], wheels: NDArray[np.float32], owner: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return the boxes of two-wheelers with those that drive them."""
    who = np.flatnonzero((owner >= 0) & (owner < len(wheels)))
    whole, on = wheels.copy(), owner[who]
    whole[on, :2] = np.minimum(whole[on, :2], people[who, :2])
    whole[on, 2:] = np.maximum(whole[on, 2:], people[who, 2:])
    return whole


def _beside_driver(people: NDArray[np.float32], count: int, owner: NDArray[np.int64]) -> Bools:
    """Tell who may ride along where, by the driver's head: who drives behind looms above those in front."""
    may = np.ones((len(people), count), np.bool_)
    who = np.flatnonzero((owner >= 0) & (owner < count))
    height = np.maximum(people[who, 3] - people[who, 1], 1.0)
    may[:, owner[who]] = (people[None, who, 1] - people[:, None, 1]) / height < ABOVE_DRIVER
    return may


def _may_join(people: NDArray[np.float32], whole: NDArray[np.float32], due: Floats | None) -> Bools:
    """Tell who may ride along where: not who makes a tracked two-wheeler with its driver another than it was."""
    may = np.ones((len(people), len(whole)), np.bool_)
    if due is None or not len(due):
        return may
    scale = DUE_SD * np.maximum(due[:, 3] - due[:, 1], 8.0)
    off = (whole[:, None] - due[None]) / scale[None, :, None]
    strange = (off * off).sum(axis=2)
    own = strange.argmin(axis=1)
    before, sides, scale = strange[np.arange(len(whole)), own], due[own], scale[own]
    low, high = np.minimum(people[:, None, :2], whole[:, :2]), np.maximum(people[:, None, 2:], whole[:, 2:])
    off = (np.concatenate([low, high], axis=2) - sides) / scale[:, None]
    return np.asarray((before >= OF_ONE) | ((off * off).sum(axis=2) <= before + WIDER))


def _alone(people: NDArray[np.float32], wheels: NDArray[np.float32], due: Floats | None) -> Floats:
    """Return what it costs that somebody drives a tracked two-wheeler that is not found in this frame, n × k.

    Else such a driver goes to the neighbour's, and the common box is of neither.
    """
    if due is None or not len(due):
        return np.zeros((len(people), 0))
    height = np.maximum(due[:, 3] - due[:, 1], 8.0)
    middle = due[:, [0, 2]].sum(axis=1) / 2
    beside = (wheels[:, None, [0, 2]].sum(axis=2) / 2 - middle) / height
    foot = (wheels[:, None, 3] - due[None, :, 3]) / height
    top = (wheels[:, None, 1] - due[None, :, 1]) / height - WHEELS_TOP
    # Where somebody nearer covers the wheels their top still tells.
    is_found = (np.hypot(beside, np.minimum(np.abs(foot), np.abs(top))) < FOUND_HEIGHTS).any(axis=0)
    aside = (people[:, None, [0, 2]].sum(axis=2) / 2 - middle) / height
    head = (people[:, None, 1] - due[None, :, 1]) / height
    strange = (aside**2 + head**2) / DUE_SD**2
    cost = WITHOUT + DUE_WEIGHT * (strange - OF_NONE) - DRIVES_BELOW
    return np.asarray(np.where((strange < SITS_DUE) & ~is_found, cost, 0.0))


def _strangeness(people: NDArray[np.float32], wheels: NDArray[np.float32], may: Bools, due: Floats | None) -> Floats:
    """Return of each pair that may be one how far its common box is from the nearest that is due, `OF_NONE` at most."""
    strange = np.full(may.shape, OF_NONE)
    if due is None or not len(due):
        return strange
    who, on = np.nonzero(may)
    low, high = np.minimum(people[who, :2], wheels[on, :2]), np.maximum(people[who, 2:], wheels[on, 2:])
    scale = DUE_SD * np.maximum(due[:, 3] - due[:, 1], 8.0)
    off = (np.concatenate([low, high], axis=1)[:, None] - due[None]) / scale[None, :, None]
    strange[who, on] = np.minimum((off * off).sum(axis=2).min(axis=1), OF_NONE)
    return strange


def _oddness(people: NDArray[np.float32], wheels: NDArray[np.float32], aside: Floats, height: Floats) -> Floats:
    """Return how far each person is from sitting as riders do on each two-wheeler; infinite where it cannot be one."""
    seat = (wheels[None, :, 3] - people[:, None, 3]) / height
    head = (wheels[None, :, 1] - people[:, None, 1]) / height
    odd = (aside / ASIDE_SD) ** 2 + ((seat - SEAT[0]) / SEAT[1]) ** 2 + ((head - HEAD[0]) / HEAD[1]) ** 2
    sits = (seat > SEAT_RANGE[0]) & (seat < SEAT_RANGE[1]) & (head > HEAD_RANGE[0]) & (head < HEAD_RANGE[1])
    return np.asarray(np.where(sits & (aside < MOST_ASIDE), odd, np.inf))


def _touches(people: NDArray[np.float32], wheels: NDArray[np.float32]) -> Bools:
    """Tell who stands so that it could sit on which two-wheeler, seen however badly."""
    left, top, right, bottom = (people[:, None, k] for k in range(4))
    w_left, w_top, w_right, w_bottom = (wheels[None, :, k] for k in range(4))
    width, height = w_right - w_left, w_bottom - w_top
    shared = np.minimum(right, w_right) - np.maximum(left, w_left)
    touches = (shared >= WIDTH_SHARE * np.minimum(width, right - left)) & (top < w_bottom) & (bottom > w_top)
    return np.asarray(touches & (bottom <= w_bottom + 0.4 * height) & (top <= w_top + 0.5 * height))
