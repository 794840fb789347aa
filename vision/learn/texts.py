"""Made-up plates of all forms of the law, and the nine places that the reader's network gives signs to."""

from dataclasses import dataclass

import numpy as np

from vision.plates.grammar import LETTERS, NEVER_GIVEN
from vision.plates.slots import place_signs

CODES = tuple(f"{code}" for code in range(11, 100) if str(code) not in NEVER_GIVEN)
SPECIAL = ("LD", "DA", "MD", "CD", "RM", "HC", "KT", "LB", "CT", "TD", "MK", "R")
DIPLOMAT = ("NG", "QT", "CV", "NN")


@dataclass(frozen=True)
class MadePlate:
    """Its signs, how they are set, and the nine places (blank: a space)."""

    lines: tuple[str, ...]
    places: str
    is_motorcycle: bool


def made_plate(rng: np.random.Generator) -> MadePlate:
    """Make up a plate: motorcycles in two lines, cars in one or two; some old, some special.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chooses.

    Returns
    -------
    MadePlate
        With dots and dashes as they are set or left out.
    """
    code = str(rng.choice(CODES))
    digits = "".join(str(d) for d in rng.integers(0, 10, 4 if rng.random() < 0.15 else 5))
    kind = rng.random()
    if kind < 0.015:
        return _diplomat(rng, code)
    if kind < 0.06:
        series, is_motorcycle = str(rng.choice(SPECIAL)), bool(rng.random() < 0.3)
    elif kind < 0.52:
        second = str(rng.integers(1, 10)) if rng.random() < 0.7 else str(rng.choice(list(LETTERS)))
        series, is_motorcycle = str(rng.choice(list(LETTERS))) + second, True
    else:
        series, is_motorcycle = str(rng.choice(list(LETTERS))), False
    return MadePlate(_set(rng, code, series, digits, is_motorcycle), place_signs(code + series, digits), is_motorcycle)


def _set(rng: np.random.Generator, code: str, series: str, digits: str, is_motorcycle: bool) -> tuple[str, ...]:
    number = f"{digits[:3]}.{digits[3:]}" if len(digits) == 5 and rng.random() < 0.8 else digits
    if is_motorcycle:
        head = code + ("-" if rng.random() < 0.7 else "") + series
        return (head, number)
    if rng.random() < 0.5:
        return (code + ("-" if rng.random() < 0.15 else "") + series, number)
    return (code + series + ("-" if rng.random() < 0.75 else " ") + number,)


def _diplomat(rng: np.random.Generator, code: str) -> MadePlate:
    country, kind, last = f"{rng.integers(0, 1000):03d}", str(rng.choice(DIPLOMAT)), f"{rng.integers(0, 100):02d}"
    lines = (f"{code}-{country}", f"{kind}-{last}") if rng.random() < 0.5 else (f"{code}-{country}-{kind}-{last}",)
    return MadePlate(lines, code + country + kind + last, is_motorcycle=False)
