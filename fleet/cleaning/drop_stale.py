"""Leave out a fix that was more than an hour old when it came: a clock of 1970 or an old memory."""

from fleet.cleaning.verdict import Known
from schemas.fix import Fix

MAX_AGE_MS = 3_600_000


def drop_stale(fix: Fix, known: Known) -> Fix | None:
    """Leave out a fix that was more than an hour old when it came: a clock of 1970 or an old memory."""
    del known
    return None if fix.received_ms - fix.time_ms > MAX_AGE_MS else fix
