"""One fault of a feed, told to people."""

import enum

import polars as pl

from schemas.message import Message
from schemas.text import Text

SHOWN = 5


class Severity(enum.StrEnum):
    """An error keeps trips from being followed or breaks the standard; a warning makes what is said worse."""

    ERROR = "error"
    WARNING = "warning"


class Fault(Message, frozen=True):
    """What is wrong, where, how often, and how to mend it; ``lines`` and ``examples`` are the first few."""

    code: str
    severity: Severity
    file: str
    count: int
    what: Text
    mend: Text
    lines: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()


def faults_of(
    code: str, severity: Severity, file: str, bad: pl.DataFrame, what: Text, mend: Text, *, example: str | None = None
) -> list[Fault]:
    """Return one fault for all bad rows of a file, none where there are none.

    Parameters
    ----------
    code : str
        Its name: that of its module.
    severity : Severity
        How bad.
    file : str
        For instance ``trips.txt``.
    bad : DataFrame
        The bad rows, with ``line`` where they come from one line.
    what, mend : Text
        One sentence each.
    example : str, optional
        The column whose values are shown.

    Returns
    -------
    list of Fault
        None or one.
    """
    if bad.is_empty():
        return []
    head = bad.head(SHOWN)
    lines = tuple(int(line) for line in head["line"]) if "line" in head.columns else ()
    examples = tuple("(empty)" if v is None else str(v) for v in head[example]) if example else ()
    return [Fault(code=code, severity=severity, file=file, count=bad.height, what=what, mend=mend, lines=lines,
                  examples=examples)]  # fmt: skip
