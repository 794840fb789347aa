"""Set back a fix from whole or half hours after it came: nothing comes before it was made."""

import msgspec

from fleet.cleaning.drop_future import MAX_AHEAD_MS
from fleet.cleaning.verdict import Known
from fleet.cleaning.zone import zone_of
from schemas.fix import Fix


def mend_zone_ahead(fix: Fix, known: Known) -> Fix | None:
    """Set back a fix from whole or half hours after it came: nothing comes before it was made.

    One from hours before looks like a backlog, whose reports are whole hours old by chance.
    """
    del known
    ahead_ms = fix.time_ms - fix.received_ms
    zone_ms = None if ahead_ms <= MAX_AHEAD_MS else zone_of(ahead_ms)
    return fix if zone_ms is None else msgspec.structs.replace(fix, time_ms=fix.time_ms - zone_ms)
