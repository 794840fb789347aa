"""What the arrivals of one minute teach of the roads, added up in whole numbers: the same sums in any order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fleet.arrivals.holding import early_s
from fleet.arrivals.links import Links
from schemas.lesson import Lesson

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# A driver who was relieved or a bus that broke down says little of the next departure.
LEFT_S = (-120.0, 300.0)
# What took longer than so many times the plan and so many seconds was the bus's own rest, unless others rest there.
CALM, CALM_S = 2.0, 60.0


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over the lessons of one minute.

    ``links`` names those driven, sorted; of each ``took`` and ``planned`` milliseconds, ``calm`` what was taken up to
    where a rest begins, ``slow`` how many took longer, and ``squares`` (took², took × planned, planned²) in hundredths
    of a second squared; all without what buses were held for being early. ``waits`` (early × took, early × planned,
    early², took × planned; held or not) tells how they are held. ``left`` is the milliseconds lost at each terminal and
    the number of departures.
    """

    links: Ints
    took: Ints
    planned: Ints
    calm: Ints
    slow: Ints
    squares: Ints
    waits: Ints
    left: Ints


def tally(lessons: Iterable[Lesson], links: Links, hold: Floats) -> Tally:
    """Return the sums of some lessons.

    Parameters
    ----------
    lessons : iterable of Lesson
        In any order.
    links : Links
        Of the timetable.
    hold : array, shape (links,)
        Which share of its earliness a bus waits before each link.

    Returns
    -------
    Tally
        Independent of the order.
    """
    left = np.zeros((2, len(links.terminals)), dtype=np.int64)
    drives: list[tuple[int, ...]] = []
    for lesson in lessons:
        if lesson.link >= 0:
            most, early = 4.0 * lesson.planned_s + 120.0, early_s(lesson, links)
            calm = CALM * lesson.planned_s + CALM_S
            drove = max(0.0, lesson.took_s - float(hold[lesson.link]) * early)
            seconds = min(drove, most), lesson.planned_s, min(drove, calm), min(lesson.took_s, most), early
            drives.append((lesson.link, *(round(1000 * s) for s in seconds), int(drove > calm)))
        if lesson.terminal is not None and lesson.left_s is not None:
            left[:, lesson.terminal] += (round(1000 * min(LEFT_S[1], max(LEFT_S[0], lesson.left_s))), 1)
    rows = np.array(drives, dtype=np.int64).reshape(-1, 7)
    driven, which = np.unique(rows[:, 0], return_inverse=True)
    tenths = rows[:, 1:6] // 100

    def add(values: Ints) -> Ints:
        out = np.zeros((len(driven), *values.shape[1:]), dtype=np.int64)
        np.add.at(out, which, values)
        return out

    took, planned, _, raw, early = tenths.T
    squares = add(np.column_stack([took * took, took * planned, planned * planned]))
    waits = add(np.column_stack([early * raw, early * planned, early * early, raw * planned]))
    took_ms, planned_ms, calm_ms, slow = (add(rows[:, column]) for column in (1, 2, 3, 6))
    return Tally(driven, took_ms, planned_ms, calm_ms, slow, squares, waits, left)


def believe(minute: Tally, slow: Floats) -> Tally:
    """Return the sums of a minute with rests as far as they are the road's.

    One bus that stood for minutes had its own reason, and says nothing of the road; where others did of late, one
    rest's worth of all is left out.

    Parameters
    ----------
    minute : Tally
        The sums.
    slow : array, shape (links,)
        How many buses took so long on each link of late, those of this minute among them.

    Returns
    -------
    Tally
        With other ``took``.
    """
    if not minute.slow.any():
        return minute
    others = np.maximum(slow[minute.links] - 1.0, 0.0)
    share = others / (others + 1.0)
    return replace(minute, took=minute.calm + np.rint(share * (minute.took - minute.calm)).astype(np.int64))
