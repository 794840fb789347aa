"""Who rides which two-wheeler: how riders sit, and who rode together a moment ago."""

from math import hypot

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Boxes = NDArray[np.float32]
Bools = NDArray[np.bool_]
Rows = NDArray[np.int64]
# Share of a two-wheeler's width a rider must cover, and how far apart their middles may be, in two-wheeler heights.
WIDTH_SHARE = 0.4
MIDDLE_HEIGHTS = 1.2
# How riders sit on a two-wheeler's box, of scenes and of 263 riders in two real clips: their middle beside its middle,
# in widths (the last of three sits far behind); their foot above its foot and their head above its top, in heights.
ASIDE_SD, MOST_ASIDE = 0.2, 0.55
SEAT, SEAT_RANGE = (0.33, 0.2), (-0.15, 0.95)
HEAD, HEAD_RANGE = (0.4, 0.4), (-0.15, 1.4)
# Wheels that end above somebody's foot are covered below: whole they are so tall, in heights of a rider.
WHOLE_WHEELS = 1.15
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
NOBODY_DUE = np.zeros((0, 4))


def two_wheelers_of(people: Boxes, wheels: Boxes, due: Floats | None) -> Rows:
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
    due = NOBODY_DUE if due is None else due
    aside, odd, touches = _fits(people, wheels)
    cost = _costs(people, wheels, due, odd, touches)
    drivers, driven = linear_sum_assignment(cost)
    real = cost[drivers, driven] < 0
    owner = np.full(len(people), -1, np.int64)
    owner[drivers[real]] = driven[real]
    may = _may_join(people, _with_drivers(people, wheels, owner), due, owner, touches | (odd < np.inf))
    for choice, most in ((odd, RIDES_BELOW), (np.where(touches, aside, np.inf), np.inf)):
        left = np.flatnonzero(owner < 0)
        worth = np.where(may[left], choice[left], np.inf)
        best = worth.argmin(axis=1)
        owner[left] = np.where(worth[np.arange(len(left)), best] < most, best, -1)
    return np.where(owner < len(wheels), owner, -1)


@numba.njit(cache=True)
def _with_drivers(people: Boxes, wheels: Boxes, owner: Rows) -> Boxes:
    """Return the boxes of two-wheelers with those that drive them."""
    whole = wheels.copy()
    for i in range(len(people)):
        if 0 <= owner[i] < len(wheels):
            whole[owner[i]] = _common(people[i], whole[owner[i]])
    return whole


@numba.njit(cache=True)
def _fits(people: Boxes, wheels: Boxes) -> tuple[Boxes, Floats, Bools]:
    """Return of each person and two-wheeler how far their middles are apart, how oddly it sits there, and if it may.

    How oddly is infinite where nobody sits so; it may where it could, seen however badly.
    """
    shape = len(people), len(wheels)
    aside, odd, touches = np.empty(shape, np.float32), np.full(shape, np.inf), np.zeros(shape, np.bool_)
    for j in range(shape[1]):
        wheel = wheels[j]
        width, height = max(wheel[2] - wheel[0], np.float32(1)), max(wheel[3] - wheel[1], np.float32(1))
        reach = max(np.float64(width), np.float64(height) / 2)
        farthest = max(MIDDLE_HEIGHTS * np.float64(height), MOST_ASIDE * reach)
        for i in range(shape[0]):
            off = abs((people[i, 0] + people[i, 2]) - (wheel[0] + wheel[2])) / np.float32(2)
            aside[i, j] = off
            if off >= farthest:
                continue
            person, apart = people[i], off / reach
            touches[i, j] = off < MIDDLE_HEIGHTS * np.float64(height) and _touches(person, wheel)
            tall = _whole_height(person, wheel, np.float64(height))
            seat, head = (wheel[3] - person[3] + (tall - height)) / tall, (wheel[1] - person[1]) / tall
            sits = SEAT_RANGE[0] < seat < SEAT_RANGE[1] and HEAD_RANGE[0] < head < HEAD_RANGE[1]
            if sits and apart < MOST_ASIDE:
                odd[i, j] = (apart / ASIDE_SD) ** 2 + ((seat - SEAT[0]) / SEAT[1]) ** 2
                odd[i, j] += ((head - HEAD[0]) / HEAD[1]) ** 2
    return aside, odd, touches


@numba.njit(cache=True)
def _whole_height(person: Boxes, wheel: Boxes, height: float) -> float:
    """Return how tall a two-wheeler is: riders' feet are above its own, so one below tells that it is covered."""
    return max(height, WHOLE_WHEELS * (person[3] - person[1])) if person[3] > wheel[3] else height


@numba.njit(cache=True)
def _touches(person: Boxes, wheel: Boxes) -> bool:
    """Tell who stands so that it could sit on a two-wheeler, seen however badly."""
    width, height = wheel[2] - wheel[0], wheel[3] - wheel[1]
    shared = min(person[2], wheel[2]) - max(person[0], wheel[0])
    is_over = shared >= np.float32(WIDTH_SHARE) * min(width, person[2] - person[0])
    is_beside = person[1] < wheel[3] and person[3] > wheel[1]
    is_low = person[3] <= wheel[3] + np.float32(0.4) * height and person[1] <= wheel[1] + np.float32(0.5) * height
    return bool(is_over and is_beside and is_low)


