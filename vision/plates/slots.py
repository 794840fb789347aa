"""Nine places for the signs of any plate: two of the province, two of the series, five of the number."""

from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from vision.plates.grammar import LETTERS, is_plate

SIGNS = " 0123456789ABCDEFGHKLMNPQRSTUVXYZ"  # a space: nothing stands there
PLACES = 9
DIGITS = "0123456789"
# Signs that each place may bear, by form: civil plates; the others are rare and are told by two of their signs.
_NUMBER = (DIGITS,) * 4
CIVIL = tuple(
    ((DIGITS, DIGITS, LETTERS, second), (*_NUMBER, last))
    for second, last in product((" ", "123456789", LETTERS), (DIGITS, " "))
)
_KINDS = ("LD", "DA", "MD", "CD", "RM", "HC", "KT", "LB", "CT", "TD", "MK", "R ")
SPECIAL = tuple(((DIGITS, DIGITS, *kind), (*_NUMBER, last)) for kind, last in product(_KINDS, (DIGITS, " ")))
DIPLOMAT = tuple(
    ((DIGITS, DIGITS, DIGITS, DIGITS), (DIGITS, *kind, DIGITS, DIGITS)) for kind in ("NG", "QT", "CV", "NN")
)


def place_signs(head: str, number: str) -> str:
    """Put signs into the nine places, blanks where nothing stands.

    Parameters
    ----------
    head : str
        Province and series: three or four signs.
    number : str
        Three to five digits.

    Returns
    -------
    str
        Nine signs.
    """
    return head.ljust(4) + number.ljust(5)


def likeliest(chances: NDArray[np.float32]) -> tuple[str, NDArray[np.float32]] | None:
    """Return the plate of the law that stands most likely in nine places.

    Parameters
    ----------
    chances : ndarray
        9 × `SIGNS`: how likely each sign stands in each place.

    Returns
    -------
    tuple of str and ndarray, or None
        The nine signs and how likely each is; ``None`` where they make no plate, as with a province never given.
    """
    logs = np.log(np.maximum(chances, 1e-9)) + _forms()  # forms × 9 × signs
    best = logs.max(axis=2).sum(axis=1)
    signs = logs[int(best.argmax())].argmax(axis=1)
    text = "".join(SIGNS[i] for i in signs)
    return (text, chances[np.arange(PLACES), signs]) if is_plate(text.replace(" ", "")) else None


@cache
def _forms() -> NDArray[np.float32]:
    """Return 0 where a form may bear a sign in a place, far below 0 where not."""
    forms = [(*head, *number) for head, number in (*CIVIL, *SPECIAL, *DIPLOMAT)]
    return np.array([[[0.0 if s in may else -1e3 for s in SIGNS] for may in form] for form in forms], np.float32)
