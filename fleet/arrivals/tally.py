"""What the arrivals of one minute teach of the roads, added up in whole numbers: the same sums in any order."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.lesson import Lesson

Ints = NDArray[np.int64]
# A driver who was relieved or a bus that broke down says little of the next departure.
LEFT_S = (-120.0, 300.0)


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over the lessons of one minute.

    ``links`` names those driven, sorted; of each ``took`` and ``planned`` milliseconds and ``squares`` (took², took ×
    planned, planned²) in hundredths of a second squared. ``left`` is the milliseconds lost at each terminal and the
    number of departures.
    """

    links: Ints
    took: Ints
    planned: Ints
    squares: Ints
    left: Ints


def tally(lessons: Iterable[Lesson], terminals: int) -> Tally:
    """Return the sums of some lessons.

    Parameters
    ----------
    lessons : iterable of Lesson
        In any order.
    terminals : int
        How many there are.

    Returns
    -------
    Tally
        Independent of the order.
    """
    left = np.zeros((2, terminals), dtype=np.int64)
    drives: list[tuple[int, int, int]] = []
    for lesson in lessons:
        if lesson.link >= 0:
            most = 4.0 * lesson.planned_s + 120.0
            drives.append((lesson.link, round(1000 * min(lesson.took_s, most)), round(1000 * lesson.planned_s)))
        if lesson.terminal is not None and lesson.left_s is not None:
            left[:, lesson.terminal] += (round(1000 * min(LEFT_S[1], max(LEFT_S[0], lesson.left_s))), 1)
    rows = np.array(drives, dtype=np.int64).reshape(-1, 3)
    links, which = np.unique(rows[:, 0], return_inverse=True)
    tenths = rows[:, 1:] // 100

    def add(values: Ints) -> Ints:
        out = np.zeros((len(links), *values.shape[1:]), dtype=np.int64)
        np.add.at(out, which, values)
        return out

    took, planned = tenths[:, 0], tenths[:, 1]
    squares = add(np.column_stack([took * took, took * planned, planned * planned]))
    return Tally(links, add(rows[:, 1]), add(rows[:, 2]), squares, left)