@numba.njit(cache=True)
def _costs(people: Boxes, wheels: Boxes, due: Floats, odd: Floats, touches: Bools) -> Floats:
    """Return what each driver costs, n × (m + k): on each two-wheeler, then on each that is due and not found.

    Else the driver of one that is not found goes to the neighbour's, and the common box is of neither.
    """
    count = len(wheels)
    cost = np.zeros((len(people), count + len(due)))
    for j in range(count):
        for i in range(len(people)):
            if odd[i, j] < np.inf or touches[i, j]:
                strange = _strangeness(_common(people[i], wheels[j]), due)[1]
                if odd[i, j] < np.inf or strange < OF_ONE:
                    worth = min(odd[i, j], MOST_ODD) + DUE_WEIGHT * (min(strange, OF_NONE) - OF_NONE) - DRIVES_BELOW
                    cost[i, j] = min(worth, 0.0)
    for k in range(len(due)):
        if _is_found(due[k], wheels):
            continue
        height, middle = max(due[k, 3] - due[k, 1], 8.0), (due[k, 0] + due[k, 2]) / 2
        for i in range(len(people)):
            aside = ((people[i, 0] + people[i, 2]) / np.float32(2) - middle) / height
            head = (people[i, 1] - due[k, 1]) / height
            strange = (aside**2 + head**2) / DUE_SD**2
            if strange < SITS_DUE:
                cost[i, count + k] = min(WITHOUT + DUE_WEIGHT * (strange - OF_NONE) - DRIVES_BELOW, 0.0)
    return cost


@numba.njit(cache=True)
def _is_found(due: Floats, wheels: Boxes) -> bool:
    """Tell whether a two-wheeler's foot or, where somebody nearer covers the wheels, its top is where it is due."""
    height, middle = max(due[3] - due[1], 8.0), (due[0] + due[2]) / 2
    for j in range(len(wheels)):
        beside = ((wheels[j, 0] + wheels[j, 2]) / np.float32(2) - middle) / height
        if abs(beside) >= FOUND_HEIGHTS:
            continue
        foot, top = (wheels[j, 3] - due[3]) / height, (wheels[j, 1] - due[1]) / height - WHEELS_TOP
        if hypot(beside, min(abs(foot), abs(top))) < FOUND_HEIGHTS:
            return True
    return False


@numba.njit(cache=True)
def _common(one: Boxes, other: Boxes) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


@numba.njit(cache=True)
def _strangeness(box: tuple[np.float32, np.float32, np.float32, np.float32], due: Floats) -> tuple[int, float]:
    """Return which that is due a box is nearest to, and how far it is from it; -1 and `OF_NONE` where none is due."""
    nearest, least = -1, OF_NONE if len(due) == 0 else np.inf
    for k in range(len(due)):
        strange = _far(box, due[k])
        if strange < least:
            nearest, least = k, strange
    return nearest, least


@numba.njit(cache=True)
def _far(box: tuple[np.float32, np.float32, np.float32, np.float32], due: Floats) -> float:
    scale = DUE_SD * max(due[3] - due[1], 8.0)
    left, top, right, foot = (
        (box[0] - due[0]) / scale,
        (box[1] - due[1]) / scale,
        (box[2] - due[2]) / scale,
        (box[3] - due[3]) / scale,
    )
    return float(left * left + top * top + right * right + foot * foot)


@numba.njit(cache=True)
def _may_join(people: Boxes, whole: Boxes, due: Floats, owner: Rows, could: Bools) -> Bools:
    """Tell where those who drive nothing may ride along, where they could sit: it stays what it was with one more."""
    may = np.zeros((len(people), len(whole)), np.bool_)
    driver = np.full(len(whole), -1)
    for i in range(len(people)):
        if 0 <= owner[i] < len(whole):
            driver[owner[i]] = i
    left = np.flatnonzero(owner < 0)
    for j in range(len(whole)):
        near, box = left[could[left, j]], whole[j]
        if not len(near):
            continue
        own, strange = _strangeness((box[0], box[1], box[2], box[3]), due)
        for k in near:
            stays = own < 0 or _stays(people[k], box, due[own], strange)
            may[k, j] = stays and (driver[j] < 0 or not _looms(people[k], people[driver[j]]))
    return may


@numba.njit(cache=True)
def _stays(person: Boxes, whole: Boxes, due: Floats, before: float) -> bool:
    """Tell whether a tracked two-wheeler with its driver remains what it was with one more on it."""
    return bool(before >= OF_ONE or _far(_common(person, whole), due) <= before + WIDER)


@numba.njit(cache=True)
def _looms(person: Boxes, driver: Boxes) -> bool:
    """Tell whether somebody's head is above a driver's, as of one who drives behind."""
    return bool((driver[1] - person[1]) / max(driver[3] - driver[1], np.float32(1)) >= np.float32(ABOVE_DRIVER))
