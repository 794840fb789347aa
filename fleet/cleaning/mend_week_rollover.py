"""Set forward by 1,024 weeks a fix that is so old: GPS counts weeks in ten bits, and old receivers begin again."""

import msgspec

from fleet.cleaning.drop_future import MAX_AHEAD_MS
from fleet.cleaning.drop_stale import MAX_AGE_MS
from fleet.cleaning.verdict import Known
from schemas.fix import Fix

ROLLOVER_MS = 1_024 * 7 * 86_400_000


def mend_week_rollover(fix: Fix, known: Known) -> Fix | None:
    """Set forward by 1,024 weeks a fix that is so old: GPS counts weeks in ten bits, and old receivers begin again."""
    del known
    age_ms = fix.received_ms - fix.time_ms - ROLLOVER_MS
    return (
        msgspec.structs.replace(fix, time_ms=fix.time_ms + ROLLOVER_MS)
        if -MAX_AHEAD_MS <= age_ms <= MAX_AGE_MS
        else fix
    )
