"""Fixes as we write them ourselves: one encoded ``Fix`` a line."""

import msgspec

from schemas.fix import Fix
from schemas.message import decode
from services.recordings.refusal import Refusal


def parse_fix_line(index: int, line: bytes) -> Fix | Refusal:
    """Read one line of a ``fixes.jsonl``.

    Parameters
    ----------
    index : int
        Number of the line, counted from 0.
    line : bytes
        One encoded ``Fix``.

    Returns
    -------
    Fix or Refusal
        The fix, or why the line holds none.
    """
    try:
        return decode(Fix, line)
    except msgspec.MsgspecError as error:
        return Refusal(index, None, "line", str(error), "write one encoded Fix a line", line[:1000])
