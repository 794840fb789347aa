"""Set back a fix from whole or half hours after it came, local time sent as UTC; leave out one from before."""

import msgspec

from fleet.cleaning.drop_future import MAX_AHEAD_MS
from fleet.cleaning.drop_stale import MAX_AGE_MS
from fleet.cleaning.verdict import Known
from fleet.cleaning.zone import zone_of
from schemas.fix import Fix


def mend_other_zone(fix: Fix, known: Known) -> Fix | None:
    """Set back a fix from whole or half hours after it came, local time sent as UTC; leave out one from before.

    Nothing comes before it was made, so a clock that is ahead is wrong and by how much is known. One that is behind
    looks like a backlog.
    """
    del known
    ahead_ms = fix.time_ms - fix.received_ms
    if -MAX_AGE_MS <= ahead_ms <= MAX_AHEAD_MS:  # one that nothing else would leave out
        return fix
    zone_ms = zone_of(ahead_ms)
    if zone_ms is None:
        return fix
    return msgspec.structs.replace(fix, time_ms=fix.time_ms - zone_ms) if zone_ms > 0 else None
