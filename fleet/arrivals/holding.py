"""Where buses that are early wait for the timetable: learnt of each link, from nothing.

A bus that comes to a stop before its time may be held there until it is due: at some stops by rule, at most not.
The next link then takes longer by a share of the earliness, and a late bus drives it in less than the mean of all says.
"""

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.links import Links
from fleet.kernels import compiled
from schemas.lesson import Lesson

Floats = NDArray[np.float64]
# Who is earlier than this was taken off the timetable, and waits no longer than others.
MOST_EARLY_S = 300.0
# Running times scatter by 30 s around a link's mean, shares by a tenth around that of all links.
PRIOR_S2 = (30.0 / 0.1) ** 2
# That one is drawn to none: early buses of one trip are quick for a reason of their own, thirty lessons alike.
ALL_PRIOR_S2 = 30.0 * 100.0 * (30.0 / 0.2) ** 2
# Where the shares would not have foreseen what came by more than the scatter of thirty lessons, nobody is held.
LEAST_HELP_S2 = 30.0 * 30.0**2


def early_s(lesson: Lesson, links: Links) -> float:
    """Return how early a bus came to the stop at which its link begins, seconds; 0 where it was late, or none can be.

    Parameters
    ----------
    lesson : Lesson
        Of a link.
    links : Links
        Of the same timetable.

    Returns
    -------
    float
        At most ``MOST_EARLY_S``. A first stop is left when due: the way from there tells nothing of waiting.
    """
    if lesson.stop < 2:
        return 0.0
    due_s = float(links.due_s[links.trip_start[lesson.trip] + lesson.stop - 1] - links.depart_s[lesson.trip])
    came_s = (lesson.arrival_ms - lesson.start_ms) / 1000.0 - lesson.took_s
    return min(MOST_EARLY_S, max(0.0, due_s - came_s))


def shares_held(waits: Floats, planned2: Floats) -> Floats:
    """Return which share of its earliness a bus waits before each link.

    Parameters
    ----------
    waits : array, shape (4, links)
        Sums of early × took, early × planned, early² and took × planned, s².
    planned2 : array, shape (links,)
        Sums of planned².

    Returns
    -------
    array
        The slope on earliness beside the running time in proportion to the plan, drawn to the slope of all links.
    """
    et, ep, ee, tp = waits
    plan = np.maximum(planned2, 1e-9)
    with_wait, of_early = et - tp * ep / plan, np.maximum(ee - ep * ep / plan, 0.0)
    everywhere = float(with_wait.sum()) / (float(of_early.sum()) + ALL_PRIOR_S2)
    out: Floats = np.clip((with_wait + PRIOR_S2 * everywhere) / (of_early + PRIOR_S2), -0.2, 1.0)
    return out


def helped_s2(shares: Floats, before: tuple[Floats, Floats], waits: Floats, planned2: Floats) -> Floats:
    """Return by how much shares that were known before lessen the squared errors of what links took since.

    Parameters
    ----------
    shares : array, shape (links,)
        What `shares_held` made of the sums before.
    before : tuple of array
        Those sums, as `shares_held` takes them.
    waits, planned2 : array
        The sums of what came since.

    Returns
    -------
    array, shape (links,)
        s², below zero where the errors grew; 0 where nothing was known before.
    """
    (_, ep, _, tp), plan = before[0], np.maximum(before[1], 1e-9)
    without, beside = tp / plan, (tp - shares * ep) / plan
    early_took, early_planned, early2, took_planned = waits
    errors = 2.0 * took_planned * without - planned2 * without**2
    errors -= 2.0 * took_planned * beside - planned2 * beside**2
    gain: Floats = -errors + shares * (2.0 * early_took - 2.0 * beside * early_planned - shares * early2)
    return np.where(before[1] > 0.0, gain, 0.0)


@compiled
def held_s(share: float, due_s: float, at_s: float) -> float:
    """Return how long a bus is held that comes ``at_s`` ahead to a stop where it is due ``due_s`` ahead, seconds."""
    return share * min(MOST_EARLY_S, max(0.0, due_s - at_s))
