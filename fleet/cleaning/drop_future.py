"""Leave out a fix from more than a minute after it was received: its clock is wrong."""

from fleet.cleaning.verdict import Known
from schemas.fix import Fix

MAX_AHEAD_MS = 60_000


def drop_future(fix: Fix, known: Known) -> Fix | None:
    """Leave out a fix from more than a minute after it was received: its clock is wrong."""
    del known
    return None if fix.time_ms - fix.received_ms > MAX_AHEAD_MS else fix
